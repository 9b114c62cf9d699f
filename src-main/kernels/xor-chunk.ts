/**
 * The XOR float chunk (encoding 1) of prometheus/tsdb/chunkenc/xor.go, on 32-bit halves: numbers are never BigInts and
 * values never pass through a double, so NaN payloads survive bit for bit. `xor-chunk.reference.ts` is the oracle; the
 * bit layout is drawn in tsdb/README.md. `xor-decoder.ts` and `run-appender.ts` do the same in WebAssembly where they can,
 * and fall back on this.
 *
 * An open chunk is described by a state record of STATE_BYTES in the same linear memory as its bytes (all little
 * endian, addresses in bytes), which assembly/append-run.ts reads and writes too:
 *    0 f64 last time          8 u32 last value, low     12 u32 last value, high     16 f64 last delta
 *   24 f64 cut time          32 f64 first time          40 u32 chunk address (0: no open chunk)
 *   44 u32 bits used         48 u32 bits at which the chunk must grow or end        52 u32 samples
 *   56 u32 samples at which the owner wants to be asked                             60 u8 leading (0xff: none), u8 trailing
 */
import type { SampleColumns } from '../model/sample-columns.ts';
import type { SharedMemory } from './shared-memory.ts';

export const STATE_BYTES = 64;
export const F_LAST_TIME = 0;
export const U_LAST_LOW = 2;
export const U_LAST_HIGH = 3;
export const F_DELTA = 2;
export const F_CUT_TIME = 3;
export const F_FIRST_TIME = 4;
export const U_CHUNK = 10;
export const U_BITS = 11;
export const U_LIMIT_BITS = 12;
export const U_COUNT = 13;
export const U_ASK_COUNT = 14;
export const U_WINDOW = 15;

/** A sample takes at most 4 + 64 + 2 + 11 + 64 bits, and the first one 10 + 8 bytes after the header of 2. */
export const MAX_SAMPLE_BITS = 145;
/** Readers look up to this many bytes beyond the end of a chunk: memory that holds chunks ends with as many spare. */
export const READ_AHEAD_BYTES = 8;
const NO_WINDOW = 0xff;
const TOUCHED_AT_ONCE = 32;
/** The first bytes of the memory belong to nobody. */
const TOUCHED_WORD = 1;
const TWO_32 = 4294967296;

export class CorruptChunkError extends Error {
  override readonly name = 'CorruptChunkError';
}

/** Samples to append, by column; values as halves (low, high) of each double. */
export interface SampleRun {
  /** Address of the state record each sample belongs to. */
  readonly states: Uint32Array;
  readonly times: Float64Array;
  readonly halves: Uint32Array;
}

/** Makes a state record that of a series without samples. */
export function resetState(memory: SharedMemory, state: number): void {
  memory.u32.fill(0, state >>> 2, (state + STATE_BYTES) >>> 2);
  memory.f64[(state >>> 3) + F_LAST_TIME] = Number.NEGATIVE_INFINITY;
}

/** Makes `chunkAddress`, a multiple of 4, the empty open chunk of a state; the last time and value are kept. */
export function openChunk(memory: SharedMemory, state: number, chunkAddress: number): void {
  const w = state >>> 2;
  memory.u32[chunkAddress >>> 2] = 0;
  memory.u32[w + U_CHUNK] = chunkAddress;
  memory.u32[w + U_BITS] = 16;
  memory.u32[w + U_COUNT] = 0;
  memory.u32[w + U_WINDOW] = NO_WINDOW;
}

/**
 * Appends samples `from`..`to` of the run, and stops before the first that its owner must decide about: no open chunk,
 * cut time or asked count reached, no room, or not later than the last sample. Returns where it stopped.
 *
 * One long loop on purpose: numbers that do not fit a small integer would be boxed on their way through a call.
 */
