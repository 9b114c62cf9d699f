/** Sums that keep what rounding loses beside them (Kahan and Neumaier; util/kahansum of Prometheus), single and in columns. */
import type { IndexedBuckets } from './indexed-buckets.ts';

export interface Compensated {
  readonly value: number;
  readonly lost: number;
}

export function plus({ value, lost }: Compensated, increment: number): Compensated {
  const next = value + increment;
  return { value: next, lost: stillLost(lost, value, increment) };
}

export function mapCompensated({ value, lost }: Compensated, map: (part: number) => number): Compensated {
  return { value: map(value), lost: map(lost) };
}

/** `lost` after `increment` was added to `value`; of an infinite sum nothing can be saved. */
function stillLost(lost: number, value: number, increment: number): number {
  const next = value + increment;
  if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) return 0;
  return lost + (Math.abs(value) >= Math.abs(increment) ? value - next + increment : increment - next + value);
}

/** Ascending by index; `lost` belongs to `counts`, place by place. */
export interface CompensatedBuckets extends IndexedBuckets {
  readonly lost: Float64Array;
}

export function compensated({ indexes, counts }: IndexedBuckets): CompensatedBuckets {
  return { indexes, counts, lost: new Float64Array(counts.length) };
}

export function plusBuckets(a: CompensatedBuckets, b: IndexedBuckets): CompensatedBuckets {
  const indexes = new Int32Array(a.indexes.length + b.indexes.length);
  const counts = new Float64Array(indexes.length);
  const lost = new Float64Array(indexes.length);
  let length = 0;
  let i = 0;
  let j = 0;
  while (i < a.indexes.length || j < b.indexes.length) {
    const left = i < a.indexes.length ? a.indexes[i]! : Number.POSITIVE_INFINITY;
    const right = j < b.indexes.length ? b.indexes[j]! : Number.POSITIVE_INFINITY;
    indexes[length] = Math.min(left, right);
    if (left <= right) {
      counts[length] = a.counts[i]!;
      lost[length] = a.lost[i++]!;
    }
    if (right <= left) {
      const increment = b.counts[j++]!;
      lost[length] = stillLost(lost[length]!, counts[length]!, increment);
      counts[length]! += increment;
    }
    length++;
  }
  return cut({ indexes, counts, lost }, 0, length);
}

/** As `moveBuckets` of indexed-buckets.ts. */
export function moveCompensated(buckets: CompensatedBuckets, target: (index: number) => number): CompensatedBuckets {
  const size = buckets.indexes.length;
  const moved = { indexes: new Int32Array(size), counts: new Float64Array(size), lost: new Float64Array(size) };
  let length = 0;
  for (let i = 0; i < size; i++) {
    const index = target(buckets.indexes[i]!);
    if (length === 0 || moved.indexes[length - 1] !== index) moved.indexes[length++] = index;
    const at = length - 1;
    moved.lost[at] = stillLost(moved.lost[at]!, moved.counts[at]!, buckets.counts[i]!) + buckets.lost[i]!;
    moved.counts[at]! += buckets.counts[i]!;
  }
  return cut(moved, 0, length);
}

export function mapBuckets(
  { indexes, counts, lost }: CompensatedBuckets,
  map: (part: number) => number,
): CompensatedBuckets {
  return { indexes, counts: counts.map(map), lost: lost.map(map) };
}

/** The first `length` buckets added to `sum`, and the others. */
export function absorbBuckets(
  sum: Compensated,
  buckets: CompensatedBuckets,
  length: number,
): { readonly sum: Compensated; readonly rest: CompensatedBuckets } {
  let { value, lost } = sum;
  for (let i = 0; i < length; i++) {
    lost = stillLost(lost, value, buckets.counts[i]!) + buckets.lost[i]!;
    value += buckets.counts[i]!;
  }
  return { sum: { value, lost }, rest: cut(buckets, length, buckets.indexes.length) };
}

/** Everything in the counts. */
export function settle({ indexes, counts, lost }: CompensatedBuckets): IndexedBuckets {
  return { indexes, counts: counts.map((count, i) => count + lost[i]!) };
}

function cut({ indexes, counts, lost }: CompensatedBuckets, from: number, to: number): CompensatedBuckets {
  return { indexes: indexes.subarray(from, to), counts: counts.subarray(from, to), lost: lost.subarray(from, to) };
}
