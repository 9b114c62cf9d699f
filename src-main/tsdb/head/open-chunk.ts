/** When chunks begin, grow and end (tsdb/head_append.go, appendPreprocessor and computeChunkEndTime). */
import {
  CorruptChunkError,
  F_CUT_TIME,
  F_FIRST_TIME,
  F_LAST_TIME,
  MAX_SAMPLE_BITS,
  openChunk,
  U_ASK_COUNT,
  U_BITS,
  U_CHUNK,
  U_COUNT,
  U_LAST_HIGH,
  U_LAST_LOW,
  U_LIMIT_BITS,
} from '../../kernels/xor-chunk.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { decodeChunk } from '../chunk/decode-chunk.ts';
import type { FinishedChunk } from './chunk-table.ts';
import type { Head } from './head.ts';
import { setLastHistogram } from './last-histogram.ts';

const TARGET_SAMPLES = 120;
/** With this many samples the end of the chunk is predicted. */
const PREDICT_SAMPLES = TARGET_SAMPLES / 4;
const MAX_SAMPLES = 2 * TARGET_SAMPLES;
const FIRST_BYTES = 64;
/** Chunks end before they outgrow this. */
const MAX_BYTES = 1024;

/**
 * Does what must be done before the series of `row` can take a sample at `timeMs`, which is later than its last:
 * begins a chunk, or lets the open one grow, or ends it and begins the next.
 */
export function makeRoom(head: Head, row: number, timeMs: number): void {
  const { u32, f64 } = head.arena.memory;
  const state = head.series.state(row);
  const w = state >>> 2;
  const f = state >>> 3;
  if (u32[w + U_CHUNK] === 0) {
    beginChunk(head, state, timeMs);
    return;
  }
  const count = u32[w + U_COUNT]!;
  if (count >= PREDICT_SAMPLES && u32[w + U_ASK_COUNT] === PREDICT_SAMPLES) {
    f64[f + F_CUT_TIME] = predictEnd(f64[f + F_FIRST_TIME]!, f64[f + F_LAST_TIME]!, f64[f + F_CUT_TIME]!);
    u32[w + U_ASK_COUNT] = MAX_SAMPLES;
  }
  const isOut = u32[w + U_BITS]! > u32[w + U_LIMIT_BITS]!;
  const capacity = (u32[w + U_LIMIT_BITS]! + MAX_SAMPLE_BITS + 7) >>> 3;
  if (timeMs >= f64[f + F_CUT_TIME]! || count >= MAX_SAMPLES || (isOut && capacity >= MAX_BYTES)) {
    finishChunk(head, row);
    beginChunk(head, state, timeMs);
  } else if (isOut) {
    growChunk(head, state, capacity);
  }
}

function beginChunk(head: Head, state: number, timeMs: number): void {
  const address = head.arena.allocate(FIRST_BYTES, 'open');
  const { memory } = head.arena;
  const range = head.options.chunkRangeMs;
  openChunk(memory, state, address);
  memory.f64[(state >>> 3) + F_CUT_TIME] = Math.floor(timeMs / range) * range + range;
  memory.u32[(state >>> 2) + U_LIMIT_BITS] = FIRST_BYTES * 8 - MAX_SAMPLE_BITS;
  memory.u32[(state >>> 2) + U_ASK_COUNT] = PREDICT_SAMPLES;
  head.openChunks++;
}

function growChunk(head: Head, state: number, capacity: number): void {
  const larger = capacity < 256 ? capacity + 64 : Math.min(MAX_BYTES, capacity * 1.5);
  const address = head.arena.allocate(larger, 'open');
  const { u32 } = head.arena.memory;
  const w = state >>> 2;
  const old = u32[w + U_CHUNK]!;
  copyWords(u32, old, address, (u32[w + U_BITS]! + 7) >>> 3);
  u32[w + U_CHUNK] = address;
  u32[w + U_LIMIT_BITS] = Math.floor(larger / 16) * 128 - MAX_SAMPLE_BITS;
  head.arena.free(old, capacity, 'open');
}

/** Blocks begin and end at multiples of 16, so whole words may be copied; a loop beats copyWithin on shared memory. */
function copyWords(u32: Uint32Array, from: number, to: number, bytes: number): void {
  const source = from >>> 2;
  const target = to >>> 2;
  const words = (bytes + 3) >>> 2;
  for (let i = 0; i < words; i++) u32[target + i] = u32[source + i]!;
}

