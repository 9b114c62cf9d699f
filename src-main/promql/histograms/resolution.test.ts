import { expect, test } from 'vitest';
import { parseHistogram } from '../test-script/histogram-literal.ts';
import { printHistogramLiteral } from './print.ts';
import { reduceResolution } from './resolution.ts';

const read = (literal: string) => parseHistogram(literal).histogram;

test.each([
  // Two buckets make one, the second of them an even one.
  ['schema:1 buckets:[1 2 3 4 5]', 0, 'buckets:[1 5 9]'],
  ['schema:1 buckets:[1 2 3 4 5] offset:-4', 0, 'buckets:[1 5 9] offset:-2'],
  ['schema:1 n_buckets:[1 2 3 4 5] n_offset:1', 0, 'n_buckets:[3 7 5] n_offset:1'],
  ['schema:8 buckets:[1 2 4] offset:255', 0, 'buckets:[3 4] offset:1'],
  ['schema:0 buckets:[1 2 3 4]', -1, 'schema:-1 buckets:[1 5 4]'],
  [
    'schema:0 sum:3 count:2 z_bucket:1 z_bucket_w:0.1 buckets:[1]',
    -4,
    'schema:-4 sum:3 count:2 z_bucket:1 z_bucket_w:0.1 buckets:[1]',
  ],
  ['schema:0 buckets:[1 2]', 1, 'schema:0 buckets:[1 2]'],
  ['schema:0 buckets:[1 2]', -53, 'schema:0 buckets:[1 2]'],
  ['schema:-53 custom_values:[1 2] buckets:[1 2]', 0, 'schema:-53 custom_values:[1 2] buckets:[1 2]'],
])('{{%s}} at schema %d', (literal, schema, expected) => {
  expect(printHistogramLiteral(reduceResolution(read(literal), schema))).toBe(printHistogramLiteral(read(expected)));
});
