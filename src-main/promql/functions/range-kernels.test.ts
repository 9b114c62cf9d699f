/** Range functions against their definition, window by window. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SampleColumns } from '../../model/sample-columns.ts';
import { Annotations } from '../annotations.ts';
import { HistogramList } from '../histogram-list.ts';
import { HistogramNotes } from '../histogram-notes.ts';
import type { RangeFunction } from '../operators/range-function.ts';
import { WindowTables } from '../operators/window-table.ts';
import { OVER_TIME_FUNCTIONS } from './over-time.ts';
import { RATE_FUNCTIONS } from './rate.ts';
import { REGRESSION_FUNCTIONS } from './regression.ts';

interface Sample {
  readonly t: number;
  readonly v: number;
}

type Plain = (window: readonly Sample[], startMs: number, endMs: number) => number | null;

const RANGE_MS = 60_000;
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const of = (window: readonly Sample[]) => window.map(({ v }) => v);
const pairs = (window: readonly Sample[]) => window.slice(1).map(({ v }, i) => [window[i]!.v, v] as const);

function extrapolated(counter: boolean, perSecond: boolean): Plain {
  return (window, startMs, endMs) => {
    const [first, last] = [window[0], window.at(-1)];
    if (first === undefined || last === undefined || window.length < 2) return null;
    let result = last.v - first.v;
    if (counter) for (const [before, after] of pairs(window)) if (after < before) result += before;
    const sampled = (last.t - first.t) / 1000;
    const average = sampled / (window.length - 1);
    let toStart = (first.t - startMs) / 1000;
    let toEnd = (endMs - last.t) / 1000;
    if (toStart >= average * 1.1) toStart = average / 2;
    if (toEnd >= average * 1.1) toEnd = average / 2;
    if (counter && result > 0 && first.v >= 0) toStart = Math.min(toStart, sampled * (first.v / result));
    return (result * (sampled + toStart + toEnd)) / sampled / (perSecond ? RANGE_MS / 1000 : 1);
  };
}

const variance: Plain = (window) => {
  if (window.length === 0) return null;
  const mean = sum(of(window)) / window.length;
  return sum(of(window).map((v) => (v - mean) ** 2)) / window.length;
};

const whenAny =
  (fn: (window: readonly Sample[]) => number): Plain =>
  (window) =>
    window.length > 0 ? fn(window) : null;

const PLAIN: Readonly<Record<string, Plain>> = {
  rate: extrapolated(true, true),
  increase: extrapolated(true, false),
  delta: extrapolated(false, false),
  irate: (window) => {
    const [before, after] = window.slice(-2);
    if (before === undefined || after === undefined) return null;
    return (after.v < before.v ? after.v : after.v - before.v) / ((after.t - before.t) / 1000);
  },
  idelta: (window) => {
    const [before, after] = window.slice(-2);
    return before === undefined || after === undefined ? null : after.v - before.v;
  },
  sum_over_time: whenAny((window) => sum(of(window))),
  avg_over_time: whenAny((window) => sum(of(window)) / window.length),
  min_over_time: whenAny((window) => Math.min(...of(window))),
  max_over_time: whenAny((window) => Math.max(...of(window))),
  count_over_time: whenAny((window) => window.length),
  present_over_time: whenAny(() => 1),
  last_over_time: whenAny((window) => window.at(-1)!.v),
  first_over_time: whenAny((window) => window[0]!.v),
  stdvar_over_time: variance,
  stddev_over_time: (...args) => {
    const value = variance(...args);
    return value === null ? null : Math.sqrt(value);
  },
  changes: whenAny((window) => pairs(window).filter(([a, b]) => a !== b).length),
  resets: whenAny((window) => pairs(window).filter(([a, b]) => b < a).length),
  ts_of_last_over_time: whenAny((window) => window.at(-1)!.t / 1000),
};

const samples = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: -5, max: 1000 })), { maxLength: 80 })
  .map((steps) => {
    let t = 0;
    return steps.map(([step, v]) => {
      t += step;
      return { t, v };
    });
  });

function rowOf(fn: RangeFunction, series: readonly Sample[], endsMs: Float64Array, tables: WindowTables) {
  const columns = new SampleColumns(Math.max(1, series.length));
  columns.times.set(series.map(({ t }) => t));
  columns.values.set(series.map(({ v }) => v));
  columns.length = series.length;
  const steps = { startMs: endsMs[0] ?? 0, stepMs: (endsMs[1] ?? 0) - (endsMs[0] ?? 0), count: endsMs.length };
  const values = new Float64Array(endsMs.length);
  const present = new Uint8Array(endsMs.length);
  const windows = tables.of(columns);
  fn.kernel(
    {
      steps,
      columns,
      windows,
      rangeMs: RANGE_MS,
      endsMs,
      params: [endsMs.map(() => 0.3)],
      histograms: new HistogramList(() => {}),
      notes: new HistogramNotes(new Annotations(null), { from: 0, to: 0 }),
    },
    values,
    present,
    0,
  );
  return Array.from(values, (value, k) => (present[k] === 1 ? value : null));
}

describe.each(Object.keys(PLAIN))('%s', (name) => {
  test('is what its definition says of each window', () => {
    const fn = { ...RATE_FUNCTIONS, ...OVER_TIME_FUNCTIONS }[name]!;
    fc.assert(
      fc.property(samples, fc.integer({ min: 0, max: 300_000 }), (series, startMs) => {
        const endsMs = Float64Array.from({ length: 30 }, (_, k) => startMs + k * 15_000);
        const row = rowOf(fn, series, endsMs, new WindowTables(endsMs, RANGE_MS));
        for (const [k, end] of endsMs.entries()) {
          const window = series.filter(({ t }) => t > end - RANGE_MS && t <= end);
          const expected = PLAIN[name]!(window, end - RANGE_MS, end);
          if (expected === null) expect(row[k]).toBeNull();
          else expect(row[k]).toBeCloseTo(expected, 6);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe.each(['sum_over_time', 'avg_over_time', 'min_over_time', 'max_over_time', 'quantile_over_time'])(
  '%s',
  (name) => {
    const fn = OVER_TIME_FUNCTIONS[name]!;
    const special = fc.constantFrom(
      0,
      -0,
      1e100,
      -1e100,
      1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    );

    test('sliding gives what each window alone gives', () => {
      fc.assert(
        fc.property(fc.array(fc.oneof(special, fc.double()), { maxLength: 60 }), (values) => {
          const series = values.map((v, i) => ({ t: i * 1000, v }));
          const endsMs = Float64Array.from({ length: 40 }, (_, k) => 20_000 + k * 1000);
          const together = rowOf(fn, series, endsMs, new WindowTables(endsMs, 15_000));
          const alone = [...endsMs].map((end) => {
            const one = Float64Array.of(end);
            return rowOf(fn, series, one, new WindowTables(one, 15_000))[0];
          });
          for (const [k, value] of together.entries()) expectClose(value, alone[k] ?? null);
        }),
        { numRuns: 300, seed: 20 }, // fixed: sums of wild doubles may cancel twice over
      );
    });
  },
);

describe.each(['stddev_over_time', 'stdvar_over_time', 'deriv', 'predict_linear'])('%s', (name) => {
  const fn = { ...OVER_TIME_FUNCTIONS, ...REGRESSION_FUNCTIONS }[name]!;
  const value = fc.oneof(
    fc.integer({ min: -1000, max: 1000 }),
    fc.constant(7),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  );

  test('sliding gives what each window alone gives', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), (values) => {
        const series = values.map((v, i) => ({ t: 1_700_000_000_000 + i * 1000, v }));
        const endsMs = Float64Array.from({ length: 40 }, (_, k) => 1_700_000_020_000 + k * 1000);
        const together = rowOf(fn, series, endsMs, new WindowTables(endsMs, 15_000));
        const alone = [...endsMs].map((end) => {
          const one = Float64Array.of(end);
          return rowOf(fn, series, one, new WindowTables(one, 15_000))[0] ?? null;
        });
        const scale = Math.max(1, ...values.map(Math.abs)) ** (name === 'stdvar_over_time' ? 2 : 1);
        for (const [k, expected] of alone.entries()) {
          if (expected === null) expect(together[k]).toBeNull();
          else expect(Math.abs(together[k]! - expected)).toBeLessThan(1e-7 * scale);
        }
      }),
    );
  });

  test('equal samples give exact results, however many', () => {
    const series = Array.from({ length: 60 }, (_, i) => ({ t: i * 1000, v: 0.1 }));
    const endsMs = Float64Array.from({ length: 40 }, (_, k) => 20_000 + k * 1000);
    const expected = name === 'predict_linear' ? 0.1 : 0;
    expect(new Set(rowOf(fn, series, endsMs, new WindowTables(endsMs, 15_000)))).toEqual(new Set([expected]));
  });
});

function expectClose(actual: number | null | undefined, expected: number | null): void {
  if (actual === expected || Object.is(actual, expected)) return;
  if (typeof actual !== 'number' || expected === null) throw new Error(`${actual} instead of ${expected}`);
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-12 * Math.max(Math.abs(actual), Math.abs(expected)));
}

test('what depends on timestamps alone is shared between series without mixing their values', () => {
  const endsMs = Float64Array.of(60_000, 75_000);
  const tables = new WindowTables(endsMs, RANGE_MS);
  const series = (factor: number) => [10, 25, 40, 55, 70].map((s, i) => ({ t: s * 1000, v: i * factor }));
  const one = rowOf(RATE_FUNCTIONS.delta!, series(1), endsMs, tables);
  expect(rowOf(RATE_FUNCTIONS.delta!, series(7), endsMs, tables)).toEqual(one.map((value) => value! * 7));
});
