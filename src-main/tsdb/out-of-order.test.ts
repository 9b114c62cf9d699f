/** Samples that come after later ones of their series: what is taken, what is read, what survives. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allBuckets } from '../model/histograms/all-buckets.ts';
import { getLabel, labelsFromRecord } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import { type NativeHistogram, NO_BUCKETS, STALE_HISTOGRAM } from '../model/native-histogram.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import type { AppendOutcome, SeriesSet } from '../model/storage.ts';
import { runCompactionJob } from './compaction-jobs.ts';
import { openTestTsdb, type TestTsdb } from './test-tsdb.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = 1_700_000_000_000 - (1_700_000_000_000 % (2 * HOUR));
const WIDE = { runCompaction: runCompactionJob, outOfOrderWindowMs: 100 * HOUR };

function append(db: TestTsdb, samples: readonly (readonly [series: string, timeMs: number, value: number])[]) {
  const appender = db.tsdb.appender();
  const outcomes = samples.map(([s, timeMs, value]) =>
    appender.append(appender.series(labelsFromRecord({ __name__: 'm', s })), timeMs, value),
  );
  appender.commit();
  return outcomes;
}

/** series -> [time, value] ..., of a span. */
function read(db: TestTsdb, minTimeMs = -1e15, maxTimeMs = 1e15): Record<string, (readonly [number, number])[]> {
  const querier = db.tsdb.querier(minTimeMs, maxTimeMs);
  const set = querier.select([new Matcher('__name__', '=', 'm')]);
  const columns = new SampleColumns();
  const found: Record<string, (readonly [number, number])[]> = {};
  for (let i = 0; i < set.length; i++) {
    columns.clear();
    set.read(i, minTimeMs, maxTimeMs, columns);
    if (columns.length === 0) continue;
    const { times, values, length } = columns;
    found[getLabel(set.labels(i), 's')] = Array.from({ length }, (_, k) => [times[k] ?? 0, values[k] ?? 0]);
  }
  querier.close();
  return found;
}

function segments(db: TestTsdb): string[] {
  const dir = path.join(db.dir, 'wbl');
  return fs.existsSync(dir) ? fs.readdirSync(dir) : [];
}

