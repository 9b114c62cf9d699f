import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Matcher } from '../../model/matcher.ts';
import { matchPostings } from '../matching.ts';
import type { TimeSpan } from '../tombstones.ts';
import type { Tombstone } from '../wal/records.ts';
import type { WalWriter } from '../wal/wal-writer.ts';
import type { Head } from './head.ts';

const ROWS_PER_TURN = 4096;

/**
 * Marks the samples of a span as deleted, in the log first (tsdb/head.go, Delete); in turns. What comes later is not
 * touched. Series may not be collected meanwhile.
 */
export async function deleteFromHead(
  head: Head,
  wal: WalWriter,
  span: TimeSpan,
  matchers: readonly Matcher[],
): Promise<void> {
  const rows = matchPostings(head.index, matchers);
  for (let from = 0; from < rows.length; from += ROWS_PER_TURN) {
    if (from > 0) await nextTurn();
    const stones: Tombstone[] = [];
    for (const row of rows.subarray(from, from + ROWS_PER_TURN)) {
      const { minTimeMs, maxTimeMs } = overlap(span, spanOf(head, row));
      if (minTimeMs <= maxTimeMs) stones.push({ ref: head.series.ref(row), minTimeMs, maxTimeMs });
    }
    if (stones.length === 0) continue;
    wal.logTombstones(head, stones);
    head.unlogged = [];
    for (const { ref, minTimeMs, maxTimeMs } of stones) {
      head.tombstones.add(head.series.rowOf(ref), minTimeMs, maxTimeMs);
    }
  }
}

function overlap(a: TimeSpan, b: TimeSpan): TimeSpan {
  return { minTimeMs: Math.max(a.minTimeMs, b.minTimeMs), maxTimeMs: Math.min(a.maxTimeMs, b.maxTimeMs) };
}

/** From the series' first sample to its last. */
function spanOf(head: Head, row: number): TimeSpan {
  const span = inOrderSpan(head, row);
  const outOfOrder = head.outOfOrder.spanOf(row);
  if (outOfOrder === null) return span;
  return {
    minTimeMs: Math.min(span.minTimeMs, outOfOrder.minTimeMs),
    maxTimeMs: Math.max(span.maxTimeMs, outOfOrder.maxTimeMs),
  };
}

function inOrderSpan(head: Head, row: number): TimeSpan {
  const { chunks, series } = head;
  const open = head.openChunk(row);
  const newest = series.newestChunk[row]!;
  let minTimeMs = open?.minTimeMs ?? Number.POSITIVE_INFINITY;
  for (let c = newest; c >= 0; c = chunks.previous[c]!) minTimeMs = chunks.minTimes[c]!;
  const finishedMs = newest >= 0 ? chunks.maxTimes[newest]! : Number.NEGATIVE_INFINITY;
  return { minTimeMs, maxTimeMs: open?.maxTimeMs ?? finishedMs };
}
