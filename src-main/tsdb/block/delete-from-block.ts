import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Matcher } from '../../model/matcher.ts';
import { matchPostings } from '../matching.ts';
import type { TimeSpan } from '../tombstones.ts';
import type { Block } from './block.ts';
import { SeriesEntries } from './series-entries.ts';

const SERIES_PER_TURN = 4096;

/**
 * Marks the samples of a span as deleted, on the disk too (tsdb/block.go, Delete); in turns. Throws CorruptionError for
 * a damaged index.
 */
export async function deleteFromBlock(block: Block, span: TimeSpan, matchers: readonly Matcher[]): Promise<void> {
  const stones = block.tombstones.copy();
  let isChanged = false;
  block.retain();
  try {
    const ids = matchPostings(block.index, matchers);
    for (let from = 0; from < ids.length; from += SERIES_PER_TURN) {
      if (from > 0) await nextTurn();
      const entries = new SeriesEntries(block.index, block.tombstones);
      for (const id of ids.subarray(from, from + SERIES_PER_TURN)) entries.add(id, span.minTimeMs, span.maxTimeMs);
      for (let i = 0; i < entries.length; i++) {
        const { minTimeMs, maxTimeMs } = spanOf(entries, i);
        stones.add(entries.id(i), Math.max(minTimeMs, span.minTimeMs), Math.min(maxTimeMs, span.maxTimeMs));
        isChanged = true;
      }
    }
    if (isChanged) block.replaceTombstones(stones);
  } finally {
    block.release();
  }
}

function spanOf(entries: SeriesEntries, index: number): TimeSpan {
  let minTimeMs = Number.POSITIVE_INFINITY;
  let maxTimeMs = Number.NEGATIVE_INFINITY;
  for (let c = entries.firstChunk(index); c < entries.firstChunk(index + 1); c++) {
    minTimeMs = Math.min(minTimeMs, entries.chunkMinTimes[c]!);
    maxTimeMs = Math.max(maxTimeMs, entries.chunkMaxTimes[c]!);
  }
  return { minTimeMs, maxTimeMs };
}
