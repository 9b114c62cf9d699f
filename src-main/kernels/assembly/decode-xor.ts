/**
 * AssemblyScript: decodeXor of ../xor-chunk.ts over one page of memory of its own. One chunk at a time: its bytes are put
 * at INPUT, its samples are found at TIMES and VALUES.
 *
 *      0  INPUT   16 KiB, the last 64 bytes of it spare
 *  16384  TIMES   2048 f64
 *  32768  VALUES  2048 f64, moved as bits only
 */
const INPUT: usize = 0;
const TIMES: usize = 16384;
const VALUES: usize = 32768;

/** In place of a count of samples: the bytes end before the samples do, or a value of impossible width. */
const ENDS_EARLY: i32 = -1;
const BAD_WIDTH: i32 = -2;

/** At least 57 bits from `bit` on, left aligned. */
function peek(bit: u32): u64 {
  const bytes = v128.load_zero<u64>(INPUT + (bit >>> 3));
  const swapped = v128.swizzle(bytes, i8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
  return v128.extract_lane<u64>(swapped, 0) << (<u64>(bit & 7));
}

/** `n` (1..64) bits from `bit` on, right aligned. */
function bits(bit: u32, n: u32): u64 {
  if (n <= 57) return peek(bit) >>> <u64>(64 - n);
  return ((peek(bit) >>> 32) << (<u64>(n - 32))) | (peek(bit + 32) >>> <u64>(96 - n));
}

/**
 * Returns how many samples with minT <= t <= maxT it found. Times are exact as 64-bit integers here; beyond 2^53, where
 * only garbage lies, they are not those of ../xor-chunk.ts.
 */
export function decode(bytes: u32, count: u32, minT: f64, maxT: f64): i32 {
  const endBit = bytes * 8;
  let bit: u32 = 16;
  let raw: u64 = 0;
  let at: u32 = 0;
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    const byte = <u64>load<u8>(INPUT + (bit >>> 3));
    bit += 8;
    raw |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  let t: i64 = <i64>(raw >>> 1) ^ -(<i64>(raw & 1));
  let value = bits(bit, 64);
  bit += 64;
  if (bit > endBit) return ENDS_EARLY;
  let time = <f64>t;
  if (time > maxT) return 0;
  if (time >= minT) {
    store<f64>(TIMES, time);
    store<u64>(VALUES, value);
    at = 8;
  }
  if (count === 1) return <i32>(at >>> 3);
  let delta: i64 = 0;
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    const byte = <u64>load<u8>(INPUT + (bit >>> 3));
    bit += 8;
    delta |= <i64>((byte & 127) << shift);
    if (byte < 128) break;
  }
  let leading: u32 = 0;
  let trailing: u32 = 0;
  let word = peek(bit);
  for (let i: u32 = 1; ; ) {
    // `word` holds at least 37 bits from the value's control bits on
    t += delta;
    if (<i64>word >= 0) {
      bit += 1;
    } else {
      if ((word & 0x4000000000000000) === 0) {
        bit += 2;
      } else {
        leading = <u32>(word >>> 57) & 31;
        const length = <u32>(word >>> 51) & 63;
        trailing = 64 - leading - (length === 0 ? 64 : length);
        if (<i32>trailing < 0) return BAD_WIDTH;
        bit += 13;
      }
      const length = 64 - leading - trailing;
      value ^= bits(bit, length) << (<u64>trailing);
      bit += length;
    }
    time = <f64>t;
    if (time > maxT) break;
    if (time >= minT) {
      store<f64>(TIMES + at, time);
      store<u64>(VALUES + at, value);
      at += 8;
    }
    if (++i === count) break;
    if (bit > endBit) return ENDS_EARLY;
    word = peek(bit);
    if (<i64>word >= 0) {
      bit += 1;
      word <<= 1;
    } else if (word >>> 62 === 0b10) {
      const v = <i64>((word << 2) >>> 50);
      delta += v > 8192 ? v - 16384 : v;
      bit += 16;
      word <<= 16;
    } else if (word >>> 61 === 0b110) {
      const v = <i64>((word << 3) >>> 47);
      delta += v > 65536 ? v - 131072 : v;
      bit += 20;
      word <<= 20;
    } else if (word >>> 60 === 0b1110) {
      const v = <i64>((word << 4) >>> 44);
      delta += v > 524288 ? v - 1048576 : v;
      bit += 24;
      word = peek(bit);
    } else {
      delta += <i64>bits(bit + 4, 64);
      bit += 68;
      word = peek(bit);
    }
  }
  return bit > endBit ? ENDS_EARLY : <i32>(at >>> 3);
}
