/** histogram_quantile and histogram_fraction of native histograms (promql/quantile.go). */
import { allBuckets, type Bucket } from '../../model/histograms/all-buckets.ts';
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../../model/native-histogram.ts';
import { exponentialFraction, isLinear, oneSided, type Range, valueWithin } from './interpolation.ts';
import { findBucket, observations } from './ranks.ts';

export interface HistogramQuantile {
  readonly value: number;
  /**
   * Observations that are no numbers are in no bucket: they pushed the quantile up ('skewed'), or it fell among them
   * ('nan'). Null: there is nothing to tell.
   */
  readonly nanObservations: 'skewed' | 'nan' | null;
}

/** -Inf below 0, +Inf above 1; NaN for NaN and of an empty histogram. The caller warns of such a quantile. */
export function histogramQuantile(phi: number, h: NativeHistogram): HistogramQuantile {
  if (phi < 0) return plain(Number.NEGATIVE_INFINITY);
  if (phi > 1) return plain(Number.POSITIVE_INFINITY);
  if (h.count === 0 || Number.isNaN(phi)) return plain(Number.NaN);
  const hasNan = Number.isNaN(h.sum);
  // From the nearer end; observations that are no numbers stand above all others.
  const ascending = hasNan || phi < 0.5;
  const rank = (ascending ? phi : 1 - phi) * h.count;
  const found = findBucket(h, rank, ascending);
  if (found === null) return withoutBuckets(rank, hasNan);
  const custom = h.schema === CUSTOM_BUCKETS_SCHEMA;
  // Within a custom bucket without an end nothing can be estimated: its other end it is, or what lies above 0.
  if (custom && found.lower === Number.NEGATIVE_INFINITY && found.upper <= 0) return plain(found.upper);
  if (custom && found.lower !== Number.NEGATIVE_INFINITY && found.upper === Number.POSITIVE_INFINITY)
    return plain(found.lower);
  const range = rangeOf(h, found);
  const reached = Math.min(found.reached, h.count);
  if (reached < rank) return hasNan ? { value: Number.NaN, nanObservations: 'nan' } : plain(range.upper);
  const within = ascending ? rank - (reached - found.count) : reached - rank;
  const value = valueWithin(range, within / found.count, isLinear(h, range));
  return { value, nanObservations: hasNan && observations(h) < h.count ? 'skewed' : null };
}

function rangeOf(h: NativeHistogram, { lower, upper }: Range): Range {
  if (h.schema === CUSTOM_BUCKETS_SCHEMA) return { lower: lower === Number.NEGATIVE_INFINITY ? 0 : lower, upper };
  return lower < 0 && upper > 0 ? oneSided(h, { lower, upper }) : { lower, upper };
}

export interface HistogramFraction {
  readonly value: number;
  /** Some observations are no numbers: they count as observations, but lie between no bounds. */
  readonly nanObservations: boolean;
}

/** The part of all observations between the bounds. 0 where lower >= upper, NaN for NaN and of an empty histogram. */
export function histogramFraction(lower: number, upper: number, h: NativeHistogram): HistogramFraction {
  if (h.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return { value: Number.NaN, nanObservations: false };
  if (lower >= upper) return { value: 0, nanObservations: false };
  const buckets = allBuckets(h);
  const hasNan = Number.isNaN(h.sum);
  const total = hasNan ? observations(h) : h.count;
  let below = 0;
  let belowLower: number | null = null;
  let belowUpper: number | null = null;
  for (const bucket of buckets) {
    belowLower ??= rankWithin(h, bucket, below, lower);
    belowUpper ??= rankWithin(h, bucket, below, upper);
    if (belowUpper !== null) break;
    below += bucket.count;
  }
  const between = Math.min(belowUpper ?? total, total) - Math.min(belowLower ?? total, total);
  return { value: between / h.count, nanObservations: hasNan && total < h.count };
}

/** How many observations lie below a value that is not above the bucket; null where it is. */
function rankWithin(h: NativeHistogram, bucket: Bucket, below: number, value: number): number | null {
  // Custom buckets around zero too, though their bounds are known.
  const aroundZero = bucket.lower <= 0 && bucket.upper >= 0;
  const range = aroundZero ? oneSided(h, bucket) : bucket;
  const { lower, upper } = range;
  if (lower >= value) return below;
  if (!(upper > value)) return null;
  if (!aroundZero && h.schema !== CUSTOM_BUCKETS_SCHEMA)
    return below + bucket.count * exponentialFraction(range, value);
  if (lower === Number.NEGATIVE_INFINITY) return bucket.count;
  return below + (bucket.count * (value - lower)) / (upper - lower);
}

function plain(value: number): HistogramQuantile {
  return { value, nanObservations: null };
}

/** All observations, if there are any, are no numbers, or the histogram contradicts itself. */
function withoutBuckets(rank: number, hasNan: boolean): HistogramQuantile {
  if (rank > 0) return hasNan ? { value: Number.NaN, nanObservations: 'nan' } : plain(0);
  return { value: Number.NaN, nanObservations: hasNan ? 'skewed' : null };
}
