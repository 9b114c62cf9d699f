/** quantile_over_time where windows overlap: the window is kept sorted, samples enter and leave it one by one. */
import type { RangeKernel } from '../operators/range-kernel.ts';
import { sortNanFirst } from './quantile.ts';

/** The numbers of the window, ascending; NaN is only counted, being less than all. */
class SortedWindow {
  nans = 0;
  length = 0;
  #values: Float64Array;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  /** Replaces the content. */
  fill(samples: Float64Array): void {
    const sorted = sortNanFirst(samples.slice());
    this.nans = 0;
    while (this.nans < sorted.length && Number.isNaN(sorted[this.nans]!)) this.nans++;
    this.#values.set(sorted.subarray(this.nans));
    this.length = sorted.length - this.nans;
  }

  enter(value: number): void {
    if (Number.isNaN(value)) {
      this.nans++;
      return;
    }
    const at = this.#firstNotBelow(value);
    this.#values.copyWithin(at + 1, at, this.length);
    this.#values[at] = value;
    this.length++;
  }

  leave(value: number): void {
    if (Number.isNaN(value)) {
      this.nans--;
      return;
    }
    const at = this.#firstNotBelow(value);
    this.#values.copyWithin(at, at + 1, this.length);
    this.length--;
  }

  #firstNotBelow(value: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#values[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #at(rank: number): number {
    return rank < this.nans ? Number.NaN : this.#values[rank - this.nans]!;
  }

  quantile(phi: number): number {
    if (Number.isNaN(phi)) return Number.NaN;
    if (phi < 0) return Number.NEGATIVE_INFINITY;
    if (phi > 1) return Number.POSITIVE_INFINITY;
    const last = this.nans + this.length - 1;
    const rank = phi * last;
    const lower = Math.floor(rank);
    const weight = rank - lower;
    return this.#at(lower) * (1 - weight) + this.#at(Math.min(last, lower + 1)) * weight;
  }
}

/** The first parameter is the quantile. */
export const slidingQuantiles: RangeKernel = ({ windows, columns, params }, values, present, at) => {
  const { from, to } = windows;
  const samples = columns.values;
  const phi = params[0]!;
  const window = new SortedWindow(columns.length + 1);
  let first = 0;
  let end = 0;
  let found = 0;
  for (let k = 0; k < from.length; k++) {
    const nextFirst = from[k]!;
    const nextEnd = to[k]!;
    present[at + k] = nextEnd > nextFirst ? 1 : 0;
    if (nextEnd <= nextFirst) continue;
    if (nextFirst >= end) {
      window.fill(samples.subarray(nextFirst, nextEnd));
      first = nextFirst;
      end = nextEnd;
    }
    for (; first < nextFirst; first++) window.leave(samples[first]!);
    for (; end < nextEnd; end++) window.enter(samples[end]!);
    values[at + k] = window.quantile(phi[k]!);
    found++;
  }
  return found;
};
