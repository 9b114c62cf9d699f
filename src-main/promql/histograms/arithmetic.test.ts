import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHistogram } from '../test-script/histogram-literal.ts';
import {
  addHistograms,
  compactHistogram,
  divideHistogram,
  mergeCounterReset,
  scaleHistogram,
  subtractHistograms,
} from './arithmetic.ts';
import { equalHistograms } from './equality.ts';
import { printHistogramLiteral } from './print.ts';

const read = (literal: string) => parseHistogram(literal).histogram;

describe('sums and differences', () => {
  test.each([
    ['', '+', '', ''],
    ['sum:1 count:2 buckets:[1 1]', '+', 'sum:2 count:3 buckets:[1 0 2] offset:1', 'sum:3 count:5 buckets:[1 2 0 2]'],
    ['sum:1 count:2 buckets:[1 1]', '-', 'sum:2 count:3 buckets:[1 2]', 'sum:-1 count:-1 buckets:[-1] offset:1'],
    ['n_buckets:[1 2] n_offset:-3', '+', 'n_buckets:[4] n_offset:5', 'n_buckets:[1 2 0 0 0 0 0 0 4] n_offset:-3'],
    // The coarser schema: buckets 1 and 2, then 3 and 4, fall together, 0 stands alone.
    ['schema:1 buckets:[1 2 3 4 5]', '+', 'schema:0 buckets:[10 10 10]', 'buckets:[11 15 19]'],
    ['schema:0 buckets:[10 10 10]', '-', 'schema:1 buckets:[1 2 3 4 5]', 'buckets:[9 5 1]'],
    ['schema:2 buckets:[1] offset:-4', '+', 'schema:0 buckets:[1] offset:-1', 'buckets:[2] offset:-1'],
    // The narrower zero bucket takes in what lies below the wider one's end ...
    [
      'z_bucket:1 z_bucket_w:1 buckets:[4] offset:1',
      '+',
      'buckets:[1 2]',
      'z_bucket:2 z_bucket_w:1 buckets:[6] offset:1',
    ],
    ['buckets:[1 2] n_buckets:[8]', '+', 'z_bucket:1 z_bucket_w:1', 'z_bucket:10 z_bucket_w:1 buckets:[2] offset:1'],
    // ... all of a populated bucket in which that would end, and the other one follows.
    [
      'z_bucket:1 z_bucket_w:1.5 buckets:[4] offset:5',
      '-',
      'buckets:[1 2]',
      'z_bucket:-2 z_bucket_w:2 buckets:[4] offset:5',
    ],
    ['z_bucket:1 z_bucket_w:1.5', '+', 'buckets:[0] offset:1', 'z_bucket:1 z_bucket_w:1.5'],
    [
      'z_bucket:1 z_bucket_w:1.5',
      '+',
      'n_buckets:[3] n_offset:1 buckets:[5] offset:2',
      'z_bucket:4 z_bucket_w:2 buckets:[5] offset:2',
    ],
    // Custom bounds: those that both have.
    [
      'schema:-53 custom_values:[1 2 3] buckets:[1 2 3 4]',
      '+',
      'schema:-53 custom_values:[1 3] buckets:[10 10 10]',
      'schema:-53 custom_values:[1 3] buckets:[11 15 14]',
    ],
    [
      'schema:-53 custom_values:[1 2] buckets:[1 2 3]',
      '-',
      'schema:-53 custom_values:[5] buckets:[1 1]',
      'schema:-53 buckets:[4]',
    ],
    [
      'schema:-53 custom_values:[1 2] buckets:[1 2 3]',
      '+',
      'schema:-53 custom_values:[1 2] buckets:[1] offset:2',
      'schema:-53 custom_values:[1 2] buckets:[1 2 4]',
    ],
  ])('%s %s %s', (a, op, b, expected) => {
    const combined = (op === '+' ? addHistograms : subtractHistograms)(read(a), read(b));
    expect(combined.ok && printHistogramLiteral(combined.histogram)).toBe(printHistogramLiteral(read(expected)));
  });

  test('custom and exponential buckets have nothing in common', () => {
    expect(addHistograms(read('schema:-53'), read('schema:0'))).toEqual({ ok: false });
  });

  test.each([
    ['schema:-53 custom_values:[1 2]', 'schema:-53 custom_values:[1 2]', false],
    ['schema:-53 custom_values:[1 2]', 'schema:-53 custom_values:[1]', true],
    ['', 'schema:1', false],
  ])('bounds of %s and %s are reconciled: %s', (a, b, boundsReconciled) => {
    expect(addHistograms(read(a), read(b))).toMatchObject({ ok: true, boundsReconciled });
  });

  test('adding and subtracting again gives the same', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 6 });
    const histogram = fc
      .record({ buckets: counts, n_buckets: counts, offset: fc.integer({ min: -9, max: 9 }) })
      .map(({ buckets, n_buckets, offset }) =>
        read(`buckets:[${buckets.join(' ')}] offset:${offset} n_buckets:[${n_buckets.join(' ')}]`),
      );
    fc.assert(
      fc.property(histogram, histogram, (a, b) => {
        const sum = addHistograms(a, b);
        const back = sum.ok ? subtractHistograms(sum.histogram, b) : sum;
        expect(back.ok && equalHistograms(back.histogram, compactHistogram(a))).toBe(true);
      }),
    );
  });
});

describe('multiples', () => {
  const literal = 'sum:-4 count:6 z_bucket:2 z_bucket_w:0.1 buckets:[1 0 1] n_buckets:[2]';
  test.each([
    ['*', 2, 'sum:-8 count:12 z_bucket:4 z_bucket_w:0.1 buckets:[2 0 2] n_buckets:[4]'],
    ['*', -1, 'sum:4 count:-6 z_bucket:-2 z_bucket_w:0.1 counter_reset_hint:gauge buckets:[-1 0 -1] n_buckets:[-2]'],
    ['*', 0, 'z_bucket_w:0.1'],
    ['/', 2, 'sum:-2 count:3 z_bucket:1 z_bucket_w:0.1 buckets:[0.5 0 0.5] n_buckets:[1]'],
    ['/', 0, 'sum:-Inf count:+Inf z_bucket:+Inf z_bucket_w:0.1'],
  ])('%s %d', (op, factor, expected) => {
    const result = (op === '*' ? scaleHistogram : divideHistogram)(read(literal), factor);
    expect(printHistogramLiteral(result)).toBe(printHistogramLiteral(read(expected)));
  });
});

test.each([
  ['unknown', 'unknown', 'unknown', false],
  ['gauge', 'reset', 'gauge', false],
  ['not-reset', 'gauge', 'gauge', false],
  ['unknown', 'reset', 'unknown', false],
  ['not-reset', 'unknown', 'unknown', false],
  ['reset', 'reset', 'reset', false],
  ['reset', 'not-reset', 'unknown', true],
] as const)('counter resets: %s and %s make %s', (a, b, counterReset, collision) => {
  expect(mergeCounterReset(a, b)).toEqual({ counterReset, collision });
});

test.each([
  ['', '', true],
  ['counter_reset_hint:gauge', '', true],
  ['sum:NaN', 'sum:NaN', true],
  ['sum:1', 'sum:2', false],
  ['schema:1', 'schema:0', false],
  ['z_bucket_w:1', '', false],
  ['buckets:[1] offset:1', 'buckets:[0 1]', false],
  ['schema:-53 custom_values:[1]', 'schema:-53 custom_values:[2]', false],
])('{{%s}} == {{%s}}: %s', (a, b, equal) => {
  expect(equalHistograms(read(a), read(b))).toBe(equal);
});
