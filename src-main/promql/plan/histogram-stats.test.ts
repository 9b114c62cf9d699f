import { expect, test } from 'vitest';
import { parsePromql } from '../../../shared/promql/parse.ts';
import { statsOnlySelectors } from './histogram-stats.ts';

test.each([
  ['histogram_count(x)', ['x']],
  ['histogram_sum(sum by (a) (rate(x[5m])))', ['x']],
  ['histogram_avg((x)) + x', ['x']],
  ['histogram_count(x + y)', ['x', 'y']],
  ['x', []],
  ['histogram_stddev(x)', []],
  ['histogram_quantile(0.5, x)', []],
  ['histogram_count(increase(x[40m:9m]))', []],
  ['histogram_count(x >/ 10)', []],
  ['histogram_count(x unless histogram_quantile(0.5, y) < 3)', ['x']],
  ['histogram_quantile(0.5, x unless histogram_count(y) == 0)', []],
])('%s', (query, selectors) => {
  const found = [...statsOnlySelectors(parsePromql(query, { experimental: true }))];
  expect(found.map((expr) => (expr.kind === 'vectorSelector' ? expr.name : expr.kind))).toEqual(selectors);
});
