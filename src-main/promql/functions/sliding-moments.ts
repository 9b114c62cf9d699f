/**
 * Variances and regression lines of windows that overlap much, by the anchors of sliding.ts: what is accumulated before
 * the anchor and after it is combined (Chan, Golub and LeVeque's update for variances).
 */
import type { RangeInput, RangeKernel } from '../operators/range-kernel.ts';

/** Accumulations from each index to the anchor, `WIDTH` numbers each; reused between series. */
let suffix = new Float64Array(4096);

function reserve(numbers: number): void {
  if (suffix.length < numbers) suffix = new Float64Array(2 * numbers);
}

/** [mean, sum of squared differences from it]; with the count they make a variance. */
export function slidingVariances(finish: (variance: number) => number): RangeKernel {
  return ({ windows, columns }, values, present, at) => {
    const { from, to } = windows;
    const samples = columns.values;
    reserve(2 * columns.length);
    let anchor = 0;
    let end = 0;
    let mean = 0;
    let squares = 0;
    let found = 0;
    for (let k = 0; k < from.length; k++) {
      const first = from[k]!;
      const last = to[k]!;
      present[at + k] = last > first ? 1 : 0;
      if (last <= first) continue;
      if (first >= anchor) {
        anchor = last;
        end = last;
        mean = 0;
        squares = 0;
        varyBackwards(samples, first, last);
      }
      for (; end < last; end++) {
        const delta = samples[end]! - mean;
        mean += delta / (end - anchor + 1);
        squares += delta * (samples[end]! - mean);
      }
      const before = anchor - first;
      const after = last - anchor;
      const apart = mean - suffix[2 * first]!;
      const between = after === 0 ? 0 : (apart * apart * before * after) / (before + after);
      values[at + k] = finish((suffix[2 * first + 1]! + squares + between) / (before + after));
      found++;
    }
    return found;
  };
}

function varyBackwards(samples: Float64Array, from: number, to: number): void {
  let mean = 0;
  let squares = 0;
  for (let i = to - 1; i >= from; i--) {
    const delta = samples[i]! - mean;
    mean += delta / (to - i);
    squares += delta * (samples[i]! - mean);
    suffix[2 * i] = mean;
    suffix[2 * i + 1] = squares;
  }
}

/** Least squares of y over x in seconds after `originMs`. */
export interface Regression {
  slope: number;
  /** At the origin. */
  intercept: number;
  originMs: number;
}

/** Moments of one stretch of samples: counts, means of x and y, and the sums of squares and products about them. */
interface Moments {
  count: number;
  x: number;
  y: number;
  xx: number;
  xy: number;
}

function addSample(moments: Moments, x: number, y: number): void {
  const count = ++moments.count;
  const dx = x - moments.x;
  moments.x += dx / count;
  moments.y += (y - moments.y) / count;
  moments.xx += dx * (x - moments.x);
  moments.xy += dx * (y - moments.y);
}

/** `finish` makes the value of a window from its line; `constant` its value where all samples are equal. */
export interface LineFinish {
  line(line: Regression, input: RangeInput, step: number): number;
  constant(value: number, input: RangeInput, step: number): number;
}

/** Windows of at least two samples. */
export function slidingLines(finish: LineFinish): RangeKernel {
  const after: Moments = { count: 0, x: 0, y: 0, xx: 0, xy: 0 };
  const line: Regression = { slope: 0, intercept: 0, originMs: 0 };
  return (input, values, present, at) => {
    const { from, to } = input.windows;
    const { times, values: samples, length } = input.columns;
    reserve(4 * length);
    const changes = lastChanges(samples, length);
    let anchor = 0;
    let end = 0;
    let found = 0;
    for (let k = 0; k < from.length; k++) {
      const first = from[k]!;
      const last = to[k]!;
      present[at + k] = last - first > 1 ? 1 : 0;
      if (last - first < 2) continue;
      found++;
      if (first >= anchor) {
        anchor = last;
        end = last;
        line.originMs = times[last - 1]!;
        Object.assign(after, { count: 0, x: 0, y: 0, xx: 0, xy: 0 });
        momentsBackwards(input, first, last);
      }
      for (; end < last; end++) addSample(after, (times[end]! - line.originMs) / 1000, samples[end]!);
      if (changes[last - 1]! <= first) {
        values[at + k] = finish.constant(samples[first]!, input, k);
        continue;
      }
      combine(line, first, anchor - first, after);
      values[at + k] = finish.line(line, input, k);
    }
    return found;
  };
}

/** Per sample the last index up to it whose value differs from the one before; NaN differs from everything. */
function lastChanges(samples: Float64Array, length: number): Int32Array {
  const changes = new Int32Array(length);
  for (let i = 1; i < length; i++) changes[i] = samples[i] === samples[i - 1] ? changes[i - 1]! : i;
  return changes;
}

function momentsBackwards({ columns }: RangeInput, from: number, to: number): void {
  const moments: Moments = { count: 0, x: 0, y: 0, xx: 0, xy: 0 };
  const originMs = columns.times[to - 1]!;
  for (let i = to - 1; i >= from; i--) {
    addSample(moments, (columns.times[i]! - originMs) / 1000, columns.values[i]!);
    suffix[4 * i] = moments.x;
    suffix[4 * i + 1] = moments.y;
    suffix[4 * i + 2] = moments.xx;
    suffix[4 * i + 3] = moments.xy;
  }
}

/** The line through the samples from `first` to the anchor, `before` of them, and those after it. */
function combine(line: Regression, first: number, before: number, after: Moments): void {
  const x = suffix[4 * first]!;
  const y = suffix[4 * first + 1]!;
  const count = before + after.count;
  const weight = (before * after.count) / count;
  const dx = after.x - x;
  const dy = after.y - y;
  const xx = suffix[4 * first + 2]! + after.xx + (after.count === 0 ? 0 : dx * dx * weight);
  const xy = suffix[4 * first + 3]! + after.xy + (after.count === 0 ? 0 : dx * dy * weight);
  const meanX = (before * x + after.count * after.x) / count;
  const meanY = (before * y + after.count * after.y) / count;
  line.slope = xy / xx;
  line.intercept = meanY - line.slope * meanX;
}
