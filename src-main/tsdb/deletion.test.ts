import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelsFromRecord } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import type { Querier } from '../model/storage.ts';
import { readMeta } from './block/meta.ts';
import { readTombstones } from './block/tombstone-file.ts';
import { type CompactionJob, runCompactionJob } from './compaction-jobs.ts';
import { ClosingError } from './errors.ts';
import { openTestTsdb, type TestTsdb } from './test-tsdb.ts';
import { covers, Tombstones } from './tombstones.ts';

const MINUTE_MS = 60_000;
const START_MS = 1_700_001_000_000;
const STEP_MS = 15_000;
const short = {
  minBlockDurationMs: 5 * MINUTE_MS,
  maxBlockDurationMs: 45 * MINUTE_MS,
  runCompaction: runCompactionJob,
};
const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

function append(db: TestTsdb, from: number, to: number): void {
  for (let k = from; k < to; k++) {
    const appender = db.tsdb.appender();
    for (let s = 0; s < 6; s++) {
      appender.append(appender.series(labelsFromRecord({ __name__: 'm', s: `${s}` })), START_MS + k * STEP_MS, k * s);
    }
    appender.commit();
  }
}

const timeOf = (k: number) => START_MS + k * STEP_MS;
const series = (s: string) => [new Matcher('s', '=~', s)];

/** Series s -> indices k of the samples it has. */
function readAll(querier: Querier): Record<string, number[]> {
  const out: Record<string, number[]> = {};
  try {
    const set = querier.select([]);
    for (let i = 0; i < set.length; i++) {
      const columns = new SampleColumns();
      set.read(i, 0, 2e12, columns);
      const ks = Array.from(columns.times.subarray(0, columns.length), (t) => (t - START_MS) / STEP_MS);
      out[set.labels(i)[3] ?? ''] = ks;
    }
  } finally {
    querier.close();
  }
  return out;
}

function contents(db: TestTsdb): Record<string, number[]> {
  return readAll(db.tsdb.querier(0, 2e12));
}

/** What promtool reads of the directory, or null without promtool. */
function dumped(dir: string): Record<string, number[]> | null {
  if (!hasPromtool) return null;
  const run = spawnSync('promtool', ['tsdb', 'dump', dir], { encoding: 'utf8', maxBuffer: 1 << 28 });
  expect([run.status, run.stderr]).toEqual([0, '']);
  const out: Record<string, number[]> = {};
  for (const [, s = '', t] of run.stdout.matchAll(/s="(\d+)"\} \S+ (\d+)/g)) {
    out[s] ??= [];
    out[s].push((Number(t) - START_MS) / STEP_MS);
  }
  return out;
}

function without(all: Record<string, number[]>, s: string, from: number, to: number): Record<string, number[]> {
  return { ...all, [s]: (all[s] ?? []).filter((k) => k < from || k > to) };
}

describe('tombstones', () => {
  test('forget what lies before a time, and copies go their own way', () => {
    const stones = new Tombstones();
    stones.add(1, 10, 20);
    stones.add(1, 30, 40);
    stones.add(2, 5, 8);
    const copy = stones.copy();
    stones.dropBefore(20);
    expect([stones.get(1), stones.get(2)]).toEqual([[10, 20, 30, 40], undefined]);
    stones.dropBefore(21);
    expect([stones.get(1), stones.count]).toEqual([[30, 40], 1]);
    expect([copy.get(1), copy.get(2)]).toEqual([
      [10, 20, 30, 40],
      [5, 8],
    ]);
    expect([covers([10, 20, 30, 40], 30, 40), covers([10, 20, 30, 40], 15, 35), covers([], 1, 1)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('join as a set of times would', () => {
    const interval = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 12 }), (intervals) => {
        const stones = new Tombstones();
        const times = new Set<number>();
        for (const [from, length] of intervals) {
          stones.add(7, from, from + length);
          for (let t = from; t <= from + length; t++) times.add(t);
        }
        const list = stones.get(7) ?? [];
        for (let t = -1; t < 75; t++) expect(covers(list, t, t)).toBe(times.has(t));
      }),
    );
  });
});

