/**
 * rate, increase, delta, changes and resets over `anchored` and `smoothed` ranges (promql/functions.go, extendedRate).
 * Windows reach beyond the range: anchored ones back by the lookback, smoothed ones forth as well. Nothing is
 * extrapolated: the boundaries take the last sample before them, or a value interpolated between their neighbours.
 */
import type { SampleColumns } from '../../model/sample-columns.ts';
import type { RangeFunction } from '../operators/range-function.ts';
import type { RangeInput } from '../operators/range-kernel.ts';
import { extendedHistogramRate, smoothedMixed } from './extended-histogram-range.ts';
import { mixedChange, mixedReset, type StepTest } from './histogram-over-time.ts';
import type { RateKind } from './histogram-rate.ts';
import { kindOf, mixedKernel } from './mixed-windows.ts';
import { isChange, isReset, type PairTest, windowKernel } from './over-time.ts';

export type Extension = 'anchored' | 'smoothed';

/** Samples `first` <= i <= `last` decide about the range; `left` and `right` are the values at its boundaries. */
interface Bounded {
  first: number;
  last: number;
  left: number;
  right: number;
}

const bounded: Bounded = { first: 0, last: 0, left: 0, right: 0 };

interface Range {
  readonly startMs: number;
  readonly endMs: number;
  readonly smoothed: boolean;
  readonly counter: boolean;
}

/** The value at `timeMs` on the line from sample `i` to the next; a counter that fell rises from zero. */
function between({ times, values }: SampleColumns, i: number, timeMs: number, counter: boolean): number {
  const after = values[i + 1]!;
  const before = counter && after < values[i]! ? 0 : values[i]!;
  return before + ((after - before) * (timeMs - times[i]!)) / (times[i + 1]! - times[i]!);
}

/** Finds `first` and `last` of `bounded`; false where the range has no sample to speak of. */
function locate({ times }: SampleColumns, from: number, to: number, range: Range): boolean {
  const { startMs, endMs, smoothed } = range;
  if (to === from) return false;
  let first = from;
  while (first + 1 < to - 1 && times[first + 1]! <= startMs) first++;
  let last = to - 1;
  if (smoothed) {
    last = from;
    while (last < to - 1 && times[last]! < endMs) last++;
  }
  bounded.first = first;
  bounded.last = last;
  return times[last]! > startMs && times[first]! <= endMs;
}

/** null where the range has no sample to speak of. The result is valid until the next call. */
function bound(columns: SampleColumns, from: number, to: number, range: Range): Bounded | null {
  const { startMs, endMs, smoothed, counter } = range;
  if (!locate(columns, from, to, range)) return null;
  const { times, values } = columns;
  const { first, last } = bounded;
  const before = smoothed && times[first]! < startMs && first + 1 < to;
  const after = smoothed && last > from && times[last]! > endMs;
  bounded.left = before ? between(columns, first, startMs, counter) : values[first]!;
  bounded.right = after ? between(columns, last - 1, endMs, counter) : values[last]!;
  return bounded;
}

function difference(range: Range, columns: SampleColumns, { first, last, left, right }: Bounded): number {
  let result = right - left;
  if (!range.counter) return result;
  let previous = left;
  for (let i = first; i <= last; i++) {
    const timeMs = columns.times[i]!;
    if (timeMs <= range.startMs || timeMs >= range.endMs) continue;
    const value = columns.values[i]!;
    if (value < previous) result += previous;
    previous = value;
  }
  return right < previous ? result + previous : result;
}

