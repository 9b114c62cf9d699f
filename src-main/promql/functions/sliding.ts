/**
 * Windows that overlap much, each sample looked at a bounded number of times. A window is split at an anchor: what is
 * before it was accumulated from the anchor backwards when the anchor was set, what is after it grows forwards; once
 * the window has left the anchor behind, its end becomes the next one. Nothing is ever subtracted, so no precision is
 * lost and an infinity leaves no trace.
 */
import type { RangeInput, RangeKernel } from '../operators/range-kernel.ts';

/** From so many looks per sample on, sliding is cheaper than looking at each window anew. */
const WORTHWHILE_OVERLAP = 4;

/** Whether the windows of the series overlap enough. */
export function overlapsMuch({ windows, columns }: RangeInput): boolean {
  const { from, to } = windows;
  let looks = 0;
  for (let k = 0; k < from.length; k++) looks += to[k]! - from[k]!;
  return looks > WORTHWHILE_OVERLAP * columns.length;
}

/** Accumulations from each index to the anchor; reused between series. */
let suffix = new Float64Array(1024);
let suffixLost = new Float64Array(1024);

function reserve(length: number): void {
  if (suffix.length >= length) return;
  suffix = new Float64Array(2 * length);
  suffixLost = new Float64Array(2 * length);
}

const NO_NUMBER = Number.NaN;

function isInfinite(value: number): boolean {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
}

/** What `total` loses when `value` is added to it. */
function lostBy(total: number, value: number, next: number): number {
  if (isInfinite(next)) return 0;
  return Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
}

/** What becomes of the compensated sum of the samples `from` <= i < `to`. */
export type SumFinish = (sum: CompensatedSum, input: RangeInput, from: number, to: number) => number;

export interface CompensatedSum {
  total: number;
  lost: number;
}

/** The compensated sums of all windows; `finish` may keep nothing of what it is given. */
export function slidingSums(finish: SumFinish): RangeKernel {
  const sum: CompensatedSum = { total: 0, lost: 0 };
  return (input, values, present, at) => {
    const { windows, columns } = input;
    const { from, to } = windows;
    const samples = columns.values;
    reserve(columns.length);
    let anchor = 0;
    let end = 0;
    let total = 0;
    let lost = 0;
    let found = 0;
    for (let k = 0; k < from.length; k++) {
      const first = from[k]!;
      const last = to[k]!;
      present[at + k] = last > first ? 1 : 0;
      if (last <= first) continue;
      if (first >= anchor) {
        anchor = last;
        end = last;
        total = 0;
        lost = 0;
        sumBackwards(samples, first, last);
      }
      for (; end < last; end++) {
        const next = total + samples[end]!;
        lost = isInfinite(next) ? 0 : lost + lostBy(total, samples[end]!, next);
        total = next;
      }
      const before = suffix[first]!;
      sum.total = before + total;
      sum.lost = suffixLost[first]! + lost + lostBy(before, total, sum.total);
      values[at + k] = finish(sum, input, first, last);
      found++;
    }
    return found;
  };
}

function sumBackwards(samples: Float64Array, from: number, to: number): void {
  let total = 0;
  let lost = 0;
  for (let i = to - 1; i >= from; i--) {
    const next = total + samples[i]!;
    lost = isInfinite(next) ? 0 : lost + lostBy(total, samples[i]!, next);
    total = next;
    suffix[i] = total;
    suffixLost[i] = lost;
  }
}

/** The greatest (`sign` 1) or least (`sign` -1) sample of each window; NaN only where there is nothing else. */
export function slidingExtremes(sign: number): RangeKernel {
  return ({ windows, columns }, values, present, at) => {
    const { from, to } = windows;
    const samples = columns.values;
    reserve(columns.length);
    let anchor = 0;
    let end = 0;
    let best = NO_NUMBER;
    let found = 0;
    for (let k = 0; k < from.length; k++) {
      const first = from[k]!;
      const last = to[k]!;
      present[at + k] = last > first ? 1 : 0;
      if (last <= first) continue;
      if (first >= anchor) {
        anchor = last;
        end = last;
        best = NO_NUMBER;
        let known = NO_NUMBER;
        for (let i = last - 1; i >= first; i--) {
          const value = samples[i]! * sign;
          if (value > known || Number.isNaN(known)) known = value;
          suffix[i] = known;
        }
      }
      for (; end < last; end++) {
        const value = samples[end]! * sign;
        if (value > best || Number.isNaN(best)) best = value;
      }
      const before = suffix[first]!;
      values[at + k] = (best > before || Number.isNaN(before) ? best : before) * sign;
      found++;
    }
    return found;
  };
}
