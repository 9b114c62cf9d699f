/**
 * Run by hand: `node --import ./src-main/launch/with-kernels.ts src-main/tsdb/tsdb.bench.ts [series] [scrapes]`; without
 * the import the plain kernels run. CPU nanoseconds a sample of appending with the log, of replaying it, and of reading
 * everything back; and the longest stall of the thread while blocks are cut.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../model/clock.ts';
import { labelsFromRecord } from '../model/labels.ts';
import { silentLogger } from '../model/log.ts';
import { Matcher } from '../model/matcher.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import { Tsdb } from './tsdb.ts';

const SERIES = Number(process.argv[2] ?? 20_000);
const SCRAPES = Number(process.argv[3] ?? 50);
const START_MS = 1_700_000_000_000;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function cpuMs(action: () => Promise<void> | void): Promise<number> {
  const before = process.cpuUsage();
  await action();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}

async function measure(name: string, samples: number, action: () => Promise<void> | void): Promise<void> {
  const ms = await cpuMs(action);
  say(`${name}: ${ms.toFixed(0)} ms CPU, ${((ms * 1e6) / samples).toFixed(1)} ns a sample`);
}

function appendAll(tsdb: Tsdb): void {
  const first = tsdb.appender();
  const refs = Array.from({ length: SERIES }, (_, s) =>
    first.series(labelsFromRecord({ __name__: `m${s % 50}`, s: `${s}`, job: 'bench', instance: `host-${s % 100}` })),
  );
  first.commit();
  for (let k = 0; k < SCRAPES; k++) {
    const appender = tsdb.appender();
    for (let s = 0; s < SERIES; s++) {
      const value = s % 4 === 0 ? s : s % 4 === 1 ? k * s : s % 4 === 2 ? Math.floor(k * s * 1.7) : Math.sin(k * s);
      appender.append(refs[s]!, START_MS + k * 15_000 + (s % 100), value);
    }
    appender.commit();
  }
}

function readAll(tsdb: Tsdb): void {
  const querier = tsdb.querier(0, 2e12);
  const set = querier.select([new Matcher('job', '=', 'bench')]);
  const columns = new SampleColumns();
  let samples = 0;
  for (let i = 0; i < set.length; i++) {
    columns.clear();
    samples += set.read(i, 0, 2e12, columns);
  }
  querier.close();
  if (samples !== SERIES * SCRAPES) throw new Error(`read ${samples} samples`);
}

async function longestStallMs(action: () => Promise<void>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  await action();
  clearInterval(timer);
  return longest;
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-bench-'));
const options = { dir, clock: systemClock, log: silentLogger };
const samples = SERIES * SCRAPES;
say(`${SERIES} series, ${SCRAPES} scrapes, ${samples} samples`);
let tsdb = await Tsdb.open(options);
await measure('append and log', samples, () => appendAll(tsdb));
await measure('read from the head', samples, () => readAll(tsdb));
await measure('read again', samples, () => readAll(tsdb));
await tsdb.close();
await measure('replay', samples, async () => {
  tsdb = await Tsdb.open(options);
});
say(
  `memory of the head: ${(tsdb.headStats().memoryBytes / 2 ** 20).toFixed(1)} MiB, RSS ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
);
const stall = await longestStallMs(() => tsdb.maintain());
say(`${tsdb.blocks().length} blocks cut, longest stall ${stall.toFixed(0)} ms`);
await measure('read from head and blocks', samples, () => readAll(tsdb));
await measure('read again', samples, () => readAll(tsdb));
await tsdb.close();
fs.rmSync(dir, { recursive: true });
