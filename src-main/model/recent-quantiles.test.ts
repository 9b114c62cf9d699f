import { expect, it } from 'vitest';
import { RecentQuantiles } from './recent-quantiles.ts';

it('has the quantiles of the newest, and counts all', () => {
  const recent = new RecentQuantiles();
  expect(recent.quantiles([0.5])).toEqual([Number.NaN]);
  for (let i = 1; i <= 1000; i++) recent.observe(i);
  expect([recent.count, recent.sum]).toEqual([1000, 500_500]);
  expect(recent.quantiles([0, 0.5, 0.99, 1])).toEqual([501, 750, 995, 1000]);
});
