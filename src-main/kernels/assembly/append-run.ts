/**
 * AssemblyScript: appendRun of ../xor-chunk.ts, in the shared memory that holds the states and chunks. The samples are
 * staged in the memory's first page: PIECE addresses of states at 64, then PIECE times, then PIECE values as bits.
 */
const PIECE: usize = 2048;
const STATES: usize = 64;
const TIMES: usize = STATES + 4 * PIECE;
const VALUES: usize = TIMES + 8 * PIECE;
/** A sum that nobody reads is kept here, in bytes that belong to nobody. */
const TOUCHED: usize = 4;
const TOUCHED_AT_ONCE: u32 = 32;

const LAST_TIME: usize = 0;
const LAST_VALUE: usize = 8;
const DELTA: usize = 16;
const CUT_TIME: usize = 24;
const FIRST_TIME: usize = 32;
const CHUNK: usize = 40;
const BITS: usize = 44;
const LIMIT_BITS: usize = 48;
const COUNT: usize = 52;
const ASK_COUNT: usize = 56;
const WINDOW: usize = 60;
const NO_WINDOW: u32 = 0xff;

export function append(from: u32, to: u32): u32 {
  let touched = from;
  for (let i = from; i < to; i++) {
    if (i === touched) touched = touchAhead(i, to);
    const state = <usize>load<u32>(STATES + ((<usize>i) << 2));
    const time = load<f64>(TIMES + ((<usize>i) << 3));
    const lastTime = load<f64>(state, LAST_TIME);
    const chunk = <usize>load<u32>(state, CHUNK);
    const count = load<u32>(state, COUNT);
    let bit = load<u32>(state, BITS);
    if (bit > load<u32>(state, LIMIT_BITS) || count >= load<u32>(state, ASK_COUNT)) return i;
    if (time >= load<f64>(state, CUT_TIME) || time <= lastTime || chunk === 0) return i;
    const value = load<u64>(VALUES + ((<usize>i) << 3));
    if (count === 0) {
      const t = <i64>time;
      bit = writeVarint(chunk, bit, <u64>((t << 1) ^ (t >> 63)));
      bit = write64(chunk, bit, value);
      store<f64>(state, time, FIRST_TIME);
    } else {
      const delta = time - lastTime;
      let prefix: u64 = 0;
      let prefixBits: u32 = 0;
      if (count === 1) {
        bit = writeVarint(chunk, bit, <u64>delta);
      } else {
        const dod = <i64>(delta - load<f64>(state, DELTA));
        if (dod === 0) {
          prefixBits = 1;
        } else if (dod >= -8191 && dod <= 8192) {
          prefix = (0b10 << 14) | <u64>(dod & 0x3fff);
          prefixBits = 16;
        } else if (dod >= -65535 && dod <= 65536) {
          prefix = (0b110 << 17) | <u64>(dod & 0x1ffff);
          prefixBits = 20;
        } else if (dod >= -524287 && dod <= 524288) {
          prefix = (0b1110 << 20) | <u64>(dod & 0xfffff);
          prefixBits = 24;
        } else {
          writeBits(chunk, bit, 0b1111, 4);
          bit = write64(chunk, bit + 4, <u64>dod);
        }
      }
      store<f64>(state, delta, DELTA);
      const xor = value ^ load<u64>(state, LAST_VALUE);
      if (xor === 0) {
        writeBits(chunk, bit, prefix << 1, prefixBits + 1);
        bit += prefixBits + 1;
      } else {
        let window = load<u32>(state, WINDOW);
        const leading = min(<u32>clz<u64>(xor), 31);
        const trailing = <u32>ctz<u64>(xor);
        if ((window & 0xff) !== NO_WINDOW && leading >= (window & 0xff) && trailing >= window >>> 8) {
          prefix = (prefix << 2) | 0b10;
          prefixBits += 2;
        } else {
          window = leading | (trailing << 8);
          store<u32>(state, window, WINDOW);
          prefix = (prefix << 13) | (0b11 << 11) | (leading << 6) | ((64 - leading - trailing) & 63);
          prefixBits += 13;
        }
        const length = 64 - (window & 0xff) - (window >>> 8);
        const shifted = xor >>> <u64>(window >>> 8);
        if (prefixBits + length <= 64) {
          writeBits(chunk, bit, (prefix << (<u64>length)) | shifted, prefixBits + length);
        } else {
          writeBits(chunk, bit, prefix, prefixBits);
          writeBits(chunk, bit + prefixBits, shifted, length);
        }
        bit += prefixBits + length;
      }
    }
    store<f64>(state, time, LAST_TIME);
    store<u64>(state, value, LAST_VALUE);
    store<u32>(state, bit, BITS);
    store<u32>(state, count + 1, COUNT);
  }
  return to;
}

/** Reads where the next samples will be written, all in a row, so that the misses of the cache overlap. */
function touchAhead(from: u32, to: u32): u32 {
  const end = min(to, from + TOUCHED_AT_ONCE);
  let sum: u32 = 0;
  for (let i = from; i < end; i++) {
    const state = <usize>load<u32>(STATES + ((<usize>i) << 2));
    sum ^= load<u32>(<usize>load<u32>(state, CHUNK) + ((load<u32>(state, BITS) >>> 5) << 2));
  }
  store<u32>(TOUCHED, sum);
  return end;
}

function writeVarint(chunk: usize, at: u32, value: u64): u32 {
  let bit = at;
  let rest = value;
  while (rest >= 128) {
    writeBits(chunk, bit, (rest & 127) | 128, 8);
    rest >>>= 7;
    bit += 8;
  }
  writeBits(chunk, bit, rest, 8);
  return bit + 8;
}

function write64(chunk: usize, bit: u32, value: u64): u32 {
  writeBits(chunk, bit, value, 64);
  return bit + 64;
}

/**
 * Writes the low `n` (1..64) bits of `value`, whose others are 0, into the words of a chunk, as ../xor-chunk.ts does:
 * bits already written are ored over, and each new word of 32 bits is assigned whole.
 */
function writeBits(chunk: usize, bit: u32, value: u64, n: u32): void {
  const used = bit & 31;
  const word = chunk + ((bit >>> 5) << 2);
  const aligned = value << (<u64>(64 - n));
  const first = bswap<u32>(<u32>(aligned >>> <u64>(32 + used)));
  store<u32>(word, used === 0 ? first : load<u32>(word) | first);
  if (used + n > 32) {
    const rest = aligned << (<u64>(32 - used));
    store<u32>(word, bswap<u32>(<u32>(rest >>> 32)), 4);
    if (used + n > 64) store<u32>(word, bswap<u32>(<u32>rest), 8);
  }
}