describe('deletion from the head', () => {
  test('hides samples from later readers, at once and after a restart, also for promtool', async () => {
    await using db = await openTestTsdb(short);
    append(db, 0, 25);
    const before = db.tsdb.querier(0, 2e12);
    const whole = contents(db);
    const selected = before.select(series('2'));
    await db.tsdb.delete(timeOf(3), timeOf(9), [series('2')]);
    await db.tsdb.delete(0, 2e12, [series('4|5'), series('none')]);
    const { 4: _four, 5: _five, ...rest } = without(whole, '2', 3, 9);
    expect(contents(db)).toEqual(rest);
    const columns = new SampleColumns();
    expect(selected.read(0, 0, 2e12, columns)).toBe(25);
    before.close();
    append(db, 25, 30); // what comes after the deletion stays
    const now = contents(db);
    expect(now[4]).toEqual([25, 26, 27, 28, 29]);
    expect(now[2]?.length).toBe(23);
    await db.reopen();
    expect(contents(db)).toEqual(now);
    await db.tsdb.close();
    expect(dumped(db.dir) ?? now).toEqual(now);
    await db.open();
  });

  test('holds over cuts, checkpoints and restarts', async () => {
    await using db = await openTestTsdb(short);
    append(db, 0, 300);
    const whole = contents(db);
    await db.tsdb.delete(timeOf(100), timeOf(299), [series('1')]);
    await db.tsdb.delete(timeOf(10), timeOf(12), [series('3')]);
    await db.tsdb.delete(timeOf(295), 2e12, [series('3')]);
    await db.tsdb.maintain();
    const expected = without(without(without(whole, '1', 100, 299), '3', 10, 12), '3', 295, 299);
    expect(contents(db)).toEqual(expected);
    expect(db.tsdb.blocks().length).toBeGreaterThan(1);
    for (let k = 300; k < 420; k += 30) {
      append(db, k, k + 30);
      await db.tsdb.maintain();
    }
    expect(fs.readdirSync(path.join(db.dir, 'wal')).some((name) => name.startsWith('checkpoint'))).toBe(true);
    const now = contents(db);
    expect(now[1]?.slice(99, 101)).toEqual([99, 300]);
    await db.reopen();
    expect(contents(db)).toEqual(now);
    await db.tsdb.close();
    expect(dumped(db.dir) ?? now).toEqual(now);
    await db.open();
  });

  test('waits for a cut that is under way, whose block then loses the samples too', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const runCompaction = async (job: CompactionJob) => {
      await gate;
      return runCompactionJob(job);
    };
    await using db = await openTestTsdb({ ...short, runCompaction });
    append(db, 0, 60);
    const whole = contents(db);
    const round = db.tsdb.maintain();
    const deletion = db.tsdb.delete(timeOf(2), timeOf(5), [series('0')]);
    open();
    await Promise.all([round, deletion]);
    expect(db.tsdb.blocks().length).toBeGreaterThan(0);
    expect(contents(db)).toEqual(without(whole, '0', 2, 5));
  });
});

describe('deletion from blocks', () => {
  async function withBlocks(): Promise<TestTsdb> {
    const db = await openTestTsdb(short);
    append(db, 0, 400);
    await db.tsdb.maintain();
    return db;
  }

  test('is written as tombstones, which promtool respects', async () => {
    await using db = await withBlocks();
    const whole = contents(db);
    const held = db.tsdb.querier(0, 2e12);
    const selected = held.select(series('2'));
    await db.tsdb.delete(timeOf(5), timeOf(300), [series('2')]);
    await db.tsdb.delete(timeOf(7), timeOf(7), [series('2'), series('0')]);
    const expected = without(without(whole, '2', 5, 300), '0', 7, 7);
    expect(contents(db)).toEqual(expected);
    expect(selected.read(0, 0, 2e12, new SampleColumns())).toBe(400);
    held.close();
    for (const meta of db.tsdb.blocks()) {
      const stones = readTombstones(path.join(db.dir, meta.ulid));
      expect([meta.stats.numTombstones ?? 0, readMeta(path.join(db.dir, meta.ulid))]).toEqual([stones.count, meta]);
    }
    expect(db.tsdb.blocks()[0]?.stats.numTombstones).toBe(2);
    await db.reopen();
    expect(contents(db)).toEqual(expected);
    await db.tsdb.close();
    expect(dumped(db.dir) ?? expected).toEqual(expected);
    await db.open();
  });

  test('a series whose samples in the span are all gone is not selected', async () => {
    await using db = await withBlocks();
    await db.tsdb.delete(0, 2e12, [series('2')]);
    expect(Object.keys(contents(db))).toEqual(['0', '1', '3', '4', '5']);
  });

  test('cleaning writes blocks anew without the deleted samples', async () => {
    await using db = await withBlocks();
    await db.tsdb.delete(timeOf(5), timeOf(300), [series('2')]);
    const [first] = db.tsdb.blocks();
    await db.tsdb.delete(first?.minTime ?? 0, (first?.maxTime ?? 0) - 1, [[]]);
    const expected = contents(db);
    const touched = db.tsdb.blocks().filter((meta) => (meta.stats.numTombstones ?? 0) > 0);
    const untouched = db.tsdb.blocks().filter((meta) => (meta.stats.numTombstones ?? 0) === 0);
    await db.tsdb.cleanTombstones();
    const after = db.tsdb.blocks();
    expect(contents(db)).toEqual(expected);
    expect(after.length).toBe(untouched.length + touched.length - 1); // nothing was left of the first
    expect(after.every((meta) => readTombstones(path.join(db.dir, meta.ulid)).isEmpty)).toBe(true);
    expect(after.every((meta) => touched.every(({ ulid }) => ulid !== meta.ulid))).toBe(true);
    expect(untouched.every(({ ulid }) => after.some((meta) => meta.ulid === ulid))).toBe(true);
    expect(after.reduce((sum, meta) => sum + meta.stats.numSamples, 0)).toBeLessThan(6 * 400);
    await db.reopen();
    expect(contents(db)).toEqual(expected);
    await db.tsdb.close();
    expect(dumped(db.dir) ?? expected).toEqual(expected);
    await db.open();
  });

  test('what others wrote into meta.json stays there', async () => {
    await using db = await withBlocks();
    const file = path.join(db.dir, db.tsdb.blocks()[0]?.ulid ?? '', 'meta.json');
    const meta = JSON.parse(fs.readFileSync(file, 'utf8'));
    fs.writeFileSync(file, JSON.stringify({ ...meta, thanos: { labels: { a: 'b' } } }));
    await db.tsdb.delete(timeOf(1), timeOf(2), [series('2')]);
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual({
      ...meta,
      thanos: { labels: { a: 'b' } },
      stats: { ...meta.stats, numTombstones: 1 },
    });
  });
});

