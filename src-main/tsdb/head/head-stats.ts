import type { Head, RefusedSamples } from './head.ts';

export interface HeadStats {
  readonly series: number;
  readonly chunks: number;
  readonly labelPairs: number;
  /** Of what came in order; Infinity and -Infinity when there are no samples. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  /** Since the start, those read from the log left out. */
  readonly samplesAppended: number;
  /** Of those, how many came out of order. */
  readonly outOfOrderAppended: number;
  /** Samples not taken, since the start. */
  readonly refused: Readonly<RefusedSamples>;
  /** Memory that series states and chunks take. */
  readonly memoryBytes: number;
}

export function headStatsOf(head: Head): HeadStats {
  const { series, chunks, openChunks, index, outOfOrder } = head;
  return {
    series: series.count,
    chunks: chunks.count + openChunks + outOfOrder.chunkCount,
    labelPairs: index.pairCount,
    minTimeMs: head.minTimeMs,
    maxTimeMs: head.maxTimeMs,
    samplesAppended: head.samplesAppended,
    outOfOrderAppended: outOfOrder.samplesAppended,
    refused: head.refused,
    memoryBytes: head.arena.usedBytes,
  };
}
