import { expect, it } from 'vitest';
import { exponentialBound } from './exponential-bound.ts';

it.each([
  [0, 0, 1],
  [0, 1023, 2 ** 1023],
  [0, 1024, Number.MAX_VALUE],
  [0, 1025, Number.POSITIVE_INFINITY],
  [-4, 64, Number.MAX_VALUE],
  [-1, -2, 2 ** -4],
  // As Prometheus 2.42 prints them; the nearest doubles end in other digits.
  [1, -1, 0.7071067811865475],
  [2, 7, 3.3635856610148576],
  [3, -1, 0.9170040432046711],
  [8, -1, 0.9972960560854698],
  [8, 1024 * 256 - 1, 1.7928322734501122e308],
])('schema %i, bucket %i ends at %d', (schema, index, bound) => {
  expect(exponentialBound(schema, index)).toBe(bound);
});
