/** Custom buckets of two histograms meet at the bounds that both have. */
import { type IndexedBuckets, moveBuckets } from './indexed-buckets.ts';

export function sameBounds(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((bound, i) => bound === b[i]));
}

export function commonBounds(a: Float64Array, b: Float64Array): Float64Array {
  const common = new Float64Array(Math.min(a.length, b.length));
  let length = 0;
  let j = 0;
  for (const bound of a) {
    while (j < b.length && b[j]! < bound) j++;
    if (j < b.length && b[j] === bound) common[length++] = bound;
  }
  return common.subarray(0, length);
}

/** Buckets that end at `from`'s bounds, gathered into those that end at `to`'s, some of the same bounds. */
export function moveToBounds(buckets: IndexedBuckets, from: Float64Array, to: Float64Array): IndexedBuckets {
  let target = 0;
  return moveBuckets(buckets, (index) => {
    if (index >= from.length) return to.length;
    while (target < to.length && to[target]! < from[index]!) target++;
    return target;
  });
}
