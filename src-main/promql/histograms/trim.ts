/**
 * The operators `</` and `>/`: what is left of a histogram without the observations above, or below, a value
 * (model/histogram/float_histogram.go, TrimBuckets). Of the bucket that holds the value a part is kept, by
 * interpolation. Where anything was taken, count and sum are estimated anew from the buckets.
 */
import { exponentialBound } from '../../model/histograms/exponential-bound.ts';
import { CUSTOM_BUCKETS_SCHEMA, type HistogramBuckets, type NativeHistogram } from '../../model/native-histogram.ts';
import { customBound } from './custom-bounds.ts';
import { indexBuckets, packBuckets } from './indexed-buckets.ts';
import { exponentialFraction, type Range } from './interpolation.ts';

/** `h </ value`: without the observations above the value. */
export function trimUpper(h: NativeHistogram, value: number): NativeHistogram {
  return trim(h, (bucket) => keepBelow(bucket, value));
}

/** `h >/ value`: without the observations below the value. */
export function trimLower(h: NativeHistogram, value: number): NativeHistogram {
  return trim(h, (bucket) => keepAbove(bucket, value));
}

interface Bucket extends Range {
  readonly count: number;
  readonly linear: boolean;
}

/** What stays of a bucket: so many observations, within a part of its range. */
interface Kept extends Range {
  readonly count: number;
}

const NOTHING: Kept = { lower: 0, upper: 0, count: 0 };

function trim(h: NativeHistogram, keep: (bucket: Bucket) => Kept): NativeHistogram {
  let count = 0;
  let sum = 0;
  let trimmed = false;
  const left = (bucket: Bucket): number => {
    const kept = keep(bucket);
    if (kept.count !== bucket.count) trimmed = true;
    count += kept.count;
    if (kept.count !== 0) sum += midpoint(kept, bucket.linear) * kept.count;
    return kept.count;
  };
  const linear = h.schema === CUSTOM_BUCKETS_SCHEMA;
  const positive = trimSide(h.positive, (index, of) =>
    left({ lower: boundOf(h, index - 1), upper: boundOf(h, index), count: of, linear }),
  );
  const negative = trimSide(h.negative, (index, of) =>
    left({ lower: -boundOf(h, index), upper: -boundOf(h, index - 1), count: of, linear }),
  );
  const zeroCount = h.zeroCount > 0 ? left({ ...zeroRange(h), count: h.zeroCount, linear: true }) : h.zeroCount;
  return trimmed ? { ...h, integer: false, count, sum, zeroCount, positive, negative } : h;
}

function trimSide(buckets: HistogramBuckets, left: (index: number, count: number) => number): HistogramBuckets {
  const { indexes, counts } = indexBuckets(buckets);
  const kept = counts.map((count, i) => (count === 0 ? 0 : left(indexes[i]!, count)));
  return packBuckets({ indexes, counts: kept });
}

function boundOf({ schema, customValues }: NativeHistogram, index: number): number {
  return schema === CUSTOM_BUCKETS_SCHEMA ? customBound(customValues, index) : exponentialBound(schema, index);
}

/** Around zero, unless all other observations are on one side of it: then on that side alone. */
function zeroRange({ zeroThreshold, positive, negative }: NativeHistogram): Range {
  const isFilled = ({ counts }: HistogramBuckets) => counts.some((count) => count !== 0);
  const [above, below] = [isFilled(positive), isFilled(negative)];
  return { lower: above && !below ? 0 : -zeroThreshold, upper: below && !above ? 0 : zeroThreshold };
}

function keepBelow(bucket: Bucket, value: number): Kept {
  const { lower, upper, count, linear } = bucket;
  if (upper <= value) return bucket;
  // How far an endless bucket reaches nobody knows.
  if (!(lower < value) || upper === Number.POSITIVE_INFINITY) return NOTHING;
  if (lower !== Number.NEGATIVE_INFINITY) {
    const fraction = linear ? (value - lower) / (upper - lower) : exponentialFraction(bucket, value);
    return { lower, upper: value, count: count * fraction };
  }
  if (upper <= 0) return { lower, upper: value, count };
  return value > 0 ? { lower: 0, upper: value, count: (count * value) / upper } : NOTHING;
}

function keepAbove(bucket: Bucket, value: number): Kept {
  const { lower, upper, count, linear } = bucket;
  if (lower >= value) return bucket;
  if (!(upper > value)) return NOTHING;
  if (lower === Number.NEGATIVE_INFINITY) {
    // Known to be above the value only where the bucket is taken to begin at 0.
    if (value < 0 || upper === Number.POSITIVE_INFINITY) return NOTHING;
    return { lower: value, upper, count: count * (1 - value / upper) };
  }
  if (upper === Number.POSITIVE_INFINITY) return { lower: value, upper, count };
  const fraction = linear ? (value - lower) / (upper - lower) : exponentialFraction(bucket, value);
  return { lower: value, upper, count: count - count * fraction };
}

/** Where the observations of a bucket are on average: an endless one has them all at its end, or between it and 0. */
function midpoint({ lower, upper }: Range, linear: boolean): number {
  if (lower === Number.NEGATIVE_INFINITY) {
    if (upper === Number.POSITIVE_INFINITY) return 0;
    return upper > 0 ? upper / 2 : upper;
  }
  if (upper === Number.POSITIVE_INFINITY) return lower;
  if (linear) return (lower + upper) / 2;
  const geometric = Math.sqrt(Math.abs(lower * upper));
  return upper < 0 ? -geometric : geometric;
}
