/** Native histograms on their way into their series' chunks (tsdb/head_append.go, appendHistogram). */
import {
  F_CUT_TIME,
  F_FIRST_TIME,
  F_LAST_TIME,
  MAX_SAMPLE_BITS,
  U_ASK_COUNT,
  U_BITS,
  U_CHUNK,
  U_COUNT,
  U_LIMIT_BITS,
} from '../../kernels/xor-chunk.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { encodingOf, rewrite } from '../chunk/histogram-chunks.ts';
import { continuationOf, headerAfter } from '../chunk/histogram-continuity.ts';
import { HistogramEncoder, headerOf } from '../chunk/histogram-encoder.ts';
import type { Head } from './head.ts';
import type { OpenHistogramChunk } from './head-histograms.ts';
import type { HistogramBatch } from './histogram-batch.ts';
import { setLastHistogram, setOpenEncoding } from './last-histogram.ts';
import { finishChunk } from './open-chunk.ts';

const TARGET_BYTES = 1024;
/** With this many bytes the end of the chunk is predicted. */
const PREDICT_BYTES = TARGET_BYTES / 4;
const MAX_BYTES = 2 * TARGET_BYTES;
/** Large histograms do not end a chunk before it has so many. */
const MIN_SAMPLES = 10;
const SPARE_BYTES = 64;

/**
 * Puts samples `from`..`to` of the batch into the head. One not later than the last of its series is left out, and
 * `onLate` told when it is earlier. Returns how many were stored.
 */
export function appendHistograms(
  head: Head,
  { rows, times, histograms }: Pick<HistogramBatch, 'rows' | 'times' | 'histograms'>,
  { from, to }: { readonly from: number; readonly to: number },
  onLate?: (index: number) => void,
): number {
  let stored = 0;
  for (let i = from; i < to; i++) {
    const timeMs = times[i]!;
    if (!appendHistogram(head, rows[i]!, timeMs, histograms[i]!)) {
      if (timeMs < head.lastTimeMs(rows[i]!)) onLate?.(i);
      continue;
    }
    stored++;
    head.lowestSinceMs = Math.min(head.lowestSinceMs, timeMs);
    head.minTimeMs = Math.min(head.minTimeMs, timeMs);
    head.maxTimeMs = Math.max(head.maxTimeMs, timeMs);
  }
  head.samplesAppended += stored;
  return stored;
}

function appendHistogram(head: Head, row: number, timeMs: number, h: NativeHistogram): boolean {
  const state = head.series.state(row);
  if (timeMs <= head.lastTimeMs(row)) return false;
  const open = head.histograms.open(state);
  if (open === undefined || open.encoder.isInteger !== h.integer) {
    finishChunk(head, row); // of the other kind, if any
    begin(head, state, { timeMs, h, header: headerOf(h.counterReset) });
  } else if (isFull(head, state, open, timeMs)) {
    finishChunk(head, row);
    begin(head, state, { timeMs, h, header: headerAfter(open.encoder, h) });
  } else {
    goOn(head, row, open, { timeMs, h });
  }
  head.arena.memory.f64[(state >>> 3) + F_LAST_TIME] = timeMs;
  setLastHistogram(head, state, h);
  return true;
}

function rangeEndMs(head: Head, timeMs: number): number {
  const range = head.options.chunkRangeMs;
  return Math.floor(timeMs / range) * range + range;
}

function isFull(head: Head, state: number, open: OpenHistogramChunk, timeMs: number): boolean {
  const { u32, f64 } = head.arena.memory;
  const bytes = (u32[(state >>> 2) + U_BITS]! + 7) >>> 3;
  const firstMs = f64[(state >>> 3) + F_FIRST_TIME]!;
  if (!open.isEndPredicted && bytes >= PREDICT_BYTES) {
    open.endMs = predictEnd(firstMs, f64[(state >>> 3) + F_LAST_TIME]!, open.endMs, TARGET_BYTES / bytes);
    open.isEndPredicted = true;
  }
  const isWanted = timeMs >= open.endMs || bytes >= MAX_BYTES;
  return isWanted && (open.encoder.count >= MIN_SAMPLES || timeMs >= rangeEndMs(head, firstMs));
}

/** Spreads the chunks that are to come evenly up to `maxMs`; this one is 1 / `ratioToFull` full. */
function predictEnd(startMs: number, currentMs: number, maxMs: number, ratioToFull: number): number {
  const chunks = Math.floor((maxMs - startMs) / ((currentMs - startMs + 1) * ratioToFull));
  return chunks <= 1 ? maxMs : Math.floor(startMs + (maxMs - startMs) / chunks);
}

interface Sample {
  readonly timeMs: number;
  readonly h: NativeHistogram;
}

