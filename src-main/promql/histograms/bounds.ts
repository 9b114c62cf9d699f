/** Where buckets end (model/histogram/generic.go). */
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../../model/native-histogram.ts';

/** The upper bound of a positive bucket, inclusive; the lower one of bucket i is the upper one of bucket i - 1. */
export function upperBound({ schema, customValues }: NativeHistogram, index: number): number {
  return schema === CUSTOM_BUCKETS_SCHEMA ? customBound(customValues, index) : exponentialBound(schema, index);
}

export function customBound(customValues: Float64Array, index: number): number {
  if (index < 0) return Number.NEGATIVE_INFINITY;
  return index < customValues.length ? customValues[index]! : Number.POSITIVE_INFINITY;
}

/**
 * (2^(2^-schema))^index. The bucket that ends at 2^1024 holds the largest finite numbers, and the one behind it the
 * infinite ones: the bound between them is the largest finite number.
 */
export function exponentialBound(schema: number, index: number): number {
  if (schema <= 0) {
    const exponent = index * 2 ** -schema;
    return exponent === 1024 ? Number.MAX_VALUE : 2 ** exponent;
  }
  const steps = 2 ** schema;
  const exponent = Math.floor(index / steps);
  const fraction = index - exponent * steps;
  if (fraction === 0 && exponent === 1024) return Number.MAX_VALUE;
  const significand = 2 ** (fraction / steps);
  // In two factors: 2^1023 is the largest power, and a subnormal bound is to be rounded once.
  return exponent > 1023 ? Number.POSITIVE_INFINITY : significand * 2 ** exponent;
}
