import type { Queryable } from '../model/storage.ts';
import type { QueryEngine } from '../promql/engine.ts';
import { FLOAT, HISTOGRAM } from '../promql/result.ts';
import type { QueryFn, Sample } from './query.ts';

/** Instant queries as rules want them. */
export function ruleQuery(engine: QueryEngine, queryable: Queryable): QueryFn {
  return async (expr, timeMs) => {
    const { value } = await engine.instant(queryable, expr, timeMs);
    switch (value.kind) {
      case 'scalar':
        return [{ labels: [], value: value.values[0] ?? Number.NaN }];
      case 'vector':
      case 'matrix': {
        const samples: Sample[] = [];
        const { labels, values, present, histograms } = value.matrix;
        for (const [row, set] of labels.entries()) {
          const number = values[row] ?? Number.NaN;
          if (present[row] === FLOAT) samples.push({ labels: set, value: number });
          const histogram = present[row] === HISTOGRAM ? histograms[number] : undefined;
          if (histogram !== undefined) samples.push({ labels: set, value: Number.NaN, histogram });
        }
        return samples;
      }
      case 'raw':
      case 'string':
        throw new Error('rule result is not a vector or scalar');
    }
  };
}
