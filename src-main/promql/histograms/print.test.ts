import { expect, test } from 'vitest';
import { parseHistogram } from '../test-script/histogram-literal.ts';
import { printHistogram, printHistogramLiteral } from './print.ts';
import { histogramAverage, histogramDeviation, histogramVariance } from './stats.ts';

const read = (literal: string) => parseHistogram(literal).histogram;
const rounded = (value: number) => Number(value.toPrecision(12));

test.each([
  ['', '{count:0, sum:0}'],
  [
    'schema:0 sum:10 count:20 z_bucket_w:0.001 z_bucket:2 buckets:[1 2] n_buckets:[1 2]',
    '{count:20, sum:10, [-2,-1):2, [-1,-0.5):1, [-0.001,0.001]:2, (0.5,1]:1, (1,2]:2}',
  ],
  ['schema:-53 count:6 custom_values:[1.5] buckets:[1 5]', '{count:6, sum:0, [-Inf,1.5]:1, (1.5,+Inf]:5}'],
  ['sum:1e-7 count:1234567 buckets:[0 1]', '{count:1.234567e+06, sum:1e-07, (1,2]:1}'],
])('{{%s}} reads %s', (literal, text) => {
  expect(printHistogram(read(literal))).toBe(text);
});

test.each([
  ['', '{{}}'],
  [
    'schema:2 sum:1 count:2 z_bucket:3 z_bucket_w:0.5 offset:4 buckets:[5 0 6] n_offset:-1 n_buckets:[7] counter_reset_hint:not_reset',
    '{{schema:2 count:2 sum:1 z_bucket:3 z_bucket_w:0.5 counter_reset_hint:not_reset offset:4 buckets:[5 0 6] n_offset:-1 n_buckets:[7]}}',
  ],
  ['schema:-53 custom_values:[1 2] buckets:[1]', '{{schema:-53 custom_values:[1 2] buckets:[1]}}'],
  ['schema:-53', '{{schema:-53 custom_values:[]}}'],
  ['buckets:[0 1 0 2 0] n_buckets:[0 0]', '{{offset:1 buckets:[1 0 2]}}'],
])('{{%s}} is written %s', (literal, text) => {
  expect(printHistogramLiteral(read(literal))).toBe(text);
});

test.each([
  ['sum:10 count:4', 2.5],
  ['', Number.NaN],
])('the average of {{%s}}', (literal, average) => {
  expect(histogramAverage(read(literal))).toBe(average);
});

test.each([
  ['schema:2 count:4 sum:10 buckets:[1 0 0 0 1 0 0 1 1]', 1.163807968526718],
  ['schema:0 count:10 sum:-100 n_buckets:[0 0 0 0 10]', 1.725830020304794],
  ['schema:-53 count:4 sum:24 custom_values:[0 4 8] buckets:[2 2] offset:1', 8],
  ['count:2 sum:0 z_bucket:2 z_bucket_w:5', 0],
  ['count:1 sum:NaN buckets:[1]', Number.NaN],
  ['count:1 sum:Inf buckets:[1]', Number.POSITIVE_INFINITY],
])('the variance of {{%s}}', (literal, variance) => {
  expect(rounded(histogramVariance(read(literal)))).toBe(rounded(variance));
  expect(rounded(histogramDeviation(read(literal)))).toBe(rounded(Math.sqrt(variance)));
});
