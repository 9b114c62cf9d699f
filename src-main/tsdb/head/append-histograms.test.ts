import { expect, test } from 'vitest';
import { SampleColumns } from '../../model/sample-columns.ts';
import { HeadMemoryError } from '../arena.ts';
import { growing, histogramOf } from '../test-histograms.ts';
import { appendHistograms } from './append-histograms.ts';
import { Head } from './head.ts';
import { HeadQuerier } from './head-querier.ts';
import { HistogramBatch } from './histogram-batch.ts';

test('a histogram for which there is no memory costs nothing but itself', () => {
  const head = new Head({ chunkRangeMs: 7_200_000, maxSeries: 0 });
  const ref = head.seriesRef(['__name__', 'm']);
  const row = head.series.rowOf(ref);
  const allocate = head.arena.allocate.bind(head.arena);
  let calls = 0;
  head.arena.allocate = (bytes, use) => {
    if (++calls % 3 === 0) throw new HeadMemoryError('no memory');
    return allocate(bytes, use);
  };
  const stored: string[] = [];
  let failed = 0;
  for (let k = 0; k < 600; k++) {
    const batch = new HistogramBatch();
    const h = histogramOf({ integer: k % 200 < 120, sum: k }, growing(1, k % 90));
    batch.add(ref, row, 1000 * k, h);
    try {
      expect(appendHistograms(head, batch, { from: 0, to: 1 })).toBe(1);
      stored.push(`${1000 * k} ${h.count} ${h.integer}`);
    } catch (error) {
      if (!(error instanceof HeadMemoryError)) throw error;
      failed++;
    }
  }
  expect(failed).toBeGreaterThan(10);
  const querier = new HeadQuerier(head, 0, 1e9);
  const columns = new SampleColumns();
  querier.select([]).read(0, 0, 1e9, columns);
  const read = Array.from(columns.times.subarray(0, columns.length), (t, i) => {
    const h = columns.histograms?.[i];
    return `${t} ${h?.count} ${h?.integer}`;
  });
  expect(read).toEqual(stored);
});
