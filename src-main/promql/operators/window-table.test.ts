import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SampleColumns } from '../../model/sample-columns.ts';
import { WindowTables } from './window-table.ts';

function columnsOf(times: readonly number[]): SampleColumns {
  const columns = new SampleColumns(Math.max(1, times.length));
  columns.times.set(times);
  columns.length = times.length;
  return columns;
}

const ascending = fc
  .uniqueArray(fc.integer({ min: -50, max: 200 }), { maxLength: 60 })
  .map((a) => a.sort((x, y) => x - y));

test('a window holds exactly the samples in (end - range, end]', () => {
  fc.assert(
    fc.property(ascending, ascending, fc.integer({ min: 1, max: 80 }), (times, ends, range) => {
      const { from, to } = new WindowTables(Float64Array.from(ends), range).of(columnsOf(times));
      for (const [k, end] of ends.entries()) {
        const held = times.slice(from[k], to[k]);
        expect(held).toEqual(times.filter((t) => t > end - range && t <= end));
      }
    }),
  );
});

test('series with equal timestamps share a table, others do not', () => {
  const tables = new WindowTables(Float64Array.of(10, 20), 10);
  const first = tables.of(columnsOf([1, 11, 20]));
  expect(tables.of(columnsOf([1, 12, 20]))).not.toBe(first);
  expect(tables.of(columnsOf([1, 11]))).not.toBe(first);
  expect(tables.of(columnsOf([1, 11, 20]))).toBe(first);
});