export function appendRunPlain(memory: SharedMemory, run: SampleRun, from: number, to: number): number {
  const { u32, f64 } = memory;
  const { states, times, halves } = run;
  let touched = from;
  for (let i = from; i < to; i++) {
    if (i === touched) touched = touchAhead(u32, states, i, to);
    const w = states[i]! >>> 2;
    const f = w >>> 1;
    const t = times[i]!;
    const lastTime = f64[f + F_LAST_TIME]!;
    const chunk = u32[w + U_CHUNK]!;
    const count = u32[w + U_COUNT]!;
    let bit = u32[w + U_BITS]!;
    if (bit > u32[w + U_LIMIT_BITS]! || count >= u32[w + U_ASK_COUNT]!) return i;
    if (t >= f64[f + F_CUT_TIME]! || t <= lastTime || chunk === 0) return i;
    const low = halves[2 * i]! | 0;
    const high = halves[2 * i + 1]! | 0;
    if (count === 0) {
      bit = writeVarint(u32, chunk, bit, t >= 0 ? 2 * t : -2 * t - 1);
      writeBits(u32, chunk, bit, high, 32);
      writeBits(u32, chunk, bit + 32, low, 32);
      bit += 64;
      f64[f + F_FIRST_TIME] = t;
    } else {
      const delta = t - lastTime;
      let prefix = 0;
      let prefixBits = 0;
      if (count === 1) {
        bit = writeVarint(u32, chunk, bit, delta);
      } else {
        const dod = delta - f64[f + F_DELTA]!;
        if (dod === 0) {
          prefixBits = 1;
        } else if (dod >= -8191 && dod <= 8192) {
          prefix = (0b10 << 14) | (dod & 0x3fff);
          prefixBits = 16;
        } else {
          bit = writeLargeDod(u32, chunk, bit, dod);
        }
      }
      f64[f + F_DELTA] = delta;
      const xorLow = low ^ u32[w + U_LAST_LOW]!;
      const xorHigh = high ^ u32[w + U_LAST_HIGH]!;
      if ((xorLow | xorHigh) === 0) {
        writeBits(u32, chunk, bit, prefix << 1, prefixBits + 1);
        bit += prefixBits + 1;
      } else {
        const window = u32[w + U_WINDOW]!;
        const newWindow = windowFor(window, xorLow, xorHigh);
        if (newWindow === window) {
          writeBits(u32, chunk, bit, (prefix << 2) | 0b10, prefixBits + 2);
          bit += prefixBits + 2;
        } else {
          u32[w + U_WINDOW] = newWindow;
          const leading = newWindow & 0xff;
          const significant = (64 - leading - (newWindow >>> 8)) & 63;
          writeBits(u32, chunk, bit, (prefix << 13) | (0b11 << 11) | (leading << 6) | significant, prefixBits + 13);
          bit += prefixBits + 13;
        }
        bit = writeWindow(u32, chunk, bit, newWindow, xorLow, xorHigh);
      }
    }
    f64[f + F_LAST_TIME] = t;
    u32[w + U_LAST_LOW] = low;
    u32[w + U_LAST_HIGH] = high;
    u32[w + U_BITS] = bit;
    u32[w + U_COUNT] = count + 1;
  }
  return to;
}

/**
 * Reads where the next samples will be written, all in a row: chunks lie far apart, and misses of the cache that follow
 * one another closely are served together. Returns where to do so again.
 */
function touchAhead(u32: Uint32Array, states: Uint32Array, from: number, to: number): number {
  const end = Math.min(to, from + TOUCHED_AT_ONCE);
  let sum = 0;
  for (let i = from; i < end; i++) {
    const w = states[i]! >>> 2;
    sum ^= u32[(u32[w + U_CHUNK]! >>> 2) + (u32[w + U_BITS]! >>> 5)]!;
  }
  u32[TOUCHED_WORD] = sum; // a result that nobody used would not be computed
  return end;
}

