import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allBuckets } from '../../model/histograms/all-buckets.ts';
import { parseHistogram } from '../test-script/histogram-literal.ts';
import { findBucket, observations } from './ranks.ts';

const counts = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 5 }).map((list) => `[${list.join(' ')}]`);

const histogram = fc.oneof(
  fc
    .record({
      schema: fc.integer({ min: -4, max: 8 }),
      z_bucket: fc.integer({ min: -1, max: 3 }),
      z_bucket_w: fc.constantFrom(0, 0.5, 3),
      offset: fc.integer({ min: -3, max: 3 }),
      buckets: counts,
      n_buckets: counts,
    })
    .map((fields) => literal(fields)),
  counts.map((buckets) => literal({ schema: -53, custom_values: '[1 2 3 4]', buckets })),
);

function literal(fields: Readonly<Record<string, string | number>>): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}:${value}`)
    .join(' ');
}

test('finds what a walk over all buckets finds', () => {
  fc.assert(
    fc.property(histogram, fc.integer({ min: 0, max: 40 }), fc.boolean(), (text, rank, ascending) => {
      const h = parseHistogram(text).histogram;
      const buckets = ascending ? allBuckets(h) : allBuckets(h).reverse();
      let reached = 0;
      let expected: object | null = null;
      for (const { lower, upper, count } of buckets) {
        reached += count;
        expected = { lower, upper, count, reached };
        if (reached >= rank) break;
      }
      expect(findBucket(h, rank, ascending)).toEqual(expected);
      expect(observations(h)).toBe(buckets.reduce((sum, { count }) => sum + count, 0));
    }),
  );
});