describe('what is taken', () => {
  test.each<[string, number, number, AppendOutcome]>([
    ['later', 0, 101, 'ok'],
    ['earlier, without a window', 0, 99, 'out-of-order'],
    ['beyond the head, without a window', 0, 30, 'out-of-bounds'],
    ['earlier, within the window', 30, 99, 'ok'],
    ['at the end of the window', 30, 70, 'ok'],
    ['beyond the window', 30, 69, 'too-old'],
    ['beyond the head, within the window', 80, 30, 'ok'],
  ])('%s', async (_, window, minutes, outcome) => {
    await using db = await openTestTsdb({ outOfOrderWindowMs: window * MINUTE });
    append(db, [['a', START + 100 * MINUTE, 1]]);
    expect(append(db, [['a', START + minutes * MINUTE, 2]])).toEqual([outcome]);
    const { refused, outOfOrderAppended } = db.tsdb.headStats();
    expect({ ...refused, outOfOrderAppended }).toEqual({
      outOfOrder: outcome === 'out-of-order' ? 1 : 0,
      outOfBounds: outcome === 'out-of-bounds' ? 1 : 0,
      tooOld: outcome === 'too-old' ? 1 : 0,
      outOfOrderAppended: outcome === 'ok' && minutes < 100 ? 1 : 0,
    });
  });

  test('the window is measured from the newest sample of all series, as it was when the batch began', async () => {
    await using db = await openTestTsdb({ outOfOrderWindowMs: 30 * MINUTE });
    append(db, [['a', START, 1]]);
    expect(
      append(db, [
        ['b', START + 90 * MINUTE, 1],
        ['a', START - 30 * MINUTE, 1],
        ['a', START - 31 * MINUTE, 1],
      ]),
    ).toEqual(['ok', 'ok', 'too-old']);
    expect(append(db, [['a', START - 30 * MINUTE, 1]])).toEqual(['too-old']);
  });

  test('a batch that begins an empty head measures from its first sample', async () => {
    await using db = await openTestTsdb({ outOfOrderWindowMs: 2 * HOUR });
    expect(
      append(db, [
        ['a', START, 1],
        ['b', START - 119 * MINUTE, 1],
        ['b', START - 121 * MINUTE, 1],
      ]),
    ).toEqual(['ok', 'ok', 'too-old']);
    expect(read(db)).toEqual({ a: [[START, 1]], b: [[START - 119 * MINUTE, 1]] });
  });

  test('the window is taken over at once, and what was taken stays', async () => {
    await using db = await openTestTsdb();
    append(db, [['a', START + HOUR, 1]]);
    expect(append(db, [['a', START + HOUR - 1, 2]])).toEqual(['out-of-order']);
    db.tsdb.applyOutOfOrderWindow(HOUR);
    expect(append(db, [['a', START + HOUR - 1, 2]])).toEqual(['ok']);
    db.tsdb.applyOutOfOrderWindow(0);
    expect(append(db, [['a', START + HOUR - 2, 3]])).toEqual(['out-of-order']);
    const expected = {
      a: [
        [START + HOUR - 1, 2],
        [START + HOUR, 1],
      ],
    };
    expect(read(db)).toEqual(expected);
    await db.reopen();
    expect(read(db)).toEqual(expected);
  });

  test('of samples at one time the one that came in order counts, then the one that came first', async () => {
    await using db = await openTestTsdb(WIDE);
    append(db, [['a', START, 1]]);
    append(db, [['a', START + 2, 3]]);
    expect(append(db, [['a', START, 10]])).toEqual(['ok']);
    expect(append(db, [['a', START + 1, 20]])).toEqual(['ok']);
    expect(append(db, [['a', START + 1, 30]])).toEqual(['ok']);
    expect(read(db)).toEqual({
      a: [
        [START, 1],
        [START + 1, 20],
        [START + 2, 3],
      ],
    });
  });

  test('a sample that a later one overtook between append and commit is kept', async () => {
    await using db = await openTestTsdb(WIDE);
    const slow = db.tsdb.appender();
    expect(slow.append(slow.series(labelsFromRecord({ __name__: 'm', s: 'a' })), START, 1)).toBe('ok');
    append(db, [['a', START + 5, 2]]);
    slow.commit();
    const expected = {
      a: [
        [START, 1],
        [START + 5, 2],
      ],
    };
    expect(read(db)).toEqual(expected);
    await db.reopen();
    expect(read(db)).toEqual(expected);
  });

  test('what a batch rolls back is not seen', async () => {
    await using db = await openTestTsdb(WIDE);
    append(db, [['a', START, 1]]);
    const appender = db.tsdb.appender();
    const ref = appender.series(labelsFromRecord({ __name__: 'm', s: 'a' }));
    expect(appender.append(ref, START - 1, 1)).toBe('ok');
    appender.rollback();
    expect(read(db)).toEqual({ a: [[START, 1]] });
    expect(segments(db)).toEqual([]);
  });

  test('a reader sees what there was when it selected', async () => {
    await using db = await openTestTsdb(WIDE);
    append(db, [['a', START, 1]]);
    append(db, [['a', START - 5, 2]]);
    const querier = db.tsdb.querier(0, 2e12);
    const set = querier.select([new Matcher('s', '=', 'a')]);
    append(
      db,
      Array.from({ length: 200 }, (_, i) => ['a', START - 6 - i, 3] as const),
    );
    const columns = new SampleColumns();
    expect(set.read(0, 0, 2e12, columns)).toBe(2);
    expect([...columns.times.subarray(0, 2)]).toEqual([START - 5, START]);
    querier.close();
  });
});

