/**
 * How observations lie within a bucket: evenly in the zero bucket and in custom ones, exponentially in exponential ones,
 * as if the buckets were as many times finer as it takes.
 */
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../../model/native-histogram.ts';

export interface Range {
  readonly lower: number;
  readonly upper: number;
}

/**
 * What the bounds are taken to be: without negative buckets the zero bucket begins at 0, without positive ones it ends
 * there; the first custom bucket begins at 0 where it ends above.
 */
export function effectiveBucket({ schema, positive, negative }: NativeHistogram, { lower, upper }: Range): Range {
  if (schema === CUSTOM_BUCKETS_SCHEMA) {
    return lower === Number.NEGATIVE_INFINITY && upper > 0 ? { lower: 0, upper } : { lower, upper };
  }
  if (lower > 0 || upper < 0) return { lower, upper };
  if (negative.counts.length === 0 && positive.counts.length > 0) return { lower: 0, upper };
  if (positive.counts.length === 0 && negative.counts.length > 0) return { lower, upper: 0 };
  return { lower, upper };
}

/** Whether observations lie evenly within a bucket: a custom one, or the zero bucket. */
export function isLinear({ schema }: NativeHistogram, { lower, upper }: Range): boolean {
  return schema === CUSTOM_BUCKETS_SCHEMA || (lower <= 0 && upper >= 0);
}

/** Below which value lies this fraction of the bucket. */
export function bucketValue(h: NativeHistogram, bucket: Range, fraction: number): number {
  const { lower, upper } = effectiveBucket(h, bucket);
  if (isLinear(h, { lower, upper })) return lower + (upper - lower) * fraction;
  const near = Math.log2(Math.abs(lower));
  const far = Math.log2(Math.abs(upper));
  return lower > 0 ? 2 ** (near + (far - near) * fraction) : -(2 ** (far + (near - far) * (1 - fraction)));
}

/** Which fraction of the bucket lies below the value: 0 for its lower bound and less, 1 for its upper one and more. */
export function bucketFraction(h: NativeHistogram, bucket: Range, value: number): number {
  const { lower, upper } = effectiveBucket(h, bucket);
  if (value <= lower) return 0;
  if (value >= upper) return 1;
  // Nobody knows where in an endless bucket: its observations are as far out as can be.
  if (lower === Number.NEGATIVE_INFINITY) return 1;
  if (upper === Number.POSITIVE_INFINITY) return 0;
  if (isLinear(h, { lower, upper })) return (value - lower) / (upper - lower);
  const near = Math.log2(Math.abs(lower));
  const far = Math.log2(Math.abs(upper));
  const at = Math.log2(Math.abs(value));
  return value > 0 ? (at - near) / (far - near) : 1 - (at - far) / (near - far);
}
