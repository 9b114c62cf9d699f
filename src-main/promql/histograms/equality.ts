import { CUSTOM_BUCKETS_SCHEMA, type HistogramBuckets, type NativeHistogram } from '../../model/native-histogram.ts';
import { sameBounds } from './custom-bounds.ts';
import { indexBuckets } from './indexed-buckets.ts';

/**
 * As the operator == and the function changes() see it: all numbers are the same (NaN is NaN), the same buckets exist,
 * empty ones too. What is said about counter resets does not count.
 */
export function equalHistograms(a: NativeHistogram, b: NativeHistogram): boolean {
  if (a === b) return true;
  if (a.stale || b.stale) return a.stale === b.stale;
  if (a.schema !== b.schema || !Object.is(a.count, b.count) || !Object.is(a.sum, b.sum)) return false;
  if (a.schema === CUSTOM_BUCKETS_SCHEMA && !sameBounds(a.customValues, b.customValues)) return false;
  if (a.zeroThreshold !== b.zeroThreshold || !Object.is(a.zeroCount, b.zeroCount)) return false;
  return equalBuckets(a.positive, b.positive) && equalBuckets(a.negative, b.negative);
}

function equalBuckets(a: HistogramBuckets, b: HistogramBuckets): boolean {
  if (a.counts.length !== b.counts.length) return false;
  const left = indexBuckets(a);
  const right = indexBuckets(b);
  return left.indexes.every((index, i) => index === right.indexes[i] && Object.is(left.counts[i], right.counts[i]));
}
