import { setImmediate as nextTurn } from 'node:timers/promises';
import { GrowingColumns } from './growing-columns.ts';
import type { Head } from './head.ts';

/** Rows looked at before others get their turn. */
const ROWS_PER_TURN = 4096;

/**
 * What the head holds of a stretch of time, as columns that can be given to another thread. Chunks lie in the shared
 * memory, which the giver has pinned; they may reach beyond the stretch.
 */
export interface HeadSnapshot {
  readonly memory: SharedArrayBuffer;
  readonly minTimeMs: number;
  /** Exclusive. */
  readonly maxTimeMs: number;
  /** UTF-8 of all symbols back to back; symbol i is bytes symbolEnds[i - 1]..symbolEnds[i]. */
  readonly symbolBytes: Uint8Array;
  readonly symbolEnds: Uint32Array;
  /** Alternating name and value symbols of all series back to back; labels of series i end at labelEnds[i]. */
  readonly labels: Uint32Array;
  readonly labelEnds: Uint32Array;
  /** Chunks of all series back to back, of each newest first; those of series i end at chunkEnds[i]. */
  readonly chunkEnds: Uint32Array;
  readonly addresses: Uint32Array;
  readonly lengths: Uint32Array;
  readonly sampleCounts: Uint32Array;
  readonly encodings: Uint8Array;
  readonly minTimes: Float64Array;
  readonly maxTimes: Float64Array;
  /** series, min, max of every deleted stretch. */
  readonly deleted: Float64Array;
}

/**
 * Of what came in order, or of what a cut took of the rest. Collected in small turns; the caller holds a pin from before
 * until it is done with the result.
 */
export async function snapshotHead(
  head: Head,
  minTimeMs: number,
  maxTimeMs: number,
  part: 'in-order' | 'out-of-order' = 'in-order',
): Promise<HeadSnapshot> {
  const columns = new GrowingColumns();
  const deleted: number[] = [];
  const rows = part === 'in-order' ? head.index.all() : head.outOfOrder.rows();
  const take = part === 'in-order' ? takeChunks : takeOutOfOrder;
  for (let i = 0; i < rows.length; i++) {
    if (i % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn();
    const row = rows[i]!;
    if (!take(head, row, minTimeMs, maxTimeMs, columns)) continue;
    const series = columns.endSeries(head.series.labelIds(row));
    const intervals = head.tombstones.get(row) ?? [];
    for (let k = 0; k < intervals.length; k += 2) deleted.push(series, intervals[k]!, intervals[k + 1]!);
  }
  const symbols = await packSymbols(head);
  return {
    memory: head.arena.memory.u8.buffer,
    minTimeMs,
    maxTimeMs,
    ...symbols,
    ...columns.finish(),
    deleted: Float64Array.from(deleted),
  };
}

function takeChunks(head: Head, row: number, minTimeMs: number, maxTimeMs: number, columns: GrowingColumns): boolean {
  const { chunks, series } = head;
  let found = false;
  const open = head.openChunk(row);
  if (open !== null && open.minTimeMs < maxTimeMs && open.maxTimeMs >= minTimeMs) {
    columns.addChunk(open);
    found = true;
  }
  for (let c = series.newestChunk[row]!; c >= 0; c = chunks.previous[c]!) {
    if (chunks.maxTimes[c]! < minTimeMs) break;
    if (chunks.minTimes[c]! >= maxTimeMs) continue;
    found = true;
    columns.addChunk({
      address: chunks.addresses[c]!,
      bytes: chunks.lengths[c]!,
      count: chunks.sampleCounts[c]!,
      encoding: chunks.encodings[c]!,
      minTimeMs: chunks.minTimes[c]!,
      maxTimeMs: chunks.maxTimes[c]!,
    });
  }
  return found;
}

function takeOutOfOrder(
  head: Head,
  row: number,
  minTimeMs: number,
  maxTimeMs: number,
  columns: GrowingColumns,
): boolean {
  let found = false;
  for (const chunk of head.outOfOrder.takenChunks(row)) {
    if (chunk.maxTimeMs < minTimeMs || chunk.minTimeMs >= maxTimeMs) continue;
    columns.addChunk(chunk);
    found = true;
  }
  return found;
}

async function packSymbols(head: Head): Promise<{ symbolBytes: Uint8Array; symbolEnds: Uint32Array }> {
  const { symbols } = head.series;
  const ends = new Uint32Array(symbols.idLimit);
  let bytes = Buffer.allocUnsafeSlow(1 << 16);
  let length = 0;
  for (let id = 0; id < ends.length; id++) {
    if (id % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn();
    const text = symbols.text(id);
    if (length + 3 * text.length > bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * bytes.length + 3 * text.length);
      bytes.copy(larger, 0, 0, length);
      bytes = larger;
    }
    length += bytes.write(text, length, 'utf8');
    ends[id] = length;
  }
  return { symbolBytes: new Uint8Array(bytes.buffer, 0, length), symbolEnds: ends };
}
