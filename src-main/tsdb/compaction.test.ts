import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { labelsFromRecord } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import type { BlockMeta } from './block/meta.ts';
import { readTombstones, writeTombstones } from './block/tombstone-file.ts';
import { runCompactionJob } from './compaction-jobs.ts';
import { levelRanges, planCompaction } from './compaction-plan.ts';
import { openTestTsdb, type TestTsdb } from './test-tsdb.ts';

const MINUTE_MS = 60_000;
const START_MS = 1_700_001_000_000;

/** `level@from-to`, in units of the first range. */
function metas(text: string): BlockMeta[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map((part) => {
      const [, level, from, to, flag] = /^(\d)@(\d+)-(\d+)(!?)$/.exec(part) ?? [];
      return {
        ulid: part,
        minTime: Number(from) * 20,
        maxTime: Number(to) * 20,
        stats: { numSamples: 1, numSeries: 1, numChunks: 1 },
        compaction: { level: Number(level), sources: [part], ...(flag === '!' ? { failed: true } : {}) },
        version: 1,
      };
    });
}

test('ranges grow threefold up to the longest', () => {
  expect(levelRanges(2, 54)).toEqual([2, 6, 18, 54]);
  expect(levelRanges(5, 45)).toEqual([5, 15, 45]);
  expect(levelRanges(5, 44)).toEqual([5, 15]);
});

test.each([
  ['', ''],
  ['1@0-1', ''],
  ['1@0-1 1@1-2 1@2-3', ''],
  ['1@0-1 1@1-2 1@2-3 1@3-4', '1@0-1 1@1-2 1@2-3'],
  ['1@0-1! 1@1-2 1@2-3 1@3-4', ''],
  ['1@0-1 1@2-3 1@3-4', '1@0-1 1@2-3'],
  ['1@1-2 1@2-3 1@3-4 1@4-5', '1@1-2 1@2-3'],
  ['2@0-3 2@3-6 2@6-9 1@9-10', '2@0-3 2@3-6 2@6-9'],
  ['2@0-3 1@3-4 1@4-5 1@5-6 1@6-7', '1@3-4 1@4-5 1@5-6'],
  ['1@0-2 1@1-3 1@5-6', '1@0-2 1@1-3'],
  ['1@0-1 1@1-3 1@2-4', '1@1-3 1@2-4'],
])('of %s compacts %s', (present, chosen) => {
  expect(
    planCompaction(metas(present), levelRanges(20, 180))
      .map((meta) => meta.ulid)
      .join(' '),
  ).toBe(chosen);
});

function append(db: TestTsdb, from: number, to: number, stepMs = 15_000): void {
  for (let k = from; k < to; k++) {
    const appender = db.tsdb.appender();
    for (let s = 0; s < 9; s++) {
      if (s === 8 && (k < 200 || k > 260)) continue;
      const ref = appender.series(labelsFromRecord({ __name__: 'm', s: `${s}`, ...(k > 300 ? { late: 'é' } : {}) }));
      if (s === 3 && k % 40 === 39) appender.appendStale(ref, START_MS + k * stepMs);
      else appender.append(ref, START_MS + k * stepMs, Math.sqrt(k * s));
    }
    appender.commit();
  }
}

function contents(db: TestTsdb, matchers: Matcher[] = []): Map<string, string> {
  const querier = db.tsdb.querier(0, 2e12);
  const set = querier.select(matchers);
  const out = new Map<string, string>();
  for (let i = 0; i < set.length; i++) {
    const columns = new SampleColumns();
    set.read(i, 0, 2e12, columns);
    const { times, halves, length } = columns;
    out.set(set.labels(i).join(), `${times.subarray(0, length).join()}|${halves.subarray(0, 2 * length).join()}`);
  }
  querier.close();
  return out;
}

const short = {
  minBlockDurationMs: 5 * MINUTE_MS,
  maxBlockDurationMs: 45 * MINUTE_MS,
  runCompaction: runCompactionJob,
};