/** The window (leading | trailing << 8) to write a XOR in: the present one where it fits, else the tightest. */
function windowFor(window: number, low: number, high: number): number {
  const leading = high !== 0 ? Math.min(31, Math.clz32(high)) : 31;
  const trailing = low !== 0 ? 31 - Math.clz32(low & -low) : 63 - Math.clz32(high & -high);
  const presentLeading = window & 0xff;
  return presentLeading !== NO_WINDOW && leading >= presentLeading && trailing >= window >>> 8
    ? window
    : leading | (trailing << 8);
}

/** Writes the bits of a XOR within the window; returns the next bit. */
// biome-ignore lint/complexity/useMaxParams: a kernel passes numbers, never objects
function writeWindow(u32: Uint32Array, chunk: number, bit: number, window: number, low: number, high: number): number {
  const trailing = window >>> 8;
  const length = 64 - (window & 0xff) - trailing;
  const shiftedLow =
    trailing === 0 ? low : trailing < 32 ? (low >>> trailing) | (high << (32 - trailing)) : high >>> (trailing - 32);
  if (length > 32) {
    writeBits(u32, chunk, bit, trailing === 0 ? high : high >>> trailing, length - 32);
    writeBits(u32, chunk, bit + length - 32, shiftedLow, 32);
  } else {
    writeBits(u32, chunk, bit, shiftedLow, length);
  }
  return bit + length;
}

function writeLargeDod(u32: Uint32Array, chunk: number, bit: number, dod: number): number {
  if (dod >= -65535 && dod <= 65536) {
    writeBits(u32, chunk, bit, (0b110 << 17) | (dod & 0x1ffff), 20);
    return bit + 20;
  }
  if (dod >= -524287 && dod <= 524288) {
    writeBits(u32, chunk, bit, (0b1110 << 20) | (dod & 0xfffff), 24);
    return bit + 24;
  }
  writeBits(u32, chunk, bit, 0b1111, 4);
  writeBits(u32, chunk, bit + 4, Math.floor(dod / TWO_32), 32);
  writeBits(u32, chunk, bit + 36, dod, 32);
  return bit + 68;
}

/** Go's PutUvarint; `value` is a non-negative integer below 2^63. */
function writeVarint(u32: Uint32Array, chunk: number, at: number, value: number): number {
  let bit = at;
  let rest = value;
  while (rest >= 128) {
    writeBits(u32, chunk, bit, (rest % 128) | 128, 8);
    rest = Math.floor(rest / 128);
    bit += 8;
  }
  writeBits(u32, chunk, bit, rest, 8);
  return bit + 8;
}

/**
 * Writes the low `n` (1..32) bits of `value` into the words of a chunk, which begins at a multiple of 4. Bits already
 * written are only ever ored over, and each new word is assigned whole, so a reader of earlier samples on another
 * thread sees them unchanged.
 */
function writeBits(u32: Uint32Array, chunk: number, bit: number, value: number, n: number): void {
  const word = (chunk >>> 2) + (bit >>> 5);
  const used = bit & 31;
  const aligned = value << (32 - n);
  if (used === 0) {
    u32[word] = swapBytes(aligned);
  } else {
    u32[word] = u32[word]! | swapBytes(aligned >>> used);
    if (used + n > 32) u32[word + 1] = swapBytes(aligned << (32 - used));
  }
}

/** The machine's words are little endian, the chunk's bits begin at the highest of the first byte. */
function swapBytes(x: number): number {
  return (x << 24) | ((x << 8) & 0xff0000) | ((x >>> 8) & 0xff00) | (x >>> 24);
}

/** Where a chunk lies: its bytes from the two of the sample count on, and how many samples of it to believe in. */
export interface ChunkBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Exclusive. READ_AHEAD_BYTES beyond it should exist (their content does not matter). */
  readonly end: number;
  readonly count: number;
}

/** 32 bits from `bit` on (left aligned, bits beyond the array are 0). */
function peek(bytes: Uint8Array, start: number, bit: number): number {
  const at = start + (bit >>> 3);
  const shift = bit & 7;
  const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  return shift === 0 ? word : (word << shift) | (bytes[at + 4]! >>> (8 - shift));
}