function begin(head: Head, state: number, { timeMs, h, header }: Sample & { readonly header: number }): void {
  const { scratch } = head.histograms;
  const encoder = new HistogramEncoder(h, header);
  scratch.clear();
  encoder.append(scratch, timeMs, h);
  placeScratch(head, state, encoder);
  head.histograms.setOpen(state, { encoder, endMs: rangeEndMs(head, timeMs), isEndPredicted: false });
  head.openChunks++;
  const { u32, f64 } = head.arena.memory;
  u32[(state >>> 2) + U_ASK_COUNT] = 0; // whoever appends floats must ask first
  f64[(state >>> 3) + F_CUT_TIME] = Number.NEGATIVE_INFINITY;
  f64[(state >>> 3) + F_FIRST_TIME] = timeMs;
  setOpenEncoding(head, state, encodingOf(encoder));
}

function goOn(head: Head, row: number, open: OpenHistogramChunk, { timeMs, h }: Sample): void {
  const state = head.series.state(row);
  const next = continuationOf(open.encoder, h);
  if (next.kind === 'breaks') {
    finishChunk(head, row);
    begin(head, state, { timeMs, h, header: next.header });
  } else if (next.wider) {
    appendWider(head, state, open, { timeMs, h: next.histogram });
  } else {
    appendBehind(head, state, open, { timeMs, h: next.histogram });
  }
}

/** Writes the whole chunk anew in another place: readers of the old one keep it. */
function appendWider(head: Head, state: number, open: OpenHistogramChunk, { timeMs, h }: Sample): void {
  const { scratch } = head.histograms;
  const { u8, u32 } = head.arena.memory;
  const start = u32[(state >>> 2) + U_CHUNK]!;
  const end = start + ((u32[(state >>> 2) + U_BITS]! + 7) >>> 3);
  const encoder = rewrite(open.encoder, { bytes: u8, start, end }, h, scratch);
  encoder.append(scratch, timeMs, h);
  const capacity = capacityOf(head, state);
  placeScratch(head, state, encoder);
  open.encoder = encoder;
  head.arena.free(start, capacity, 'open');
}

/** Encoded beside, from the last byte of the chunk on, so that readers never see a byte of theirs change. */
function appendBehind(head: Head, state: number, open: OpenHistogramChunk, { timeMs, h }: Sample): void {
  const { encoder } = open;
  const { scratch } = head.histograms;
  const { u8, u32 } = head.arena.memory;
  const w = state >>> 2;
  const bits = u32[w + U_BITS]!;
  const whole = bits >>> 3;
  scratch.bit = bits & 7;
  scratch.bytes[0] = u8[u32[w + U_CHUNK]! + whole]!;
  encoder.append(scratch, timeMs, h);
  const needed = whole + scratch.byteLength;
  if (needed > capacityOf(head, state)) {
    head.histograms.closeChunk(state); // should there be no memory, the encoder is ahead of its chunk
    grow(head, state, needed);
    head.histograms.setOpen(state, open);
  }
  const memory = head.arena.memory;
  memory.u8.set(scratch.bytes.subarray(0, scratch.byteLength), memory.u32[w + U_CHUNK]! + whole);
  memory.u32[w + U_BITS] = whole * 8 + scratch.bit;
  memory.u32[w + U_COUNT] = encoder.count;
}

function capacityOf(head: Head, state: number): number {
  return (head.arena.memory.u32[(state >>> 2) + U_LIMIT_BITS]! + MAX_SAMPLE_BITS) >>> 3;
}

/** A new place for the whole chunk, which is what the scratch holds. */
function placeScratch(head: Head, state: number, encoder: HistogramEncoder): void {
  const { scratch } = head.histograms;
  const address = allocate(head, state, scratch.byteLength + SPARE_BYTES);
  const { u8, u32 } = head.arena.memory;
  u8.set(scratch.bytes.subarray(0, scratch.byteLength), address);
  u32[(state >>> 2) + U_BITS] = scratch.bit;
  u32[(state >>> 2) + U_COUNT] = encoder.count;
}

function grow(head: Head, state: number, needed: number): void {
  const w = state >>> 2;
  const old = head.arena.memory.u32[w + U_CHUNK]!;
  const capacity = capacityOf(head, state);
  const bytes = (head.arena.memory.u32[w + U_BITS]! + 7) >>> 3;
  const address = allocate(head, state, Math.max(needed, capacity * 1.5));
  const { u8 } = head.arena.memory;
  u8.set(u8.subarray(old, old + bytes), address);
  head.arena.free(old, capacity, 'open');
}

function allocate(head: Head, state: number, bytes: number): number {
  const capacity = Math.ceil(bytes / 16) * 16;
  const address = head.arena.allocate(capacity, 'open');
  const { u32 } = head.arena.memory;
  u32[(state >>> 2) + U_CHUNK] = address;
  u32[(state >>> 2) + U_LIMIT_BITS] = capacity * 8 - MAX_SAMPLE_BITS;
  return address;
}
