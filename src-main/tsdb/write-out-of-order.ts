/**
 * Run by out-of-order.test.ts, which kills it: `node write-out-of-order.ts <dir> <batches>` writes batches of samples out
 * of order, those that are there already left out, and prints after each how many are committed. It cuts meanwhile.
 */
import { systemClock } from '../model/clock.ts';
import { labelsFromRecord } from '../model/labels.ts';
import { silentLogger } from '../model/log.ts';
import { Tsdb } from './tsdb.ts';

const HOUR = 3_600_000;
const START = 1_700_000_000_000;
const SAMPLES = 50;

const [, , dir = '', done = '0'] = process.argv;
const tsdb = await Tsdb.open({ dir, clock: systemClock, log: silentLogger, outOfOrderWindowMs: 10_000 * HOUR });
for (let batch = Number(done); ; batch++) {
  const appender = tsdb.appender();
  appender.append(appender.series(labelsFromRecord({ __name__: 'm', s: 'a' })), START + batch * 600_000, batch);
  appender.commit();
  const late = tsdb.appender();
  const ref = late.series(labelsFromRecord({ __name__: 'm', s: 'late' }));
  for (let i = 0; i < SAMPLES; i++)
    late.append(ref, START - ((batch * SAMPLES + i) % 997) * 60_000 - batch * SAMPLES - i, i);
  late.commit();
  process.stdout.write(`${batch + 1}\n`);
  if (batch % 20 === 0) void tsdb.maintain();
  await new Promise((resolve) => setImmediate(resolve));
}
