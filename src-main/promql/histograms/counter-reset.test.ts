import { expect, test } from 'vitest';
import { parseHistogram } from '../test-script/histogram-literal.ts';
import { detectReset, storedReset } from './counter-reset.ts';

const read = (literal: string) => parseHistogram(literal).histogram;

test.each([
  ['', '', false],
  ['count:3 buckets:[1 2]', 'count:4 buckets:[1 3]', false],
  ['count:3', 'count:2', true],
  ['count:3', 'count:2 counter_reset_hint:not_reset', false],
  ['count:3', 'count:3 counter_reset_hint:reset', true],
  ['count:3 counter_reset_hint:gauge', 'count:2 counter_reset_hint:gauge', true],
  ['count:3 buckets:[1 2]', 'count:4 buckets:[2 1 1]', true],
  ['count:3 buckets:[1 2]', 'count:4 buckets:[4]', true],
  ['count:3 buckets:[3 0]', 'count:4 buckets:[4]', false],
  ['count:3 n_buckets:[1 2]', 'count:4 n_buckets:[2 1 1]', true],
  ['count:3 z_bucket:2', 'count:4 z_bucket:1', true],
  // A finer schema can only come of beginning anew; a coarser one merges buckets.
  ['schema:0', 'schema:1', true],
  ['schema:1 count:3 buckets:[1 2] offset:1', 'schema:0 count:3 buckets:[3] offset:1', false],
  ['schema:1 count:3 buckets:[1 2] offset:1', 'schema:0 count:3 buckets:[2 1] offset:1', true],
  // The zero bucket grows over whole buckets.
  ['z_bucket_w:1', 'z_bucket_w:0.5', true],
  ['count:3 buckets:[1 2]', 'count:3 z_bucket:1 z_bucket_w:1 buckets:[2] offset:1', false],
  ['count:3 buckets:[1 2]', 'count:3 z_bucket:0 z_bucket_w:1 buckets:[3] offset:1', true],
  ['count:3 buckets:[1 2]', 'count:3 z_bucket:3 z_bucket_w:1.5', true],
  ['schema:-53', 'schema:0', true],
  [
    'schema:-53 count:3 custom_values:[1 2] buckets:[1 2]',
    'schema:-53 count:3 custom_values:[1 2] buckets:[2 1]',
    true,
  ],
  // Other custom bounds: as far as the common ones tell.
  ['schema:-53 count:3 custom_values:[1 2] buckets:[1 2]', 'schema:-53 count:3 custom_values:[2] buckets:[3]', false],
  ['schema:-53 count:3 custom_values:[2] buckets:[3]', 'schema:-53 count:3 custom_values:[1 2] buckets:[1 1 1]', true],
])('from {{%s}} to {{%s}}: %s', (previous, current, reset) => {
  expect(detectReset(read(current), read(previous))).toBe(reset);
});

test.each([
  [undefined, 'count:1', 'unknown'],
  ['count:1', 'count:2', 'not-reset'],
  ['count:1', 'count:2 counter_reset_hint:reset', 'unknown'],
  ['count:2', 'count:1', 'unknown'],
  ['count:2', 'count:1 counter_reset_hint:not_reset', 'unknown'],
  ['count:1', 'schema:1 count:2', 'unknown'],
  ['count:1 counter_reset_hint:gauge', 'count:2', 'unknown'],
  ['count:1', 'count:0 counter_reset_hint:gauge', 'gauge'],
])('stored after %s, {{%s}} is %s', (previous, current, expected) => {
  expect(storedReset(read(current), previous === undefined ? undefined : read(previous))).toBe(expected);
});
