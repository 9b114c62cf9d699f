import type { Queryable } from '../model/storage.ts';
import type { QueryEngine } from '../promql/engine.ts';
import type { QueryFn, Sample } from '../rules/query.ts';

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
        const { labels, values, present } = value.matrix;
        for (const [row, set] of labels.entries())
          if (present[row] === 1) samples.push({ labels: set, value: values[row] ?? Number.NaN });
        return samples;
      }
      case 'raw':
      case 'string':
        throw new Error('rule result is not a vector or scalar');
    }
  };
}