/** Spreads the chunks that are to come evenly up to `maxMs`. */
export function predictEnd(startMs: number, currentMs: number, maxMs: number): number {
  const chunks = Math.floor((maxMs - startMs) / ((currentMs - startMs + 1) * 4));
  return chunks <= 1 ? maxMs : startMs + Math.floor((maxMs - startMs) / chunks);
}

/** Turns the open chunk into a finished one of exactly its size. */
export function finishChunk(head: Head, row: number): void {
  const open = head.openChunk(row);
  const state = head.series.state(row);
  if (open === null) return;
  const address = head.arena.allocate(open.bytes, 'finished');
  const { u8, u32 } = head.arena.memory;
  copyWords(u32, open.address, address, open.bytes);
  u8[address] = open.count >>> 8;
  u8[address + 1] = open.count & 0xff;
  addFinished(head, row, { ...open, address });
  dropOpen(head, state, open.address, u32[(state >>> 2) + U_LIMIT_BITS]!);
}

/** Frees the open chunk of a state; its last time and value stay. */
export function dropOpen(head: Head, state: number, address: number, limitBits: number): void {
  head.histograms.closeChunk(state);
  head.arena.free(address, (limitBits + MAX_SAMPLE_BITS + 7) >>> 3, 'open');
  head.arena.memory.u32[(state >>> 2) + U_CHUNK] = 0;
  head.arena.memory.u32[(state >>> 2) + U_COUNT] = 0;
  head.openChunks--;
}

/** Links a chunk in front of the finished chunks of a row; it must be the newest. */
export function addFinished(head: Head, row: number, chunk: FinishedChunk): void {
  const table = head.chunks;
  const entry = table.take();
  table.minTimes[entry] = chunk.minTimeMs;
  table.maxTimes[entry] = chunk.maxTimeMs;
  table.addresses[entry] = chunk.address;
  table.lengths[entry] = chunk.bytes;
  table.sampleCounts[entry] = chunk.count;
  table.encodings[entry] = chunk.encoding;
  table.previous[entry] = head.series.newestChunk[row]!;
  head.series.newestChunk[row] = entry;
}

/**
 * Takes over a chunk that is already in the head's memory, with all that follows from its last sample. One that does
 * not lie behind what the series has is let go of.
 */
export function attachFinished(head: Head, row: number, chunk: FinishedChunk): void {
  const state = head.series.state(row);
  const { memory } = head.arena;
  const columns = new SampleColumns(chunk.count);
  const isBehind = chunk.minTimeMs > head.lastTimeMs(row) && memory.u32[(state >>> 2) + U_CHUNK] === 0;
  if (!isBehind || !decodes(head, chunk, columns)) {
    head.arena.free(chunk.address, chunk.bytes, 'finished');
    return;
  }
  addFinished(head, row, chunk);
  const last = columns.length - 1;
  memory.f64[(state >>> 3) + F_LAST_TIME] = columns.times[last]!;
  const histogram = columns.histograms?.[last];
  if (histogram !== undefined) {
    setLastHistogram(head, state, histogram);
  } else {
    memory.u32[(state >>> 2) + U_LAST_LOW] = columns.halves[2 * last]!;
    memory.u32[(state >>> 2) + U_LAST_HIGH] = columns.halves[2 * last + 1]!;
  }
  head.minTimeMs = Math.min(head.minTimeMs, Math.max(chunk.minTimeMs, head.minValidTimeMs));
  head.maxTimeMs = Math.max(head.maxTimeMs, chunk.maxTimeMs);
  head.samplesAppended += chunk.count;
}

/** Whether a chunk in the head's memory can be decoded. */
export function isIntact(head: Head, chunk: FinishedChunk): boolean {
  return decodes(head, chunk, new SampleColumns(chunk.count));
}

function decodes(head: Head, { address, bytes, count, encoding }: FinishedChunk, into: SampleColumns): boolean {
  const chunk = { encoding, bytes: head.arena.memory.u8, start: address, end: address + bytes, count };
  try {
    return (
      decodeChunk(chunk, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, into) === chunk.count && chunk.count > 0
    );
  } catch (error) {
    if (error instanceof CorruptChunkError) return false; // the log has the same samples
    throw error;
  }
}
