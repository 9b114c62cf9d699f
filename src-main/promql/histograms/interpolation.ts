/**
 * How observations lie within a bucket: evenly in the zero bucket and in custom ones, exponentially in exponential ones,
 * as if the buckets were as many times finer as it takes. The order of operations is upstream's, to the last digit.
 */
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../../model/native-histogram.ts';
import { exp2, log2 } from './powers-of-two.ts';

export interface Range {
  readonly lower: number;
  readonly upper: number;
}

/** Whether observations lie evenly within a bucket: a custom one, or the zero bucket. */
export function isLinear({ schema }: NativeHistogram, { lower, upper }: Range): boolean {
  return schema === CUSTOM_BUCKETS_SCHEMA || (lower <= 0 && upper >= 0);
}

/** Without negative buckets a bucket around zero is taken to begin there, without positive ones to end there. */
export function oneSided({ positive, negative }: NativeHistogram, { lower, upper }: Range): Range {
  if (negative.counts.length === 0 && positive.counts.length > 0) return { lower: 0, upper };
  if (positive.counts.length === 0 && negative.counts.length > 0) return { lower, upper: 0 };
  return { lower, upper };
}

/** Below which value lies this fraction of the range of a bucket. */
export function valueWithin({ lower, upper }: Range, fraction: number, linear: boolean): number {
  if (linear) return lower + (upper - lower) * fraction;
  const near = log2(Math.abs(lower));
  const far = log2(Math.abs(upper));
  return lower > 0 ? exp2(near + (far - near) * fraction) : -exp2(far + (near - far) * (1 - fraction));
}

/** Which part of an exponential bucket lies below a value within it. */
export function exponentialFraction({ lower, upper }: Range, value: number): number {
  const near = log2(Math.abs(lower));
  const far = log2(Math.abs(upper));
  const at = log2(Math.abs(value));
  return value > 0 ? (at - near) / (far - near) : 1 - (at - far) / (near - far);
}
