import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { allBuckets } from '../model/histograms/all-buckets.ts';
import { labelsFromRecord } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram, STALE_HISTOGRAM } from '../model/native-histogram.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import { isStaleAt } from '../model/staleness.ts';
import { InvalidHistogramError, type Querier } from '../model/storage.ts';
import { runCompactionJob } from './compaction-jobs.ts';
import { growing, histogramOf } from './test-histograms.ts';
import { openTestTsdb, type TestTsdb } from './test-tsdb.ts';

const MINUTE_MS = 60_000;
const START_MS = 1_700_001_000_000;
const STEP_MS = 15_000;

type Sample = number | NativeHistogram | 'stale';

/** What series `s` has at step `k`; undefined: nothing. */
function sampleAt(s: number, k: number): Sample | undefined {
  const counter = growing(s + 1, k);
  switch (s) {
    case 0:
      return histogramOf({ sum: k * 1.25 }, counter);
    case 1:
      return histogramOf({ integer: false, sum: k / 3 }, scaled(counter, 0.37), scaled(growing(9, k), 1.5));
    case 2:
      return histogramOf({ counterReset: 'gauge', zeroCount: k % 7 }, { [k % 5]: 3, 7: k % 3 });
    case 3:
      return histogramOf(
        { schema: CUSTOM_BUCKETS_SCHEMA, zeroThreshold: 0, customValues: Float64Array.of(0.1, 1, 10) },
        { 0: k, 3: 2 * k },
      );
    case 4: // changes its kind every now and then
      return k % 40 < 10 ? k : histogramOf({ integer: k % 80 < 40 }, counter);
    case 5: // resets, goes stale, comes back
      if (k % 60 === 59) return 'stale';
      return k % 60 > 45 && k % 60 < 55 ? undefined : histogramOf({}, growing(3, k % 60));
    case 6: // large ones
      return histogramOf(
        {},
        Object.fromEntries(Array.from({ length: 150 }, (_, i) => [i, k * i + (k > 30 ? i % 3 : 0)])),
      );
    default:
      return Math.sqrt(k * s);
  }
}

function scaled(buckets: Record<string, number>, factor: number): Record<string, number> {
  return Object.fromEntries(Object.entries(buckets).map(([index, count]) => [index, count * factor]));
}

const SERIES = 9;

function append(db: TestTsdb, from: number, to: number): void {
  for (let k = from; k < to; k++) {
    const appender = db.tsdb.appender();
    for (let s = 0; s < SERIES; s++) {
      const sample = sampleAt(s, k);
      if (sample === undefined) continue;
      const ref = appender.series(labelsFromRecord({ __name__: 'm', s: `${s}` }));
      const t = START_MS + k * STEP_MS;
      const outcome =
        typeof sample === 'number'
          ? appender.append(ref, t, sample)
          : sample === 'stale'
            ? appender.appendStale(ref, t)
            : appender.appendHistogram(ref, t, sample);
      expect(outcome).toBe('ok');
    }
    appender.commit();
  }
}

/** A sample as text: equal texts are equal samples, empty buckets apart. */
function print(sample: Sample | undefined): string {
  if (typeof sample !== 'object') return `${sample}`;
  if (sample.stale) return 'stale';
  const { integer, schema, zeroThreshold, zeroCount, count, sum, customValues } = sample;
  const buckets = allBuckets(sample).map((b) => `${b.lower}..${b.upper}:${b.count}`);
  const kind = `${integer ? 'i' : 'f'}${sample.counterReset === 'gauge' ? 'g' : ''}`;
  return [kind, schema, zeroThreshold, zeroCount, count, sum, customValues.join('/'), ...buckets].join(' ');
}

function printColumns({ times, values, halves, histograms, length }: SampleColumns): string[] {
  return Array.from({ length }, (_, i) => {
    const sample = histograms?.[i] ?? (isStaleAt(halves, i) ? 'stale' : values[i]);
    if (typeof sample === 'object' && !sample.stale) expect(values[i]).toBe(sample.sum);
    if (typeof sample === 'object' && sample.stale) expect(isStaleAt(halves, i)).toBe(true);
    return `${(times[i]! - START_MS) / STEP_MS} ${print(sample)}`;
  });
}