describe('against a plain map', () => {
  type Step = readonly ['write', readonly (readonly [series: number, minutes: number])[]] | readonly ['reopen' | 'cut'];
  const samples = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 0, max: 900 })), { minLength: 1, maxLength: 60 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 12, arbitrary: samples.map((list) => ['write', list] as const) },
    { weight: 1, arbitrary: fc.constant(['reopen'] as const) },
    { weight: 3, arbitrary: fc.constant(['cut'] as const) },
  );

  test('everything is read, whatever its order, across cuts and restarts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        await using db = await openTestTsdb(WIDE);
        const model = new Map<string, Map<number, number>>();
        for (const one of steps) {
          if (one[0] === 'reopen') await db.reopen();
          if (one[0] === 'cut') await db.tsdb.maintain();
          if (one[0] !== 'write') continue;
          const list = one[1].map(([s, minutes]) => [`${s}`, START + minutes * MINUTE, s + minutes / 7] as const);
          expect(append(db, list)).toEqual(list.map(() => 'ok'));
          for (const [s, t, value] of list) {
            const known = model.get(s) ?? new Map();
            model.set(s, known.set(t, value));
          }
          const expected = Object.fromEntries(
            [...model].map(([s, known]) => [s, [...known].sort(([a], [b]) => a - b)]),
          );
          expect(read(db)).toEqual(expected);
          const from = START + 200 * MINUTE;
          const part = Object.entries(expected).map(([s, all]) => [
            s,
            all.filter(([t]) => t >= from && t <= from + HOUR),
          ]);
          expect(read(db, from, from + HOUR)).toEqual(Object.fromEntries(part.filter(([, all]) => all?.length !== 0)));
        }
        expect(db.tsdb.problems()).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});

/** One sample a minute of two series, and out of order one of a third that lies 90 minutes behind. */
function writeHours(db: TestTsdb, fromHour: number, toHour: number): void {
  for (let minute = fromHour * 60; minute < toHour * 60; minute++) {
    const t = START + minute * MINUTE;
    append(db, [
      ['a', t, minute],
      ['b', t, -minute],
    ]);
    if (minute >= 90) append(db, [['a', t - 90 * MINUTE - 500, minute / 2]]);
    if (minute >= 90) append(db, [['late', t - 90 * MINUTE - 500, minute / 3]]);
  }
}

