/**
 * The operators `</` and `>/`: what is left of a histogram without the observations above, or below, a value
 * (model/histogram/float_histogram.go, TrimBuckets). Of the bucket that holds the value a part is kept, by
 * interpolation. Where anything was taken, count and sum are estimated anew from the buckets.
 */
import { exponentialBound } from '../../model/histograms/exponential-bound.ts';
import { CUSTOM_BUCKETS_SCHEMA, type HistogramBuckets, type NativeHistogram } from '../../model/native-histogram.ts';
import { customBound } from './custom-bounds.ts';
import { indexBuckets, packBuckets } from './indexed-buckets.ts';
import { bucketFraction, effectiveBucket, isLinear, type Range } from './interpolation.ts';

/** `h </ value`: without the observations above the value. */
export function trimUpper(h: NativeHistogram, value: number): NativeHistogram {
  return trim(h, (bucket) => keepBelow(h, bucket, value));
}

/** `h >/ value`: without the observations below the value. */
export function trimLower(h: NativeHistogram, value: number): NativeHistogram {
  return trim(h, (bucket) => keepAbove(h, bucket, value));
}

/** What stays of a bucket: a fraction of its observations, within a part of its range. */
interface Kept extends Range {
  readonly fraction: number;
}

const NOTHING: Kept = { lower: 0, upper: 0, fraction: 0 };

type Keep = (bucket: Range) => Kept;

interface Estimate {
  count: number;
  sum: number;
  trimmed: boolean;
}

function trim(h: NativeHistogram, keep: Keep): NativeHistogram {
  const estimate: Estimate = { count: 0, sum: 0, trimmed: false };
  const kept = (bucket: Range, count: number): number => {
    const part = keep(bucket);
    const left = count * part.fraction;
    if (left !== count) estimate.trimmed = true;
    estimate.count += left;
    if (left !== 0) estimate.sum += left * midpoint(part, isLinear(h, bucket));
    return left;
  };
  const positive = trimSide(h.positive, (index, count) =>
    kept({ lower: boundOf(h, index - 1), upper: boundOf(h, index) }, count),
  );
  const negative = trimSide(h.negative, (index, count) =>
    kept({ lower: -boundOf(h, index), upper: -boundOf(h, index - 1) }, count),
  );
  const zeroCount = h.zeroCount === 0 ? 0 : kept({ lower: -h.zeroThreshold, upper: h.zeroThreshold }, h.zeroCount);
  if (!estimate.trimmed) return h;
  return { ...h, integer: false, count: estimate.count, sum: estimate.sum, zeroCount, positive, negative };
}

function trimSide(buckets: HistogramBuckets, kept: (index: number, count: number) => number): HistogramBuckets {
  const { indexes, counts } = indexBuckets(buckets);
  return packBuckets({ indexes, counts: counts.map((count, i) => (count === 0 ? 0 : kept(indexes[i]!, count))) });
}

function boundOf({ schema, customValues }: NativeHistogram, index: number): number {
  return schema === CUSTOM_BUCKETS_SCHEMA ? customBound(customValues, index) : exponentialBound(schema, index);
}

function keepBelow(h: NativeHistogram, bucket: Range, value: number): Kept {
  const { lower, upper } = effectiveBucket(h, bucket);
  if (upper <= value) return { lower, upper, fraction: 1 };
  if (!(lower < value) || upper === Number.POSITIVE_INFINITY) return NOTHING;
  return { lower, upper: value, fraction: bucketFraction(h, bucket, value) };
}

function keepAbove(h: NativeHistogram, bucket: Range, value: number): Kept {
  const { lower, upper } = effectiveBucket(h, bucket);
  if (bucket.lower === Number.NEGATIVE_INFINITY) return keepAboveOfFirst(bucket, value);
  if (lower >= value) return { lower, upper, fraction: 1 };
  if (!(upper > value)) return NOTHING;
  return { lower: value, upper, fraction: 1 - bucketFraction(h, bucket, value) };
}

/** The bucket that begins nowhere: what it holds is known to be above a value only where it is taken to begin at 0. */
function keepAboveOfFirst({ upper }: Range, value: number): Kept {
  if (value === Number.NEGATIVE_INFINITY) return { lower: upper > 0 ? 0 : value, upper, fraction: 1 };
  if (value >= 0 && value < upper && upper !== Number.POSITIVE_INFINITY)
    return { lower: value, upper, fraction: 1 - value / upper };
  return NOTHING;
}

/** Where the observations of a bucket are on average: an endless one has them all at its end. */
function midpoint({ lower, upper }: Range, linear: boolean): number {
  if (lower === Number.NEGATIVE_INFINITY) return upper === Number.POSITIVE_INFINITY ? 0 : upper;
  if (upper === Number.POSITIVE_INFINITY) return lower;
  if (linear) return (lower + upper) / 2;
  const geometric = Math.sqrt(lower * upper);
  return upper < 0 ? -geometric : geometric;
}
