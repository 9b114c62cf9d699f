/** Reads every sample of a data directory through `Queryable`, and prints how many and at what cost as JSON. */
import { systemClock } from '../src-main/model/clock.ts';
import { silentLogger } from '../src-main/model/log.ts';
import { Matcher } from '../src-main/model/matcher.ts';
import { SampleColumns } from '../src-main/model/sample-columns.ts';
import { Tsdb } from '../src-main/tsdb/tsdb.ts';

const ROUNDS = 5;

const tsdb = await Tsdb.open({ dir: process.argv[2] ?? '', clock: systemClock, log: silentLogger });
const minTimeMs = Math.min(...tsdb.blocks().map((block) => block.minTime));
const maxTimeMs = Math.max(...tsdb.blocks().map((block) => block.maxTime));
const cpuMs: number[] = [];
let samples = 0;
for (let round = 0; round < ROUNDS; round++) {
  const before = process.cpuUsage();
  samples = readAll();
  const { user, system } = process.cpuUsage(before);
  cpuMs.push((user + system) / 1000);
}
await tsdb.close();
console.log(JSON.stringify({ samples, cpuMs }));

function readAll(): number {
  const querier = tsdb.querier(minTimeMs, maxTimeMs);
  const set = querier.select([new Matcher('__name__', '=~', '.+')]);
  const columns = new SampleColumns();
  let count = 0;
  for (let i = 0; i < set.length; i++) {
    columns.clear();
    count += set.read(i, minTimeMs, maxTimeMs, columns);
  }
  querier.close();
  return count;
}
