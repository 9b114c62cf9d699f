import { describe, expect, test } from 'vitest';
import { type Buckets, bucketFraction, bucketQuantile, makeMonotonic, mergeEqualBounds } from './buckets.ts';

const INF = Number.POSITIVE_INFINITY;

function bucketsOf(...pairs: readonly (readonly [bound: number, count: number])[]): Buckets {
  return {
    bounds: Float64Array.from(pairs, ([bound]) => bound),
    counts: Float64Array.from(pairs, ([, count]) => count),
    length: pairs.length,
  };
}

describe('bucketQuantile', () => {
  test.each([
    ['within a bucket', 0.5, bucketsOf([1, 10], [2, 30], [INF, 40]), 1.5],
    ['the first bucket begins at zero', 0.25, bucketsOf([2, 40], [INF, 40]), 0.5],
    ['unless its bound is not positive', 0.25, bucketsOf([-1, 40], [INF, 40]), -1],
    ['beyond the last bound', 0.99, bucketsOf([1, 10], [2, 20], [INF, 40]), 2],
    ['no observations', 0.5, bucketsOf([1, 0], [INF, 0]), Number.NaN],
    ['one bucket', 0.5, bucketsOf([INF, 4]), Number.NaN],
  ] as const)('%s', (_, phi, buckets, expected) => {
    expect(bucketQuantile(phi, buckets)).toBe(expected);
  });
});

describe('bucketFraction', () => {
  const buckets = () => bucketsOf([0, 10], [1, 20], [2, 30], [INF, 40]);
  test.each([
    [0, 1, 0.25],
    [0.5, 1.5, 0.25],
    [-INF, INF, 1],
    [-5, 0, 0],
    [2, 1, 0],
    [Number.NaN, 1, Number.NaN],
  ])('between %d and %d', (lower, upper, expected) => {
    expect(bucketFraction(lower, upper, buckets())).toBe(expected);
  });
});

test('equal bounds are added up', () => {
  const buckets = bucketsOf([1, 10], [1, 5], [2, 20], [INF, 30], [INF, 1]);
  mergeEqualBounds(buckets);
  expect(buckets.length).toBe(3);
  expect([...buckets.counts.subarray(0, 3)]).toEqual([15, 20, 31]);
});

test('counts that fall are raised and told of, noise is only smoothed', () => {
  const falling = bucketsOf([1, 10], [2, 7], [3, 12], [INF, 9]);
  expect(makeMonotonic(falling)).toEqual({ minBound: 2, maxBound: INF, maxDifference: 3 });
  expect([...falling.counts]).toEqual([10, 10, 12, 12]);
  const noisy = bucketsOf([1, 10], [2, 10 - 1e-13], [INF, 12]);
  expect(makeMonotonic(noisy)).toBeNull();
  expect([...noisy.counts]).toEqual([10, 10, 12]);
});