describe('cuts', () => {
  test('make aligned blocks with a hint, overlapping ones become one, and the log is let go of', async () => {
    await using db = await openTestTsdb(WIDE);
    writeHours(db, 0, 4);
    const before = read(db);
    expect(segments(db).length).toBe(1);
    const blocks: [number, number, boolean][] = [];
    await db.tsdb.maintain();
    expect(read(db)).toEqual(before);
    expect(segments(db)).toEqual(['00000001']);
    for (const { minTime, maxTime, compaction } of db.tsdb.blocks()) {
      blocks.push([(minTime - START) / HOUR, (maxTime - START) / HOUR, compaction.hints !== undefined]);
    }
    // 0..2 was cut twice, in order and not, and made one; 2..4 goes on in the head
    expect(blocks).toEqual([
      [-2, 0, true],
      [0, 2, false],
      [2, 4, true],
    ]);
    writeHours(db, 4, 12);
    const all = read(db);
    await db.tsdb.maintain();
    expect(read(db)).toEqual(all);
    await db.reopen();
    expect(read(db)).toEqual(all);
    expect(db.tsdb.problems()).toEqual([]);
  });

  test('a block out of order does not say where the head begins', async () => {
    await using db = await openTestTsdb(WIDE);
    writeHours(db, 0, 4);
    await db.tsdb.maintain();
    await db.tsdb.cleanTombstones();
    expect(db.tsdb.blocks().at(-1)?.maxTime).toBe(START + 4 * HOUR);
    const before = read(db);
    await db.reopen();
    expect(read(db)).toEqual(before);
    expect(append(db, [['b', START + 4 * HOUR, 0]])).toEqual(['ok']);
  });

  test('a series that has nothing any more is let go of', async () => {
    await using db = await openTestTsdb(WIDE);
    append(db, [['a', START, 1]]);
    append(db, [['gone', START - HOUR, 1]]);
    append(db, [['a', START + 4 * HOUR, 1]]);
    expect(db.tsdb.headStats().series).toBe(2);
    await db.tsdb.maintain();
    expect(db.tsdb.headStats().series).toBe(1);
    expect(read(db).gone).toEqual([[START - HOUR, 1]]);
  });

  test('what is deleted stays so through cuts and restarts', async () => {
    await using db = await openTestTsdb(WIDE);
    writeHours(db, 0, 4);
    await db.tsdb.delete(START + 20 * MINUTE, START + 140 * MINUTE, [[new Matcher('s', '=~', 'a|late')]]);
    const before = read(db);
    expect(before.late?.length).toBe(150 - 120);
    await db.reopen();
    expect(read(db)).toEqual(before);
    await db.tsdb.maintain();
    expect(read(db)).toEqual(before);
    await db.reopen();
    expect(read(db)).toEqual(before);
  });

  test('a snapshot holds what waits out of order', async () => {
    await using db = await openTestTsdb(WIDE);
    writeHours(db, 0, 3);
    const name = await db.tsdb.snapshot(false);
    await using copy = await openTestTsdb(WIDE, path.join(db.dir, 'snapshots', name));
    expect(read(copy)).toEqual(read(db));
    writeHours(db, 3, 5);
    const before = read(db);
    await db.tsdb.maintain();
    expect(read(db)).toEqual(before);
  });

  test('a cut that fails loses nothing', async () => {
    let isBroken = true;
    await using db = await openTestTsdb({
      ...WIDE,
      runCompaction: (job) => {
        const isLate = job.kind === 'write-head' && job.identity.compaction.hints !== undefined;
        return isLate && isBroken ? Promise.reject(new Error('no room')) : runCompactionJob(job);
      },
    });
    writeHours(db, 0, 4);
    const before = read(db);
    await db.tsdb.maintain();
    expect(db.tsdb.problems()).toEqual(['maintenance of the storage failed: no room']);
    expect(read(db)).toEqual(before);
    append(db, [['late', START + HOUR + 7, 5]]);
    isBroken = false;
    writeHours(db, 4, 6);
    const after = read(db);
    await db.tsdb.maintain();
    expect(read(db)).toEqual(after);
    await db.reopen();
    expect(read(db)).toEqual(after);
  });
});

