/**
 * Two histograms can be added or compared only with zero buckets of the same width: the narrower one grows over the
 * ordinary buckets next to it. Where it would end within a populated bucket, it takes the whole of it, and the other
 * histogram has to follow (model/histogram/float_histogram.go, reconcileZeroBuckets).
 */
import { exponentialBound } from '../../model/histograms/exponential-bound.ts';
import type { IndexedBuckets } from './indexed-buckets.ts';

/** A histogram with exponential buckets, as far as its zero bucket cares. */
export interface ZeroNeighbours {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly positive: IndexedBuckets;
  readonly negative: IndexedBuckets;
}

/** The larger of the thresholds, or more where that falls into a populated bucket. */
export function commonZeroThreshold(a: ZeroNeighbours, b: ZeroNeighbours): number {
  let left = a.zeroThreshold;
  let right = b.zeroThreshold;
  while (left !== right) {
    if (left > right) right = widerZeroThreshold(b, left);
    else left = widerZeroThreshold(a, right);
  }
  return left;
}

/** What the threshold becomes when it is to be at least `threshold`, which is not below the histogram's own. */
export function widerZeroThreshold({ schema, positive, negative }: ZeroNeighbours, threshold: number): number {
  let reached = threshold;
  for (;;) {
    const wider = bucketEnd(negative, schema, bucketEnd(positive, schema, reached));
    if (wider === reached) return reached;
    reached = wider;
  }
}

/** How many of the first buckets begin below the threshold: they belong to a zero bucket that ends there. */
export function bucketsWithin({ indexes }: IndexedBuckets, schema: number, threshold: number): number {
  let length = 0;
  while (length < indexes.length && exponentialBound(schema, indexes[length]! - 1) < threshold) length++;
  return length;
}

/** The threshold, or the end of the populated bucket within which it falls. */
function bucketEnd(buckets: IndexedBuckets, schema: number, threshold: number): number {
  const last = bucketsWithin(buckets, schema, threshold) - 1;
  if (last < 0 || buckets.counts[last] === 0) return threshold;
  return Math.max(threshold, exponentialBound(schema, buckets.indexes[last]!));
}
