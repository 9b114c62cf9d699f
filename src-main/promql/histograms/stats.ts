/** histogram_avg, histogram_stdvar and histogram_stddev; `count` and `sum` are fields. */
import { allBuckets, type Bucket } from '../../model/histograms/all-buckets.ts';
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../../model/native-histogram.ts';
import { CompensatedSum } from './compensated.ts';

export function histogramAverage({ sum, count }: NativeHistogram): number {
  return sum / count;
}

/** Every observation is taken to be in the middle of its bucket (promql/functions.go, histogramVariance). */
export function histogramVariance(h: NativeHistogram): number {
  const mean = h.sum / h.count;
  const custom = h.schema === CUSTOM_BUCKETS_SCHEMA;
  const squares = new CompensatedSum(0);
  for (const bucket of allBuckets(h)) {
    const distance = middle(bucket, custom) - mean;
    squares.add(bucket.count * distance * distance);
  }
  return squares.total / h.count;
}

export function histogramDeviation(h: NativeHistogram): number {
  return Math.sqrt(histogramVariance(h));
}

function middle({ lower, upper }: Bucket, custom: boolean): number {
  if (custom) return (upper + lower) / 2;
  if (lower <= 0 && upper >= 0) return 0;
  const geometric = Math.sqrt(upper * lower);
  return upper < 0 ? -geometric : geometric;
}
