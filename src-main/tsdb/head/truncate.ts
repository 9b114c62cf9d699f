import { setImmediate as nextTurn } from 'node:timers/promises';
import { F_LAST_TIME, U_CHUNK, U_LIMIT_BITS } from '../../kernels/xor-chunk.ts';
import type { SeriesRef } from '../../model/storage.ts';
import type { Head } from './head.ts';
import { dropOpen } from './open-chunk.ts';

const ROWS_PER_TURN = 4096;

/**
 * Drops every chunk that ends before `minTimeMs`, then the series that have none left. What readers were given stays
 * theirs. Returns the refs of the series that are gone.
 */
export async function truncateHead(head: Head, minTimeMs: number): Promise<SeriesRef[]> {
  head.minValidTimeMs = Math.max(head.minValidTimeMs, minTimeMs);
  const candidates: number[] = [];
  const rows = head.index.all();
  head.lowestSinceMs = Number.POSITIVE_INFINITY;
  let oldestMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rows.length; i++) {
    if (i % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn();
    oldestMs = Math.min(oldestMs, dropChunks(head, rows[i]!, minTimeMs));
    if (isUnused(head, rows[i]!)) candidates.push(rows[i]!);
  }
  const gone = collect(head, candidates);
  head.tombstones.dropBefore(Math.min(minTimeMs, head.outOfOrder.minTimeMs));
  oldestMs = Math.min(oldestMs, head.lowestSinceMs);
  head.minTimeMs = Math.max(oldestMs, head.minValidTimeMs);
  if (oldestMs === Number.POSITIVE_INFINITY) head.maxTimeMs = Number.NEGATIVE_INFINITY;
  return gone;
}

/** Returns the first time that is left, or Infinity. */
function dropChunks(head: Head, row: number, minTimeMs: number): number {
  const { chunks, series, arena } = head;
  const { u32, f64 } = arena.memory;
  const state = series.state(row);
  const open = u32[(state >>> 2) + U_CHUNK]!;
  if (open !== 0 && f64[(state >>> 3) + F_LAST_TIME]! < minTimeMs) {
    dropOpen(head, state, open, u32[(state >>> 2) + U_LIMIT_BITS]!);
  }
  let oldestMs = head.openChunk(row)?.minTimeMs ?? Number.POSITIVE_INFINITY;
  let kept = -1;
  let chunk = series.newestChunk[row]!;
  while (chunk >= 0 && chunks.maxTimes[chunk]! >= minTimeMs) {
    kept = chunk;
    oldestMs = Math.min(oldestMs, chunks.minTimes[chunk]!);
    chunk = chunks.previous[chunk]!;
  }
  if (chunk < 0) return oldestMs;
  if (kept < 0) series.newestChunk[row] = -1;
  else chunks.previous[kept] = -1;
  while (chunk >= 0) {
    const next = chunks.previous[chunk]!;
    arena.free(chunks.addresses[chunk]!, chunks.lengths[chunk]!, 'finished');
    chunks.release(chunk);
    chunk = next;
  }
  return oldestMs;
}

function isUnused(head: Head, row: number): boolean {
  const { series, arena } = head;
  const hasOpen = arena.memory.u32[(series.state(row) >>> 2) + U_CHUNK] !== 0;
  const isHeld = series.pendingOwner[row] !== 0 || head.outOfOrder.isUsing(row);
  return !hasOpen && series.newestChunk[row] === -1 && !isHeld;
}

/** In one go: what was unused a turn ago may be in use again. */
function collect(head: Head, candidates: readonly number[]): SeriesRef[] {
  const { series, index, tombstones, metadata } = head;
  const isGone = new Uint8Array(series.rowLimit);
  const pairs = new Map<number, Set<number>>();
  const gone: SeriesRef[] = [];
  for (const row of candidates) {
    if (!isUnused(head, row)) continue;
    isGone[row] = 1;
    gone.push(series.ref(row));
    const ids = series.labelIds(row);
    for (let i = 0; i < ids.length; i += 2) {
      const values = pairs.get(ids[i]!);
      if (values === undefined) pairs.set(ids[i]!, new Set([ids[i + 1]!]));
      else values.add(ids[i + 1]!);
    }
    tombstones.delete(row);
    head.histograms.forget(series.state(row));
    metadata.delete(row);
    series.remove(row);
  }
  if (gone.length > 0) {
    index.remove(isGone, pairs);
    series.sweep();
    head.collections++;
  }
  return gone;
}