/**
 * Appends the samples with minT <= t <= maxT to `into`; returns how many. Stops early beyond maxT. Throws
 * CorruptChunkError when the bytes end before the samples do.
 */
export function decodeXorPlain(chunk: ChunkBytes, minT: number, maxT: number, into: SampleColumns): number {
  const { bytes, start, count } = chunk;
  const endBit = (chunk.end - start) * 8;
  if (count === 0) return 0;
  into.reserve(count);
  const { times, halves } = into;
  const before = into.length;
  let n = before;
  let bit = 16;
  let t = 0;
  let delta = 0;
  let low = 0;
  let high = 0;
  let leading = 0;
  let trailing = 0;
  for (let i = 0; i < count; i++) {
    let word: number;
    if (i < 2) {
      // a varint of whole bytes: zig-zag for the first time, plain for the first delta
      let scale = 1;
      let raw = 0;
      for (let k = 0; k < 10; k++) {
        const byte = peek(bytes, start, bit) >>> 24;
        bit += 8;
        raw += (byte & 127) * scale;
        if (byte < 128) break;
        scale *= 128;
      }
      if (i === 0) {
        t = raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
        high = peek(bytes, start, bit);
        low = peek(bytes, start, bit + 32);
        bit += 64;
        if (bit > endBit) throw new CorruptChunkError('chunk ends within its first sample');
        if (t > maxT) break;
        if (t >= minT) {
          times[n] = t;
          halves[2 * n] = low;
          halves[2 * n + 1] = high;
          n++;
        }
        continue;
      }
      delta = raw;
      word = peek(bytes, start, bit);
    } else {
      word = peek(bytes, start, bit);
      if (word >= 0) {
        bit++;
        word <<= 1;
      } else {
        if (word < 0xc0000000 - TWO_32) {
          const v = (word << 2) >>> 18;
          delta += v > 8192 ? v - 16384 : v;
          bit += 16;
        } else if (word < 0xe0000000 - TWO_32) {
          const v = (word << 3) >>> 15;
          delta += v > 65536 ? v - 131072 : v;
          bit += 20;
        } else if (word < 0xf0000000 - TWO_32) {
          const v = (word << 4) >>> 12;
          delta += v > 524288 ? v - 1048576 : v;
          bit += 24;
        } else {
          delta += peek(bytes, start, bit + 4) * TWO_32 + (peek(bytes, start, bit + 36) >>> 0);
          bit += 68;
        }
        word = peek(bytes, start, bit);
      }
    }
    t += delta;
    // `word` holds at least 31 bits from the value's control bits on
    if (word >= 0) {
      bit++;
    } else {
      if ((word & 0x40000000) === 0) {
        bit += 2;
      } else {
        leading = (word >>> 25) & 31;
        trailing = 64 - leading - ((word >>> 19) & 63 || 64);
        bit += 13;
      }
      const length = 64 - leading - trailing;
      if (trailing < 0) throw new CorruptChunkError('impossible value width in a chunk');
      let xorHigh = 0;
      let xorLow: number;
      if (length > 32) {
        xorHigh = peek(bytes, start, bit) >>> (64 - length);
        xorLow = peek(bytes, start, bit + length - 32);
      } else {
        xorLow = peek(bytes, start, bit) >>> (32 - length);
      }
      bit += length;
      if (trailing >= 32) {
        high ^= xorLow << (trailing - 32);
      } else if (trailing > 0) {
        high ^= (xorHigh << trailing) | (xorLow >>> (32 - trailing));
        low ^= xorLow << trailing;
      } else {
        high ^= xorHigh;
        low ^= xorLow;
      }
    }
    if (t > maxT) break;
    if (t >= minT) {
      times[n] = t;
      halves[2 * n] = low;
      halves[2 * n + 1] = high;
      n++;
    }
  }
  if (bit > endBit) throw new CorruptChunkError('chunk ends before its samples do');
  into.length = n;
  return n - before;
}