function rateLike(kind: RateKind, smoothed: boolean): RangeFunction {
  const rangeOf = (input: RangeInput, step: number) => ({ ...rangeAt(input, step), smoothed, counter: kind.counter });
  const ofFloats = (input: RangeInput, from: number, to: number, step: number): number | null => {
    const range = rangeOf(input, step);
    const found = bound(input.columns, from, to, range);
    if (found === null) return null;
    const result = difference(range, input.columns, found);
    return kind.perSecond ? result / (input.rangeMs / 1000) : result;
  };
  const mixed = mixedKernel((input, from, to, step) => {
    const window = kindOf(input, from, to);
    if (window === 'floats') return ofFloats(input, from, to, step);
    if (window === 'mixed') {
      input.notes.mixedWithFloats();
      return null;
    }
    const range = rangeOf(input, step);
    return locate(input.columns, from, to, range) ? extendedHistogramRate(input, { ...range, ...bounded }, kind) : null;
  });
  return { kernel: windowKernel(ofFloats), mixed, expectsCounter: kind.counter };
}

function rangeAt({ endsMs, rangeMs }: RangeInput, step: number) {
  return { startMs: endsMs[step]! - rangeMs, endMs: endsMs[step]! };
}

function counting(test: PairTest, mixedTest: StepTest): RangeFunction {
  const countIn = (stepTest: StepTest) => (input: RangeInput, from: number, to: number, step: number) => {
    const range = { ...rangeAt(input, step), smoothed: false, counter: false };
    if (!locate(input.columns, from, to, range)) return null;
    let count = 0;
    for (let i = bounded.first + 1; i <= bounded.last; i++) if (stepTest(input, i)) count++;
    return count;
  };
  return {
    kernel: windowKernel(countIn(({ columns: { values } }, i) => test(values[i - 1]!, values[i]!))),
    mixed: mixedKernel(countIn(mixedTest)),
    readsStartTimes: true,
  };
}

function rates(smoothed: boolean): Record<string, RangeFunction> {
  return {
    delta: rateLike({ counter: false, perSecond: false }, smoothed),
    increase: rateLike({ counter: true, perSecond: false }, smoothed),
    rate: rateLike({ counter: true, perSecond: true }, smoothed),
  };
}

/** In the order in which refusals list them. */
export const EXTENDED_FUNCTIONS: Readonly<Record<Extension, Readonly<Record<string, RangeFunction>>>> = {
  anchored: { changes: counting(isChange, mixedChange), ...rates(false), resets: counting(isReset, mixedReset) },
  smoothed: rates(true),
};

/** Whether the range has histograms, which it cannot show. */
export function hasHistograms({ histograms }: SampleColumns, { from, to }: { from: number; to: number }): boolean {
  return histograms?.slice(from, to).some((histogram) => histogram !== undefined) ?? false;
}

/** The samples that an extended range itself consists of: its boundaries, and what lies strictly between them. */
export function extendedSamples(columns: SampleColumns, window: { from: number; to: number }, range: Range) {
  const found = bound(columns, window.from, window.to, range);
  if (found === null) return null;
  const times = [range.startMs];
  const values = [found.left];
  for (let i = found.first; i <= found.last; i++) {
    const timeMs = columns.times[i]!;
    if (timeMs <= range.startMs || timeMs >= range.endMs) continue;
    times.push(timeMs);
    values.push(columns.values[i]!);
  }
  return {
    timesMs: Float64Array.of(...times, range.endMs),
    values: Float64Array.of(...values, found.right),
    histograms: null,
  };
}

/** `metric smoothed`: the sample at the time itself, else on the line between its neighbours, else the one before. */
export function smoothedValue(columns: SampleColumns, from: number, to: number, timeMs: number): number | null {
  let last = from;
  while (last < to && columns.times[last]! <= timeMs) last++;
  last--;
  if (last < from) return null;
  if (columns.times[last] === timeMs || last + 1 >= to) return columns.values[last]!;
  return between(columns, last, timeMs, false);
}

export const SMOOTHED_SELECTOR: RangeFunction = {
  keepsName: true,
  kernel: windowKernel(({ columns, endsMs }, from, to, step) => smoothedValue(columns, from, to, endsMs[step]!)),
  mixed: mixedKernel((input, from, to, step) => {
    const timeMs = input.endsMs[step]!;
    if (kindOf(input, from, to) === 'floats') return smoothedValue(input.columns, from, to, timeMs);
    return smoothedMixed(input, from, to, timeMs);
  }),
};