function expected(from: number, to: number): Map<string, string[]> {
  const out = new Map<string, string[]>();
  for (let s = 0; s < SERIES; s++) {
    const lines: string[] = [];
    for (let k = from; k < to; k++) {
      const sample = sampleAt(s, k);
      if (sample !== undefined) lines.push(`${k} ${print(sample)}`);
    }
    if (lines.length > 0) out.set(`__name__,m,s,${s}`, lines);
  }
  return out;
}

function read(querier: Querier, min = 0, max = 2e12): Map<string, string[]> {
  const set = querier.select([new Matcher('__name__', '=', 'm')]);
  const out = new Map<string, string[]>();
  const columns = new SampleColumns();
  for (let i = 0; i < set.length; i++) {
    columns.clear();
    set.read(i, min, max, columns);
    out.set(set.labels(i).join(), printColumns(columns));
  }
  return new Map([...out].sort());
}

function contents(db: TestTsdb, min = 0, max = 2e12): Map<string, string[]> {
  const querier = db.tsdb.querier(min, max);
  try {
    return read(querier, min, max);
  } finally {
    querier.close();
  }
}

const short = {
  minBlockDurationMs: 5 * MINUTE_MS,
  maxBlockDurationMs: 45 * MINUTE_MS,
  runCompaction: runCompactionJob,
};

describe('native histograms', () => {
  test('are read from the head, from the log after a restart, and from blocks', async () => {
    await using db = await openTestTsdb(short);
    append(db, 0, 300);
    expect(contents(db)).toEqual(expected(0, 300));
    await db.reopen();
    expect(db.tsdb.problems()).toEqual([]);
    expect(contents(db)).toEqual(expected(0, 300));
    await db.tsdb.maintain();
    const blocks = db.tsdb.blocks();
    expect(blocks.length).toBeGreaterThan(2);
    expect(contents(db)).toEqual(expected(0, 300));
    for (const { stats } of blocks) {
      expect(stats.numHistogramSamples).toBeGreaterThan(0);
      expect(stats.numSamples).toBe((stats.numFloatSamples ?? 0) + (stats.numHistogramSamples ?? 0));
    }
    for (let k = 300; k < 700; k += 100) {
      append(db, k, k + 100);
      await db.tsdb.maintain();
    }
    expect(Math.max(...db.tsdb.blocks().map((meta) => meta.compaction.level))).toBeGreaterThan(1);
    expect(contents(db)).toEqual(expected(0, 700));
    expect(fs.readdirSync(path.join(db.dir, 'wal')).some((name) => name.startsWith('checkpoint'))).toBe(true);
    await db.reopen();
    expect(db.tsdb.problems()).toEqual([]);
    expect(contents(db)).toEqual(expected(0, 700));
    const [min, max] = [START_MS + 33 * STEP_MS, START_MS + 333 * STEP_MS];
    expect(contents(db, min, max)).toEqual(expected(33, 334));
  });

  test('a reader keeps what it was given while chunks are written anew, cut and collected', async () => {
    await using db = await openTestTsdb(short);
    append(db, 0, 25);
    const queriers: [number, Querier, ReturnType<Querier['select']>][] = [];
    for (let k = 25; k < 120; k += 4) {
      const querier = db.tsdb.querier(0, 2e12);
      queriers.push([k, querier, querier.select([])]);
      append(db, k, k + 4);
    }
    await db.tsdb.maintain();
    append(db, 121, 250);
    await db.tsdb.maintain();
    const columns = new SampleColumns();
    for (const [k, querier, set] of queriers) {
      const whole = expected(0, k);
      for (let i = 0; i < set.length; i++) {
        columns.clear();
        set.read(i, 0, 2e12, columns);
        expect(printColumns(columns)).toEqual(whole.get(set.labels(i).join()));
      }
      querier.close();
    }
    expect(contents(db)).toEqual(expected(0, 250));
  });

  test('deleted ones are gone, in the head, in blocks and once these are written anew', async () => {
    await using db = await openTestTsdb(short);
    append(db, 0, 200);
    await db.tsdb.maintain();
    await db.tsdb.delete(START_MS + 30 * STEP_MS, START_MS + 190 * STEP_MS, [[new Matcher('s', '=~', '[0-5]')]]);
    const left = new Map(
      [...expected(0, 200)].map(([key, lines]) => [
        key,
        /[0-5]$/.test(key)
          ? lines.filter((line) => Number.parseInt(line, 10) < 30 || Number.parseInt(line, 10) > 190)
          : lines,
      ]),
    );
    expect(contents(db)).toEqual(left);
    await db.reopen();
    expect(contents(db)).toEqual(left);
    await db.tsdb.cleanTombstones();
    expect(contents(db)).toEqual(left);
    const name = await db.tsdb.snapshot(false);
    await using copy = await openTestTsdb(short, path.join(db.dir, 'snapshots', name));
    expect(contents(copy)).toEqual(left);
  });

  test('overlapping blocks become one', async () => {
    await using one = await openTestTsdb(short);
    await using two = await openTestTsdb(short);
    for (let k = 0; k < 100; k++) if (k % 3 !== 0) append(one, k, k + 1);
    for (let k = 0; k < 100; k++) if (k % 2 === 0) append(two, k, k + 1);
    await one.tsdb.maintain();
    await two.tsdb.maintain();
    const last = two.tsdb.blocks().at(-1)?.maxTime ?? 0;
    const before = contents(one, 0, last - 1);
    await one.tsdb.close();
    for (const { ulid } of two.tsdb.blocks()) {
      fs.cpSync(path.join(two.dir, ulid), path.join(one.dir, ulid), { recursive: true });
    }
    await one.open();
    const merged = contents(one, 0, last - 1);
    expect(merged).not.toEqual(before);
    await one.tsdb.maintain();
    expect(contents(one, 0, last - 1)).toEqual(merged);
    const blocks = one.tsdb.blocks();
    expect(blocks.every((meta, i) => i === 0 || (blocks[i - 1]?.maxTime ?? 0) <= meta.minTime)).toBe(true);
    expect(merged.get('__name__,m,s,0')).toEqual(
      expected(0, 100)
        .get('__name__,m,s,0')
        ?.filter((line) => {
          const k = Number.parseInt(line, 10);
          return (k % 3 !== 0 || k % 2 === 0) && START_MS + k * STEP_MS < last;
        }),
    );
  });

  test('histograms beyond a block of the arena', async () => {
    await using db = await openTestTsdb();
    const buckets = (k: number) => Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [i, Math.sqrt(i * k)]));
    for (let k = 1; k < 30; k++) {
      const appender = db.tsdb.appender();
      const ref = appender.series(['__name__', 'm']);
      appender.appendHistogram(ref, START_MS + k, histogramOf({ integer: false }, buckets(k)));
      appender.commit();
    }
    const querier = db.tsdb.querier(0, 2e12);
    const columns = new SampleColumns();
    querier.select([]).read(0, 0, 2e12, columns);
    expect(columns.length).toBe(29);
    expect(columns.histograms?.[28]?.positive.counts[19_999]).toBe(Math.sqrt(19_999 * 29));
    querier.close();
  });
});

