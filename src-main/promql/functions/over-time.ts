/** The `*_over_time` functions on floats (promql/functions.go). */
import type { Span } from '../../../shared/promql/ast.ts';
import { formatShort } from '../../../shared/promql/number.ts';
import type { RangeFunction } from '../operators/range-function.ts';
import type { RangeInput, RangeKernel } from '../operators/range-kernel.ts';
import type { QueryContext } from '../query-context.ts';
import {
  countingMixed,
  firstOfMixed,
  lastOfMixed,
  meanOfMixed,
  mixedChange,
  mixedReset,
  sumOfMixed,
} from './histogram-over-time.ts';
import { quantileOfSorted, sortNanFirst } from './quantile.ts';
import { overlapsMuch, slidingExtremes, slidingSums } from './sliding.ts';
import { slidingVariances } from './sliding-moments.ts';
import { slidingQuantiles } from './sliding-quantile.ts';

/** Value of the samples `from` <= i < `to`, at least one, at step `step`. */
type WindowFunction = (input: RangeInput, from: number, to: number, step: number) => number;

/** Applies `fn` to every window of at least `minimum` samples. */
export function eachWindow(minimum: number, fn: WindowFunction): RangeKernel {
  return (input, values, present, at) => {
    const { from, to } = input.windows;
    let count = 0;
    for (let k = 0; k < from.length; k++) {
      const first = from[k]!;
      const end = to[k]!;
      if (end - first < minimum) {
        present[at + k] = 0;
        continue;
      }
      values[at + k] = fn(input, first, end, k);
      present[at + k] = 1;
      count++;
    }
    return count;
  };
}

/** Applies `fn` to every window that holds anything; null: no result there. */
export function windowKernel(
  fn: (input: RangeInput, from: number, to: number, step: number) => number | null,
): RangeKernel {
  return (input, values, present, at) => {
    const { from, to } = input.windows;
    let count = 0;
    for (let k = 0; k < from.length; k++) {
      const value = to[k]! > from[k]! ? fn(input, from[k]!, to[k]!, k) : null;
      present[at + k] = value === null ? 0 : 1;
      if (value === null) continue;
      values[at + k] = value;
      count++;
    }
    return count;
  };
}

function sum({ columns }: RangeInput, from: number, to: number): number {
  const values = columns.values;
  let total = 0;
  let lost = 0;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    const next = total + value;
    if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) lost = 0;
    else if (Math.abs(total) >= Math.abs(value)) lost += total - next + value;
    else lost += value - next + total;
    total = next;
  }
  return total + lost;
}

/** A compensated sum divided at the end; an incremental mean from where that sum would overflow. */
function average(input: RangeInput, from: number, to: number): number {
  const values = input.columns.values;
  let total = values[from]!;
  let lost = 0;
  for (let i = from + 1; i < to; i++) {
    const value = values[i]!;
    const next = total + value;
    if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY)
      return incrementalMean(input, i, to, { total, lost, count: i - from });
    if (Math.abs(total) >= Math.abs(value)) lost += total - next + value;
    else lost += value - next + total;
    total = next;
  }
  const count = to - from;
  return total / count + lost / count;
}

interface PartialSum {
  readonly total: number;
  readonly lost: number;
  readonly count: number;
}

function incrementalMean({ columns }: RangeInput, from: number, to: number, start: PartialSum): number {
  let count = start.count;
  let mean = start.total / count;
  let lost = start.lost / count;
  for (let i = from; i < to; i++) {
    count++;
    const share = (count - 1) / count;
    const increment = columns.values[i]! / count;
    const scaled = share * mean;
    lost *= share;
    const next = scaled + increment;
    if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) lost = 0;
    else if (Math.abs(scaled) >= Math.abs(increment)) lost += scaled - next + increment;
    else lost += increment - next + scaled;
    mean = next;
  }
  return mean + lost;
}

/** Welford's recurrence with both accumulators compensated. */
function variance({ columns }: RangeInput, from: number, to: number): number {
  let mean = 0;
  let meanLost = 0;
  let squares = 0;
  let squaresLost = 0;
  for (let i = from; i < to; i++) {
    const value = columns.values[i]!;
    const delta = value - (mean + meanLost);
    const step = delta / (i - from + 1);
    const nextMean = mean + step;
    if (nextMean === Number.POSITIVE_INFINITY || nextMean === Number.NEGATIVE_INFINITY) meanLost = 0;
    else if (Math.abs(mean) >= Math.abs(step)) meanLost += mean - nextMean + step;
    else meanLost += step - nextMean + mean;
    mean = nextMean;
    const square = delta * (value - (mean + meanLost));
    const next = squares + square;
    if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) squaresLost = 0;
    else if (Math.abs(squares) >= Math.abs(square)) squaresLost += squares - next + square;
    else squaresLost += square - next + squares;
    squares = next;
  }
  return (squares + squaresLost) / (to - from);
}

function maximum({ columns }: RangeInput, from: number, to: number): number {
  const values = columns.values;
  let best = values[from]!;
  for (let i = from + 1; i < to; i++) {
    const value = values[i]!;
    if (value > best || Number.isNaN(best)) best = value;
  }
  return best;
}

function minimum({ columns }: RangeInput, from: number, to: number): number {
  const values = columns.values;
  let best = values[from]!;
  for (let i = from + 1; i < to; i++) {
    const value = values[i]!;
    if (value < best || Number.isNaN(best)) best = value;
  }
  return best;
}

