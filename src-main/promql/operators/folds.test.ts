import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FOLDS } from './folds.ts';
import { RankedCell } from './ranking.ts';

/** Folds single-point rows into the second of two cells. */
function fold(op: keyof typeof FOLDS, values: readonly number[]): number | null {
  const accumulator = FOLDS[op](2);
  for (const value of values) accumulator.add(1, Float64Array.of(value), Uint8Array.of(1));
  accumulator.add(1, Float64Array.of(12345), Uint8Array.of(0));
  const out = new Float64Array(1);
  accumulator.finish(1, 1, out, 0);
  expect(accumulator.seen[0]).toBe(0);
  return accumulator.seen[1] === 1 ? out[0]! : null;
}

const MAX = Number.MAX_VALUE;
const NAN = Number.NaN;
const INF = Number.POSITIVE_INFINITY;

describe('folds', () => {
  test.each([
    ['sum', [1e100, 1, -1e100], 1],
    ['sum', [INF, 1, -INF], NAN],
    ['avg', [MAX, MAX], MAX],
    ['avg', [INF, 1], INF],
    ['avg', [1e100, 1, -1e100, 1], 0.5],
    ['min', [NAN, 3, 2], 2],
    ['max', [NAN, NAN], NAN],
    ['count', [NAN, 1], 2],
    ['group', [5, 6], 1],
    ['stddev', [2, 4, 4, 4, 5, 5, 7, 9], 2],
    ['stdvar', [5], 0],
    ['stdvar', [INF], NAN],
    ['sum', [], null],
  ] as const)('%s of %o', (op, values, expected) => {
    expect(fold(op, values)).toBe(expected);
  });
});

describe('ranking', () => {
  test.each(['topk', 'bottomk'])('%s keeps the best, the first of equals, NaN at last', (ranking) => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(NAN))), fc.nat(12), (values, k) => {
        const cell = new RankedCell(k, ranking, (a, b) => a < b);
        for (const [index, value] of values.entries()) cell.offer(value, index);
        cell.sort();
        const sign = ranking === 'topk' ? -1 : 1;
        const rank = (value: number) => (Number.isNaN(value) ? INF : sign * value);
        const expected = values.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b))).slice(0, k);
        expect(Array.from({ length: cell.length }, (_, r) => cell.valueAt(r))).toEqual(expected);
        const kept = Array.from({ length: cell.length }, (_, r) => cell.indexAt(r));
        const order = values
          .map((_, i) => i)
          .sort((a, b) => (rank(values[a]!) === rank(values[b]!) ? a - b : rank(values[a]!) - rank(values[b]!)));
        expect(kept.map(String)).toEqual(order.slice(0, k).map(String));
      }),
    );
  });
});