describe('a snapshot', () => {
  test('is a data directory that no later change reaches', async () => {
    await using db = await openTestTsdb(short);
    append(db, 0, 100);
    await db.tsdb.maintain();
    append(db, 100, 110);
    await db.tsdb.delete(timeOf(3), timeOf(5), [series('1')]);
    await db.tsdb.delete(timeOf(105), timeOf(106), [series('3')]);
    const expected = contents(db);
    const name = await db.tsdb.snapshot(false);
    const headless = await db.tsdb.snapshot(true);
    expect(name).toMatch(/^20231114T221320Z-[0-7][0-9a-f]{15}$/);
    const dir = path.join(db.dir, 'snapshots', name);
    const blocks = db.tsdb.blocks();
    const [first] = blocks;
    const linked = fs.statSync(path.join(dir, first?.ulid ?? '', 'index'));
    expect(linked.ino).toBe(fs.statSync(path.join(db.dir, first?.ulid ?? '', 'index')).ino);
    await db.tsdb.delete(0, 2e12, [[]]);
    await db.tsdb.cleanTombstones();
    expect(contents(db)).toEqual({});
    await using copy = await openTestTsdb(short, dir);
    expect(contents(copy)).toEqual(expected);
    await using blocksOnly = await openTestTsdb(short, path.join(db.dir, 'snapshots', headless));
    expect(blocksOnly.tsdb.blocks().map((meta) => meta.ulid)).toEqual(blocks.map((meta) => meta.ulid));
    fs.mkdirSync(path.join(dir, 'wal'));
    expect(dumped(dir) ?? expected).toEqual(expected);
  });

  test('that fails or was interrupted leaves nothing', async () => {
    let fails = true;
    const runCompaction = async (job: CompactionJob) => {
      if (fails) throw new Error('the disk is full');
      return runCompactionJob(job);
    };
    await using db = await openTestTsdb({ ...short, runCompaction });
    append(db, 0, 5);
    await expect(db.tsdb.snapshot(false)).rejects.toThrow('disk is full');
    const all = path.join(db.dir, 'snapshots');
    expect(fs.readdirSync(all)).toEqual([]);
    fails = false;
    const name = await db.tsdb.snapshot(false);
    fs.mkdirSync(path.join(all, `${name}.tmp`));
    await db.reopen();
    expect(fs.readdirSync(all)).toEqual([name]);
  });
});

test('a storage that is closing refuses', async () => {
  await using db = await openTestTsdb(short);
  append(db, 0, 5);
  await db.tsdb.stop();
  await expect(db.tsdb.delete(0, 1, [[]])).rejects.toThrow(ClosingError);
});
