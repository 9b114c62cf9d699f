import { describe, expect, test } from 'vitest';
import { parseHistogram } from '../test-script/histogram-literal.ts';
import { printHistogramLiteral } from './print.ts';
import { trimLower, trimUpper } from './trim.ts';

const EXPONENTIAL = 'sum:100 count:13 z_bucket:4 z_bucket_w:0.5 buckets:[0 2 3] n_buckets:[0 4]';
const POSITIVE = 'sum:100 count:6 z_bucket:4 z_bucket_w:0.5 buckets:[2] offset:3';
const CUSTOM = 'schema:-53 sum:100 count:10 custom_values:[4 8] buckets:[4 4 2]';
const BELOW_ZERO = 'schema:-53 sum:100 count:6 custom_values:[-4 8] buckets:[4 2]';

describe.each([
  ['</', trimUpper],
  ['>/', trimLower],
])('%s', (op, trimmed) => {
  test.each(
    [
      // Nothing to take: count and sum stay as they were.
      [EXPONENTIAL, '</', Number.POSITIVE_INFINITY, EXPONENTIAL],
      [EXPONENTIAL, '</', 4, EXPONENTIAL],
      [EXPONENTIAL, '>/', -2, EXPONENTIAL],
      [CUSTOM, '>/', 0, CUSTOM],
      [CUSTOM, '>/', Number.NEGATIVE_INFINITY, CUSTOM],
      // Everything.
      [EXPONENTIAL, '</', Number.NEGATIVE_INFINITY, 'z_bucket_w:0.5'],
      [EXPONENTIAL, '>/', 4, 'z_bucket_w:0.5'],
      [EXPONENTIAL, '>/', Number.NaN, 'z_bucket_w:0.5'],
      [EXPONENTIAL, '</', Number.NaN, 'z_bucket_w:0.5'],
      // At a bound, and halfway through an exponential bucket.
      [
        EXPONENTIAL,
        '</',
        2,
        'sum:-2.83 count:10 z_bucket:4 z_bucket_w:0.5 buckets:[2] n_buckets:[4] offset:1 n_offset:1',
      ],
      [EXPONENTIAL, '>/', Math.SQRT2, 'sum:10.17 count:4 z_bucket_w:0.5 buckets:[1 3] offset:1'],
      // The zero bucket is cut evenly, from 0 where there are no negative buckets.
      [EXPONENTIAL, '>/', 0, 'sum:11.81 count:7 z_bucket:2 z_bucket_w:0.5 buckets:[2 3] offset:1'],
      [POSITIVE, '</', 0.25, 'sum:0.25 count:2 z_bucket:2 z_bucket_w:0.5'],
      // Custom buckets: evenly; without an end, all at the end.
      [CUSTOM, '</', 6, 'schema:-53 sum:18 count:6 custom_values:[4 8] buckets:[4 2]'],
      [CUSTOM, '</', 2, 'schema:-53 sum:2 count:2 custom_values:[4 8] buckets:[2]'],
      [CUSTOM, '>/', 2, 'schema:-53 sum:46 count:8 custom_values:[4 8] buckets:[2 4 2]'],
      [CUSTOM, '>/', 10, 'schema:-53 sum:20 count:2 custom_values:[4 8] buckets:[2] offset:2'],
      [CUSTOM, '</', 100, 'schema:-53 sum:32 count:8 custom_values:[4 8] buckets:[4 4]'],
      // Nobody knows where the first bucket begins: below 0 it is out, either way.
      [CUSTOM, '>/', -1, 'schema:-53 sum:40 count:6 custom_values:[4 8] buckets:[4 2] offset:1'],
      [CUSTOM, '</', -1, 'schema:-53 custom_values:[4 8]'],
      [BELOW_ZERO, '</', -6, 'schema:-53 sum:-24 count:4 custom_values:[-4 8] buckets:[4]'],
      [BELOW_ZERO, '>/', -6, 'schema:-53 sum:4 count:2 custom_values:[-4 8] buckets:[2] offset:1'],
    ].filter(([, of]) => of === op),
  )('%s %s %d', (literal, _, value, expected) => {
    const result = trimmed(parseHistogram(String(literal)).histogram, Number(value));
    const counts = result.positive.counts.map((count) => Number(count.toFixed(2)));
    const positive = { ...result.positive, counts };
    const rounded = { ...result, positive, sum: Number(result.sum.toFixed(2)) };
    expect(printHistogramLiteral(rounded)).toBe(printHistogramLiteral(parseHistogram(String(expected)).histogram));
  });
});
