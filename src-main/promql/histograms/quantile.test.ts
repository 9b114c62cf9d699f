import { describe, expect, test } from 'vitest';
import { parseHistogram } from '../test-script/histogram-literal.ts';
import { histogramFraction, histogramQuantile } from './quantile.ts';

const read = (literal: string) => parseHistogram(literal).histogram;
const rounded = (value: number) => Number(value.toPrecision(12));

const BOTH_SIDES = 'sum:10 count:8 z_bucket:2 z_bucket_w:0.5 buckets:[0 2 1] n_buckets:[0 3]';
const POSITIVE = 'sum:10 count:4 z_bucket:2 z_bucket_w:0.5 buckets:[2] offset:1';
const NEGATIVE = 'sum:-10 count:4 z_bucket:2 z_bucket_w:0.5 n_buckets:[2] n_offset:1';
const CUSTOM = 'schema:-53 sum:50 count:10 custom_values:[4 8] buckets:[4 4 2]';
const BELOW_ZERO = 'schema:-53 sum:1 count:6 custom_values:[-4 8] buckets:[4 2]';
const WITH_NAN = 'sum:NaN count:10 buckets:[8] offset:1';

describe('quantiles', () => {
  test.each([
    [-0.1, BOTH_SIDES, Number.NEGATIVE_INFINITY],
    [1.1, BOTH_SIDES, Number.POSITIVE_INFINITY],
    [Number.NaN, BOTH_SIDES, Number.NaN],
    [0.5, '', Number.NaN],
    [0, BOTH_SIDES, -2],
    [1, BOTH_SIDES, 4],
    [0.1875, BOTH_SIDES, -Math.SQRT2],
    [0.75, BOTH_SIDES, Math.SQRT2],
    [0.5, BOTH_SIDES, 0],
    [0.25, POSITIVE, 0.25],
    [0, POSITIVE, 0],
    [1, NEGATIVE, 0],
    [0.75, NEGATIVE, -0.25],
    [0.2, CUSTOM, 2],
    [0.6, CUSTOM, 6],
    [0.9, CUSTOM, 8],
    [0.1, BELOW_ZERO, -4],
    // Empty buckets are passed over.
    [0.5, 'sum:1 count:2 buckets:[1 0 0 1]', 4],
  ])('%d of {{%s}}', (phi, literal, value) => {
    expect(rounded(histogramQuantile(phi, read(literal)).value)).toBe(rounded(value));
  });

  test.each([
    [0.4, WITH_NAN, Math.SQRT2, 'skewed'],
    [0.9, WITH_NAN, Number.NaN, 'nan'],
    [0.4, 'sum:NaN count:2', Number.NaN, 'nan'],
    // A sum of infinities is no number either.
    [0.5, 'sum:NaN count:8 buckets:[8] offset:1', Math.SQRT2, null],
  ])('%d of {{%s}}, some of it no numbers', (phi, literal, value, nanObservations) => {
    const got = histogramQuantile(phi, read(literal));
    expect(rounded(got.value)).toBe(rounded(value));
    expect(got.nanObservations).toBe(nanObservations);
  });
});

describe('fractions', () => {
  test.each([
    [0, 1, '', Number.NaN],
    [Number.NaN, 1, BOTH_SIDES, Number.NaN],
    [1, Number.NaN, BOTH_SIDES, Number.NaN],
    [2, 1, BOTH_SIDES, 0],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, BOTH_SIDES, 1],
    [-0.25, 0.25, BOTH_SIDES, 0.125],
    [Math.SQRT2, 3, BOTH_SIDES, (1 + Math.log2(1.5)) / 8],
    [-2, -Math.SQRT2, BOTH_SIDES, 1.5 / 8],
    [0, 0.25, POSITIVE, 0.25],
    [-1, 0, POSITIVE, 0],
    [-0.25, 0, NEGATIVE, 0.25],
    [2, 6, CUSTOM, 0.4],
    [-1, 4, CUSTOM, 0.4],
    [8, 100, CUSTOM, 0],
    // A custom bucket around zero is taken to begin there.
    [Number.NEGATIVE_INFINITY, -1, BELOW_ZERO, 4 / 6],
    [Number.NEGATIVE_INFINITY, 4, BELOW_ZERO, 5 / 6],
    [8, Number.POSITIVE_INFINITY, CUSTOM, 0.2],
    [Number.NEGATIVE_INFINITY, -6, BELOW_ZERO, 4 / 6],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, WITH_NAN, 0.8],
  ])('from %d to %d of {{%s}}', (lower, upper, literal, value) => {
    expect(rounded(histogramFraction(lower, upper, read(literal)).value)).toBe(rounded(value));
  });

  test('say that some observations are no numbers', () => {
    expect(histogramFraction(0, 1, read(WITH_NAN)).nanObservations).toBe(true);
    expect(histogramFraction(0, 1, read(CUSTOM)).nanObservations).toBe(false);
  });
});
