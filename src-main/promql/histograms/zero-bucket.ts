/**
 * Two histograms can be added or compared only with zero buckets of the same width: the narrower one grows over the
 * ordinary buckets next to it. Where it would end within a populated bucket, it takes the whole of it, and the other
 * histogram has to follow (model/histogram/float_histogram.go, reconcileZeroBuckets).
 */
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../../model/native-histogram.ts';
import { exponentialBound } from './bounds.ts';
import { bucketsFrom, type IndexedBuckets, indexBuckets } from './indexed-buckets.ts';

/** A histogram in parts, as arithmetic works on it. */
export interface OpenHistogram {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: IndexedBuckets;
  readonly negative: IndexedBuckets;
}

export function openHistogram({
  schema,
  zeroThreshold,
  zeroCount,
  positive,
  negative,
}: NativeHistogram): OpenHistogram {
  return { schema, zeroThreshold, zeroCount, positive: indexBuckets(positive), negative: indexBuckets(negative) };
}

/** Both with the same zero threshold: the larger one, or more where that falls into a populated bucket. */
export function reconcileZeroBuckets(a: OpenHistogram, b: OpenHistogram): [OpenHistogram, OpenHistogram] {
  let left = a;
  let right = b;
  while (left.zeroThreshold !== right.zeroThreshold) {
    if (left.zeroThreshold > right.zeroThreshold) right = widenZeroBucket(right, left.zeroThreshold);
    else left = widenZeroBucket(left, right.zeroThreshold);
  }
  return [left, right];
}

/** With a zero threshold of at least `threshold`, which is not below the histogram's own. */
export function widenZeroBucket(h: OpenHistogram, threshold: number): OpenHistogram {
  if (!(threshold > h.zeroThreshold) || h.schema === CUSTOM_BUCKETS_SCHEMA) return h;
  let reached = threshold;
  for (;;) {
    const positive = bucketsWithin(h.positive, h.schema, reached);
    const negative = bucketsWithin(h.negative, h.schema, positive.threshold);
    if (negative.threshold === reached) {
      return {
        ...h,
        zeroThreshold: reached,
        zeroCount: h.zeroCount + positive.sum + negative.sum,
        positive: bucketsFrom(h.positive, positive.length),
        negative: bucketsFrom(h.negative, negative.length),
      };
    }
    reached = negative.threshold;
  }
}

interface Within {
  /** The first buckets, so many, begin below the threshold. */
  readonly length: number;
  readonly sum: number;
  /** Moved to the end of the bucket in which it fell, if that is populated. */
  readonly threshold: number;
}

function bucketsWithin({ indexes, counts }: IndexedBuckets, schema: number, threshold: number): Within {
  let sum = 0;
  let length = 0;
  while (length < indexes.length && exponentialBound(schema, indexes[length]! - 1) < threshold) {
    const count = counts[length]!;
    const upper = exponentialBound(schema, indexes[length]!);
    length++;
    sum += count;
    if (upper > threshold) return { length, sum, threshold: count === 0 ? threshold : upper };
  }
  return { length, sum, threshold };
}