describe('level by level', () => {
  test('blocks become fewer and longer, with the same samples, also for promtool', async () => {
    await using db = await openTestTsdb(short);
    await using whole = await openTestTsdb();
    append(whole, 0, 700);
    for (let k = 0; k < 700; k += 50) {
      append(db, k, k + 50);
      await db.tsdb.maintain();
    }
    const blocks = db.tsdb.blocks();
    expect(Math.max(...blocks.map((meta) => meta.compaction.level))).toBe(3);
    expect(blocks.every((meta, i) => i === 0 || (blocks[i - 1]?.maxTime ?? 0) <= meta.minTime)).toBe(true);
    expect(blocks.every((meta) => meta.maxTime - meta.minTime <= 45 * MINUTE_MS)).toBe(true);
    expect(contents(db)).toEqual(contents(whole));
    expect(fs.readdirSync(db.dir).filter((name) => name.length === 26).length).toBe(blocks.length);
    await db.reopen();
    expect(db.tsdb.problems()).toEqual([]);
    expect(contents(db)).toEqual(contents(whole));
    const run = spawnSync('promtool', ['tsdb', 'dump', db.dir], { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (run.error === undefined) {
      expect([run.status, run.stderr]).toEqual([0, '']);
      expect(run.stdout.trim().split('\n').length).toBe(8 * 700 + 61);
    }
  });

  test('overlapping blocks become one, each sample once', async () => {
    await using one = await openTestTsdb(short);
    await using two = await openTestTsdb(short);
    append(one, 0, 100);
    append(two, 20, 60, 22_000);
    const before = new Map([...contents(one), ...contents(two)].map(([key]) => [key, 0]));
    await one.tsdb.maintain();
    await two.tsdb.maintain();
    await one.tsdb.close();
    for (const meta of two.tsdb.blocks())
      fs.cpSync(path.join(two.dir, meta.ulid), path.join(one.dir, meta.ulid), { recursive: true });
    await one.open();
    const read = contents(one);
    await one.tsdb.maintain();
    expect(contents(one)).toEqual(read);
    expect([...read.keys()].every((key) => before.has(key))).toBe(true);
    const blocks = one.tsdb.blocks();
    expect(blocks.every((meta, i) => i === 0 || (blocks[i - 1]?.maxTime ?? 0) <= meta.minTime)).toBe(true);
  });

  test('tombstones of a block hide samples, and compaction drops them', async () => {
    await using db = await openTestTsdb(short);
    append(db, 0, 100);
    await db.tsdb.maintain();
    const first = db.tsdb.blocks()[0];
    const dir = path.join(db.dir, first?.ulid ?? '');
    await db.tsdb.close();
    const stones = readTombstones(dir);
    const id = 6;
    stones.add(id, (first?.minTime ?? 0) + MINUTE_MS, (first?.minTime ?? 0) + 3 * MINUTE_MS);
    for (let i = 0; i < 500; i++)
      stones.add(i, (first?.minTime ?? 0) + MINUTE_MS, (first?.minTime ?? 0) + 3 * MINUTE_MS);
    writeTombstones(dir, stones);
    await db.open();
    const read = contents(db);
    expect(read.get('__name__,m,s,0')).not.toContain(String((first?.minTime ?? 0) + 2 * MINUTE_MS));
    append(db, 100, 700);
    await db.tsdb.maintain();
    expect(db.tsdb.blocks()[0]?.compaction.level).toBeGreaterThan(1);
    expect(readTombstones(path.join(db.dir, db.tsdb.blocks()[0]?.ulid ?? '')).isEmpty).toBe(true);
    for (const [key, samples] of contents(db)) {
      const [times = ''] = samples.split('|');
      const [expected = ''] = (read.get(key) ?? '').split('|');
      expect(times.startsWith(expected)).toBe(true);
    }
  });
});

describe('the head', () => {
  test('a reader keeps what it was given while the head is cut, truncated and collected', async () => {
    await using db = await openTestTsdb(short);
    append(db, 0, 200);
    const querier = db.tsdb.querier(0, 2e12);
    const set = querier.select([new Matcher('s', '=~', '[0-9]')]);
    await db.tsdb.maintain();
    append(db, 200, 1200);
    await db.tsdb.maintain();
    await using whole = await openTestTsdb();
    append(whole, 0, 200);
    const expected = contents(whole);
    const columns = new SampleColumns();
    for (let i = 0; i < set.length; i++) {
      columns.clear();
      set.read(i, 0, 2e12, columns);
      const { times, halves, length } = columns;
      expect(`${times.subarray(0, length).join()}|${halves.subarray(0, 2 * length).join()}`).toBe(
        expected.get(set.labels(i).join()),
      );
    }
    querier.close();
    expect(db.tsdb.headStats().series).toBe(8); // those of the first labels are gone
  });

  test('the log shrinks behind the head, and a restart has everything', async () => {
    await using db = await openTestTsdb(short);
    let most = 0;
    for (let k = 0; k < 3000; k += 100) {
      append(db, k, k + 100);
      await db.tsdb.maintain();
      most = Math.max(most, fs.readdirSync(path.join(db.dir, 'wal')).length);
    }
    expect(most).toBeLessThan(10);
    const before = contents(db);
    await db.reopen();
    expect(contents(db)).toEqual(before);
  });

  test('retention by time and by size removes the oldest blocks', async () => {
    await using db = await openTestTsdb({ ...short, maxBlockDurationMs: 5 * MINUTE_MS });
    append(db, 0, 1000);
    await db.tsdb.maintain();
    const count = db.tsdb.blocks().length;
    const newest = db.tsdb.blocks().at(-1)?.maxTime ?? 0;
    db.tsdb.applyRetention({ retentionMs: 60 * MINUTE_MS, retentionBytes: 0 });
    await db.tsdb.maintain();
    expect(db.tsdb.blocks().length).toBeLessThan(count);
    expect(db.tsdb.blocks().every((meta) => newest - meta.maxTime < 60 * MINUTE_MS)).toBe(true);
    db.tsdb.applyRetention({ retentionMs: 0, retentionBytes: db.tsdb.storageBytes() - 1 });
    const bytes = db.tsdb.storageBytes();
    await db.tsdb.maintain();
    expect(db.tsdb.storageBytes()).toBeLessThan(bytes);
    expect(db.tsdb.blocks().at(-1)?.maxTime).toBe(newest);
  });

  test('is cut every minute once started, on a thread of its own', async () => {
    const { runCompaction: _, ...onThread } = short;
    await using db = await openTestTsdb(onThread);
    append(db, 0, 100);
    db.tsdb.start();
    await db.clock.advance(MINUTE_MS);
    await db.tsdb.maintain();
    expect(db.tsdb.problems()).toEqual([]);
    expect(db.tsdb.blocks().length).toBeGreaterThan(1);
  });
});
