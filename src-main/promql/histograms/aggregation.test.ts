import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHistogram } from '../test-script/histogram-literal.ts';
import { HistogramMean, HistogramSum } from './aggregation.ts';
import { addHistograms, compactHistogram } from './arithmetic.ts';
import { equalHistograms } from './equality.ts';
import { printHistogramLiteral } from './print.ts';

const read = (literal: string) => parseHistogram(literal).histogram;

function fill<T extends HistogramSum | HistogramMean>(fold: T, literals: readonly string[]): T {
  for (const literal of literals) expect(fold.add(read(literal))).toBe(true);
  return fold;
}

describe('sum and mean', () => {
  test.each([
    [['sum:3 count:3 buckets:[1 2]'], 'sum:3 count:3 buckets:[1 2]', 'sum:3 count:3 buckets:[1 2]'],
    [['buckets:[1 2]', 'buckets:[3 4] offset:1'], 'buckets:[1 5 4]', 'buckets:[0.5 2.5 2]'],
    // What rounding loses comes back.
    [['sum:1', 'sum:1e100', 'sum:1', 'sum:-1e100'], 'sum:2', 'sum:0.5'],
    [
      ['buckets:[1 1]', 'buckets:[1e100 0]', 'buckets:[1 0]', 'buckets:[-1e100 0]'],
      'buckets:[2 1]',
      'buckets:[0.5 0.25]',
    ],
    // Also across a change of the schema, and of the zero bucket.
    [
      ['schema:1 buckets:[1 1e100] offset:1', 'buckets:[-1e100] offset:1'],
      'buckets:[1] offset:1',
      'buckets:[0.5] offset:1',
    ],
    [['buckets:[1 1e100]', 'z_bucket:-1e100 z_bucket_w:2'], 'z_bucket:1 z_bucket_w:2', 'z_bucket:0.5 z_bucket_w:2'],
    [
      ['schema:-53 custom_values:[1 2] buckets:[1 1e100]', 'schema:-53 custom_values:[2] buckets:[-1e100 4]'],
      'schema:-53 custom_values:[2] buckets:[1 4]',
      'schema:-53 custom_values:[2] buckets:[0.5 2]',
    ],
    // A sum may be infinite, a mean is not.
    [['count:1.5e308', 'count:1e308 sum:6', 'count:0.5e308'], 'count:+Inf sum:6', 'count:1e308 sum:2'],
  ])('%j', (literals, sum, mean) => {
    expect(printHistogramLiteral(fill(new HistogramSum(), literals).result)).toBe(printHistogramLiteral(read(sum)));
    expect(printHistogramLiteral(fill(new HistogramMean(), literals).result)).toBe(printHistogramLiteral(read(mean)));
  });
});

test('custom and exponential buckets are not added up', () => {
  const sum = new HistogramSum();
  expect([sum.add(read('sum:1')), sum.add(read('schema:-53')), sum.add(read('sum:2'))]).toEqual([true, false, true]);
  expect(sum.result.sum).toBe(3);
});

test.each([
  [['', ''], false, false],
  [['counter_reset_hint:reset', '', 'counter_reset_hint:not_reset'], true, false],
  [['counter_reset_hint:reset', 'counter_reset_hint:gauge'], false, false],
  [['schema:-53 custom_values:[1]', 'schema:-53 custom_values:[1]'], false, false],
  [['schema:-53 custom_values:[1]', 'schema:-53 custom_values:[2]', 'schema:-53'], false, true],
])('%j: reset collision %s, bounds reconciled %s', (literals, resetCollision, boundsReconciled) => {
  expect(fill(new HistogramMean(), literals)).toMatchObject({ resetCollision, boundsReconciled });
});

const counts = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 6 }).map((list) => `[${list.join(' ')}]`);
const offset = fc.integer({ min: -5, max: 5 });
const exponential = fc
  .tuple(fc.integer({ min: -1, max: 2 }), fc.constantFrom(0, 0.25, 1, 1.5), offset, counts, offset, counts)
  .map(([schema, width, at, buckets, nAt, nBuckets]) =>
    read(`schema:${schema} z_bucket_w:${width} offset:${at} buckets:${buckets} n_offset:${nAt} n_buckets:${nBuckets}`),
  );
const custom = fc
  .tuple(fc.constantFrom('[1 2 3 4 5]', '[1 3 5 6 7]', '[2 3 4 5 9]'), counts)
  .map(([bounds, buckets]) => read(`schema:-53 custom_values:${bounds} buckets:${buckets}`));

test('a sum is what adding one after the other gives', () => {
  const histograms = fc.oneof(
    fc.array(exponential, { minLength: 1, maxLength: 6 }),
    fc.array(custom, { minLength: 1, maxLength: 6 }),
  );
  fc.assert(
    fc.property(histograms, (all) => {
      const sum = new HistogramSum();
      for (const h of all) sum.add(h);
      const expected = all.reduce((before, h) => {
        const added = addHistograms(before, h);
        if (!added.ok) throw new Error('incompatible');
        return added.histogram;
      });
      const compact = compactHistogram(expected);
      expect(printHistogramLiteral(sum.result)).toBe(printHistogramLiteral(compact));
      expect(equalHistograms(sum.result, compact)).toBe(true);
    }),
  );
});