describe('native histograms', () => {
  /** Schema, kind and buckets change now and then, as in life. */
  function histogramAt(minute: number): NativeHistogram {
    const length = 1 + (minute % 5);
    const counts = Float64Array.from({ length }, (_, i) => minute + i * 3);
    const integer = minute % 50 < 40;
    const zeroCount = integer ? minute : minute + 0.5;
    return {
      schema: minute % 70 < 60 ? 2 : 1,
      integer,
      counterReset: minute % 3 === 0 ? 'not-reset' : 'unknown',
      zeroThreshold: 0.001,
      zeroCount,
      count: counts.reduce((sum, count) => sum + count, zeroCount),
      sum: minute * 1.5,
      stale: false,
      positive: { spans: Int32Array.of(minute % 2, length), counts },
      negative: NO_BUCKETS,
      customValues: new Float64Array(0),
    };
  }

  function appendMinute(db: TestTsdb, minute: number): AppendOutcome {
    const appender = db.tsdb.appender();
    const ref = appender.series(labelsFromRecord({ __name__: 'm', s: 'h' }));
    const timeMs = START + minute * MINUTE;
    const outcome =
      minute % 37 === 36
        ? appender.append(ref, timeMs, minute)
        : minute % 41 === 40
          ? appender.appendHistogram(ref, timeMs, STALE_HISTOGRAM)
          : appender.appendHistogram(ref, timeMs, histogramAt(minute));
    appender.commit();
    return outcome;
  }

  /** What counts of every sample: what is said about resets is not the same out of order. */
  function samples(db: TestTsdb): unknown[] {
    const querier = db.tsdb.querier(0, 2e12);
    const set = querier.select([new Matcher('s', '=', 'h')]);
    const { times, values, histograms, length } = columnsOf(set);
    querier.close();
    return Array.from({ length }, (_, i) => {
      const h = histograms?.[i];
      if (h === undefined) return [times[i], values[i]];
      return h.stale ? [times[i], 'stale'] : [times[i], h.integer, h.schema, h.count, h.sum, allBuckets(h)];
    });
  }

  function columnsOf(set: SeriesSet): SampleColumns {
    const columns = new SampleColumns();
    set.read(0, 0, 2e12, columns);
    return columns;
  }

  test('are read as if they had come in order, before and after a cut, and a restart', async () => {
    await using inOrder = await openTestTsdb(WIDE);
    await using db = await openTestTsdb(WIDE);
    const minutes = Array.from({ length: 230 }, (_, i) => i);
    for (const minute of minutes) expect(appendMinute(inOrder, minute)).toBe('ok');
    expect(appendMinute(db, 229)).toBe('ok');
    for (const minute of minutes.slice(0, 229)) expect(appendMinute(db, (minute * 101) % 229)).toBe('ok');
    const expected = samples(inOrder);
    expect(expected.length).toBe(230);
    expect(samples(db)).toEqual(expected);
    await db.reopen();
    expect(samples(db)).toEqual(expected);

    append(db, [['a', START + 8 * HOUR, 0]]);
    await db.tsdb.maintain();
    expect(db.tsdb.blocks().length).toBe(2);
    expect(samples(db)).toEqual(expected);
    await db.reopen();
    expect(samples(db)).toEqual(expected);
    expect(db.tsdb.problems()).toEqual([]);
  });

  test('are refused like others', async () => {
    await using db = await openTestTsdb({ outOfOrderWindowMs: 30 * MINUTE });
    expect([100, 70, 69].map((minute) => appendMinute(db, minute))).toEqual(['ok', 'ok', 'too-old']);
    db.tsdb.applyOutOfOrderWindow(0);
    expect([99, 30].map((minute) => appendMinute(db, minute))).toEqual(['out-of-order', 'out-of-bounds']);
    expect(db.tsdb.headStats().refused).toEqual({ outOfOrder: 1, outOfBounds: 1, tooOld: 1 });
  });
});

test('kill -9 at any moment loses no acknowledged sample', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-ooo-'));
  const writer = fileURLToPath(new URL('./write-out-of-order.ts', import.meta.url));
  let acknowledged = 0;
  for (let round = 0; round < 4; round++) {
    const child = spawn(process.execPath, [writer, dir, `${acknowledged}`], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      acknowledged = Number(line);
    });
    const ended = once(child, 'exit');
    for (const before = acknowledged; acknowledged < before + 20; ) await sleep(20);
    await sleep(50 * round);
    child.kill('SIGKILL');
    await ended;
    await sleep(50); // what it printed last
    await using db = await openTestTsdb(WIDE, dir);
    expect(db.tsdb.problems().filter((problem) => !problem.includes('file ends within a record'))).toEqual([]);
    const { a = [], late = [] } = read(db);
    expect(late.length).toBeGreaterThanOrEqual(acknowledged * 50);
    expect(a.length).toBeGreaterThanOrEqual(acknowledged);
    expect(new Set(late.map(([t]) => t)).size).toBe(late.length);
    fs.rmSync(path.join(dir, 'lock'), { force: true });
  }
  fs.rmSync(dir, { recursive: true });
}, 60_000);
