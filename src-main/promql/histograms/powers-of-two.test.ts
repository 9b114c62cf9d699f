import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exp2, log2 } from './powers-of-two.ts';

/** What Prometheus 2.42 answers to `log2(x)`; the function of JavaScript ends in other digits. */
test.each([
  [3, 1.5849625007211563],
  [1349.2139308044136, 10.39790340421636],
  [1.739508832175145, 0.7986800041103951],
  [6.065730914611349, 2.6006814991545637],
  [1, 0],
  [0.5, -1],
  [5e-324, -1074],
  [1024, 10],
  [Number.MAX_VALUE, 1024],
])('log2(%d)', (x, expected) => {
  expect(log2(x)).toBe(expected);
});

/** 2^0.5 as upstream's own test script has it, a bit below the nearest number. */
test.each([
  [0.5, Math.SQRT2 - Number.EPSILON],
  [0, 1],
  [-1, 0.5],
  [1023, 2 ** 1023],
  [1024, Number.POSITIVE_INFINITY],
  [-1074, 5e-324],
  [-1075, 0],
  [Number.NEGATIVE_INFINITY, 0],
  [Number.NaN, Number.NaN],
])('exp2(%d)', (x, expected) => {
  expect(exp2(x)).toBe(expected);
});

test('are what JavaScript computes but for the last digit', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
      expect(Math.abs(log2(x) - Math.log2(x))).toBeLessThan(1e-12);
      const power = Math.log2(x);
      expect(exp2(power) / 2 ** power).toBeCloseTo(1, 14);
    }),
  );
});