describe('what is appended', () => {
  const h = histogramOf({}, { 1: 2 });

  test('repeated, late and odd samples', async () => {
    await using db = await openTestTsdb();
    const appender = db.tsdb.appender();
    const ref = appender.series(['__name__', 'm']);
    expect(appender.appendHistogram(ref, START_MS, h)).toBe('ok');
    expect(appender.appendHistogram(ref, START_MS, { ...h, counterReset: 'reset' })).toBe('ok');
    expect(appender.appendHistogram(ref, START_MS, histogramOf({}, { 1: 3 }))).toBe('duplicate');
    expect(appender.append(ref, START_MS, 17)).toBe('duplicate');
    expect(appender.appendHistogram(ref, START_MS - 1, h)).toBe('out-of-order');
    expect(appender.append(ref, START_MS - 1, 1)).toBe('out-of-order');
    appender.commit();
    const next = db.tsdb.appender();
    expect(next.appendHistogram(ref, START_MS, histogramOf({}, { 1: 2 }))).toBe('ok');
    expect(next.appendHistogram(ref, START_MS, histogramOf({ integer: false }, { 1: 2 }))).toBe('duplicate');
    expect(next.append(ref, START_MS, Number.NaN)).toBe('duplicate');
    expect(next.appendHistogram(ref, START_MS - 1, h)).toBe('out-of-order');
    expect(next.appendHistogram(ref, 1000, h)).toBe('out-of-bounds');
    expect(next.appendHistogram(77, START_MS, h)).toBe('unknown-series');
    expect(next.append(ref, START_MS + 1, 5)).toBe('ok');
    expect(next.appendHistogram(ref, START_MS + 1, h)).toBe('duplicate');
    expect(next.appendHistogram(ref, START_MS + 2, h)).toBe('ok');
    expect(next.appendHistogram(ref, START_MS + 3, histogramOf({ integer: false }, { 1: 2 }))).toBe('ok');
    expect(next.append(ref, START_MS + 4, 6)).toBe('ok');
    expect(next.appendStale(ref, START_MS + 5)).toBe('ok');
    expect(next.appendHistogram(ref, START_MS + 6, histogramOf({ integer: false }, { 1: 2 }))).toBe('ok');
    expect(next.appendStale(ref, START_MS + 7)).toBe('ok');
    next.commit();
    for (const _ of ['in memory', 'from the log']) {
      const querier = db.tsdb.querier(0, 2e12);
      const columns = new SampleColumns();
      querier.select([]).read(0, 0, 2e12, columns);
      const kinds = Array.from({ length: columns.length }, (_, i) => {
        const found = columns.histograms?.[i];
        return found === undefined
          ? isStaleAt(columns.halves, i)
            ? 'stale'
            : columns.values[i]
          : `${found.integer ? 'i' : 'f'}${found.stale ? ' stale' : ''}`;
      });
      expect(kinds).toEqual(['i', 5, 'i', 'f', 6, 'stale', 'f', 'f stale']);
      querier.close();
      await db.reopen();
      const again = db.tsdb.appender();
      expect(again.appendHistogram(again.series(['__name__', 'm']), START_MS + 7, STALE_HISTOGRAM)).toBe('ok');
      again.rollback();
    }
  });

  test('a batch that is rolled back leaves nothing', async () => {
    await using db = await openTestTsdb();
    const appender = db.tsdb.appender();
    const ref = appender.series(['__name__', 'm']);
    appender.appendHistogram(ref, START_MS, h);
    appender.rollback();
    const next = db.tsdb.appender();
    expect(next.append(ref, START_MS - 1000, 1)).toBe('ok');
    next.commit();
    expect(db.tsdb.headStats().samplesAppended).toBe(1);
  });

  test.each([
    [
      histogramOf({ count: 3 }, { 1: 2 }),
      "2 observations found in buckets, but the Count field is 3: histogram's observation count should equal the number of observations found in the buckets (in absence of NaN)",
    ],
    [
      histogramOf({ count: 1, sum: Number.NaN }, { 1: 2 }),
      "2 observations found in buckets, but the Count field is 1: histogram's observation count should be at least the number of observations found in the buckets",
    ],
    [
      { ...h, positive: { spans: Int32Array.of(0, 2), counts: Float64Array.of(2) } },
      'positive side: spans need 2 buckets, have 1 buckets: histogram spans specify different number of buckets than provided',
    ],
    [
      { ...h, negative: { spans: Int32Array.of(0, 1, -1, 1), counts: Float64Array.of(2, 0) } },
      'negative side: span number 2 with offset -1: histogram has a span whose offset is negative',
    ],
    [
      histogramOf({}, { 1: -2 }),
      'positive side: bucket number 1 has observation count of -2: histogram has a bucket whose observation count is negative',
    ],
    [
      histogramOf({}, { 1: 2, 3: 1.5 }),
      'positive side: bucket number 2 has observation count of 1.5: histogram of integers has a count that is not whole',
    ],
    [histogramOf({ schema: 9 }, { 1: 2 }), 'histogram has an invalid schema, got schema 9'],
    [
      histogramOf({ schema: CUSTOM_BUCKETS_SCHEMA, zeroThreshold: 0, customValues: Float64Array.of(2, 1) }, { 1: 2 }),
      'custom buckets: previous bound is 2 and current is 1: histogram custom bounds must be in strictly increasing order',
    ],
  ])('%#: what contradicts itself is refused, and the batch goes on', async (wrong, message) => {
    await using db = await openTestTsdb();
    const appender = db.tsdb.appender();
    const ref = appender.series(['__name__', 'm']);
    expect(() => appender.appendHistogram(ref, START_MS, wrong)).toThrow(new InvalidHistogramError(message));
    expect(appender.appendHistogram(ref, START_MS, h)).toBe('ok');
    appender.commit();
    expect(db.tsdb.headStats().samplesAppended).toBe(1);
  });
});