/** Index of the extreme sample; `sign` 1 for the greatest, -1 for the least; the last of equals, NaN only at last. */
function lastExtremeIndex(values: Float64Array, from: number, to: number, sign: number): number {
  let best = from;
  for (let i = from + 1; i < to; i++) {
    const value = values[i]! * sign;
    const known = values[best]! * sign;
    if (value >= known || Number.isNaN(known)) best = i;
  }
  return best;
}

function medianDeviation({ columns }: RangeInput, from: number, to: number): number {
  const sorted = columns.values.slice(from, to);
  if (sorted.some(Number.isNaN)) return Number.NaN;
  const median = quantileOfSorted(0.5, sorted.sort());
  const deviations = sorted.map((value) => Math.abs(value - median)).sort();
  return quantileOfSorted(0.5, deviations);
}

export type PairTest = (before: number, after: number) => boolean;

export const isChange: PairTest = (before, after) => after !== before && !(Number.isNaN(after) && Number.isNaN(before));
export const isReset: PairTest = (before, after) => after < before;

/** How many neighbours up to each sample pass the test; reused between series. */
let counts = new Int32Array(1024);

/** Counts neighbours within each window: the difference of two running counts. */
function counting(test: PairTest): RangeKernel {
  const within = eachWindow(1, (_, from, to) => counts[to - 1]! - counts[from]!);
  return (input, values, present, at) => {
    const { values: samples, length } = input.columns;
    if (counts.length < length) counts = new Int32Array(2 * length);
    let count = 0;
    counts[0] = 0;
    for (let i = 1; i < length; i++) {
      if (test(samples[i - 1]!, samples[i]!)) count++;
      counts[i] = count;
    }
    return within(input, values, present, at);
  };
}

export function warnOfQuantiles(context: QueryContext, params: readonly Float64Array[], spans: readonly Span[]): void {
  const span = spans[0]!;
  for (const phi of new Set(params[0]))
    if (Number.isNaN(phi) || phi < 0 || phi > 1)
      context.annotations.warn(`quantile value should be between 0 and 1, got ${formatShort(phi)}`, span);
}

function quantileOf(input: RangeInput, from: number, to: number, step: number): number {
  return quantileOfSorted(input.params[0]![step]!, sortNanFirst(input.columns.values.slice(from, to)));
}

/** Slides where windows overlap much, else looks at each. */
export function slidingOr(sliding: RangeKernel, plain: RangeKernel): RangeKernel {
  return (input, values, present, at) => (overlapsMuch(input) ? sliding : plain)(input, values, present, at);
}

/** Sums that are not finite have their own rules in a mean. */
const slidingMeans = slidingSums(({ total, lost }, input, from, to) =>
  Number.isFinite(total) ? total / (to - from) + lost / (to - from) : average(input, from, to),
);

function timeOf(index: (input: RangeInput, from: number, to: number) => number): RangeFunction {
  return { kernel: eachWindow(1, (input, from, to) => input.columns.times[index(input, from, to)]! / 1000) };
}

/** Whatever the samples are. */
function ofAnySample(kernel: RangeKernel): RangeFunction {
  return { kernel, mixed: kernel };
}

export const OVER_TIME_FUNCTIONS: Readonly<Record<string, RangeFunction>> = {
  avg_over_time: { kernel: slidingOr(slidingMeans, eachWindow(1, average)), mixed: meanOfMixed(average) },
  sum_over_time: {
    kernel: slidingOr(
      slidingSums(({ total, lost }) => total + lost),
      eachWindow(1, sum),
    ),
    mixed: sumOfMixed(sum),
  },
  min_over_time: { kernel: slidingOr(slidingExtremes(-1), eachWindow(1, minimum)) },
  max_over_time: { kernel: slidingOr(slidingExtremes(1), eachWindow(1, maximum)) },
  count_over_time: ofAnySample(eachWindow(1, (_, from, to) => to - from)),
  present_over_time: ofAnySample(eachWindow(1, () => 1)),
  last_over_time: {
    kernel: eachWindow(1, ({ columns }, _, to) => columns.values[to - 1]!),
    mixed: lastOfMixed,
    keepsName: true,
  },
  first_over_time: {
    kernel: eachWindow(1, ({ columns }, from) => columns.values[from]!),
    mixed: firstOfMixed,
    keepsName: true,
  },
  stdvar_over_time: {
    kernel: slidingOr(
      slidingVariances((value) => value),
      eachWindow(1, variance),
    ),
  },
  stddev_over_time: {
    kernel: slidingOr(
      slidingVariances(Math.sqrt),
      eachWindow(1, (input, from, to) => Math.sqrt(variance(input, from, to))),
    ),
  },
  quantile_over_time: { kernel: slidingOr(slidingQuantiles, eachWindow(1, quantileOf)), checkParams: warnOfQuantiles },
  mad_over_time: { kernel: eachWindow(1, medianDeviation) },
  changes: { kernel: counting(isChange), mixed: countingMixed(mixedChange) },
  resets: { kernel: counting(isReset), mixed: countingMixed(mixedReset), readsStartTimes: true },
  ts_of_first_over_time: ofAnySample(timeOf((_, from) => from).kernel),
  ts_of_last_over_time: ofAnySample(timeOf((_, __, to) => to - 1).kernel),
  ts_of_max_over_time: timeOf(({ columns }, from, to) => lastExtremeIndex(columns.values, from, to, 1)),
  ts_of_min_over_time: timeOf(({ columns }, from, to) => lastExtremeIndex(columns.values, from, to, -1)),
};
