import type { HistogramBuckets, NativeHistogram } from '../native-histogram.ts';

/** Whether both say the same with the same buckets; what they say about counter resets does not count. */
export function sameHistogram(a: NativeHistogram, b: NativeHistogram): boolean {
  if (a === b) return true;
  if (a.integer !== b.integer || a.stale !== b.stale) return false;
  if (a.stale) return true;
  return (
    a.schema === b.schema &&
    a.zeroThreshold === b.zeroThreshold &&
    Object.is(a.zeroCount, b.zeroCount) &&
    Object.is(a.count, b.count) &&
    Object.is(a.sum, b.sum) &&
    sameBuckets(a.positive, b.positive) &&
    sameBuckets(a.negative, b.negative) &&
    sameNumbers(a.customValues, b.customValues)
  );
}

function sameBuckets(a: HistogramBuckets, b: HistogramBuckets): boolean {
  return sameNumbers(a.spans, b.spans) && sameNumbers(a.counts, b.counts);
}

export function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
