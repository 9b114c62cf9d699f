/** histogram_quantile and histogram_fraction of native histograms (promql/quantile.go). */
import { allBuckets } from '../../model/histograms/all-buckets.ts';
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../../model/native-histogram.ts';
import { bucketFraction, bucketValue, effectiveBucket, type Range } from './interpolation.ts';
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
  const sure = customEdge(h, found);
  if (sure !== null) return plain(sure);
  const reached = Math.min(found.reached, h.count);
  if (reached < rank)
    return hasNan ? { value: Number.NaN, nanObservations: 'nan' } : plain(effectiveBucket(h, found).upper);
  const within = ascending ? rank - (reached - found.count) : reached - rank;
  const value = bucketValue(h, found, within / found.count);
  return { value, nanObservations: hasNan && observations(h) < h.count ? 'skewed' : null };
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
    const end = effectiveBucket(h, bucket).upper;
    if (belowLower === null && end > lower) belowLower = below + bucket.count * bucketFraction(h, bucket, lower);
    if (belowUpper === null && end > upper) belowUpper = below + bucket.count * bucketFraction(h, bucket, upper);
    if (belowUpper !== null) break;
    below += bucket.count;
  }
  const between = Math.min(belowUpper ?? total, h.count) - Math.min(belowLower ?? total, h.count);
  return { value: between / h.count, nanObservations: hasNan && total < h.count };
}

function plain(value: number): HistogramQuantile {
  return { value, nanObservations: null };
}

/** All observations, if there are any, are no numbers, or the histogram contradicts itself. */
function withoutBuckets(rank: number, hasNan: boolean): HistogramQuantile {
  if (rank > 0) return hasNan ? { value: Number.NaN, nanObservations: 'nan' } : plain(0);
  return { value: Number.NaN, nanObservations: hasNan ? 'skewed' : null };
}

/** Within a custom bucket without an end nothing can be estimated: its other end it is, or 0. */
function customEdge({ schema }: NativeHistogram, { lower, upper }: Range): number | null {
  if (schema !== CUSTOM_BUCKETS_SCHEMA) return null;
  if (lower === Number.NEGATIVE_INFINITY) return upper <= 0 ? upper : null;
  return upper === Number.POSITIVE_INFINITY ? lower : null;
}
