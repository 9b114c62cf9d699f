/**
 * AssemblyScript: points of a series as JSON text, `PREFIX value "]` each: the shortest decimal that reads back as the
 * same double, by Raffaello Giulietti's Schubfach ("The Schubfach way to render doubles", 2020), in the notation of
 * Prometheus (util/jsonutil/marshal.go).
 *
 *      0  POWERS    617 pairs of u64, high half first: 10^k for k = -292 .. 324, its 128 highest bits, rounded up
 *  10240  PAIRS     "00" .. "99"
 *  12288  VALUES    2048 f64
 *  28672  PRESENT   2048 u8: 1 is printed, all else is left out
 *  30720  PREFIXES  2048 slots of 32 bytes: length, then text
 *  96256  OUTPUT    at most 60 bytes a point
 */
const POWERS: usize = 0;
const PAIRS: usize = 10240;
const VALUES: usize = 12288;
const PRESENT: usize = 28672;
const PREFIXES: usize = 30720;
const OUTPUT: usize = 96256;
/** The digits of one number, written backwards from here. */
const DIGITS_END: usize = 12288;

const MIN_POWER: i32 = -292;
const MAX_EXACT: f64 = 9007199254740992;

function mulHigh(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >>> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >>> 32;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 32);
  const other = aLow * bHigh + (middle & 0xffffffff);
  return aHigh * bHigh + (middle >>> 32) + (other >>> 32);
}

/** The 64 highest bits of (high, low) x c, the lowest of them set where anything below is. */
function roundToOdd(high: u64, low: u64, c: u64): u64 {
  const x1 = mulHigh(low, c);
  const y0 = high * c;
  const sum = y0 + x1;
  const y1 = mulHigh(high, c) + <u64>(sum < y0);
  return y1 | <u64>(sum > 1);
}

/** Of the last number taken apart: digits x 10^exponent. */
let digits: u64 = 0;
let exponent: i32 = 0;

/** `bits` of a finite number that is not zero, its sign cleared. */
function takeApart(bits: u64): void {
  const fraction = bits & 0xfffffffffffff;
  const biased = <i32>(bits >>> 52);
  const c = biased !== 0 ? fraction | 0x10000000000000 : fraction;
  const q = biased !== 0 ? biased - 1075 : -1074;
  const isEven = (c & 1) === 0;
  const isCloser = fraction === 0 && biased > 1;
  const k = (q * 1262611 - (isCloser ? 524031 : 0)) >> 22;
  const h = q + ((-k * 1741647) >> 19) + 1;
  const at = POWERS + <usize>((-k - MIN_POWER) << 4);
  const high = load<u64>(at);
  const low = load<u64>(at, 8);
  const shift = <u64>h;
  const below = roundToOdd(high, low, (4 * c - 2 + <u64>isCloser) << shift) + <u64>!isEven;
  const exact = roundToOdd(high, low, (4 * c) << shift);
  const above = roundToOdd(high, low, (4 * c + 2) << shift) - <u64>!isEven;
  const s = exact >>> 2;
  exponent = k;
  if (s >= 10) {
    const tenth = s / 10;
    const isUpIn = below <= 40 * tenth;
    if (isUpIn !== 40 * tenth + 40 <= above) {
      digits = tenth + <u64>!isUpIn;
      exponent = k + 1;
      return;
    }
  }
  const isUpIn = below <= 4 * s;
  if (isUpIn !== 4 * s + 4 <= above) {
    digits = s + <u64>!isUpIn;
    return;
  }
  const middle = 4 * s + 2;
  digits = s + <u64>(exact > middle || (exact === middle && (s & 1) !== 0));
}

function dropZeros(): void {
  while (digits % 100000000 === 0) {
    digits /= 100000000;
    exponent += 8;
  }
  while (digits % 10 === 0) {
    digits /= 10;
    exponent++;
  }
}

/** The decimal digits of `value` before DIGITS_END; returns where they begin. */
function writeDigits(value: u64): usize {
  let at = DIGITS_END;
  let rest = value;
  while (rest >= 100000000) {
    const upper = rest / 100000000;
    let part = <u32>(rest - upper * 100000000);
    rest = upper;
    for (let i = 0; i < 4; i++) {
      const less = part / 100;
      at -= 2;
      store<u16>(at, load<u16>(PAIRS + <usize>((part - less * 100) << 1)));
      part = less;
    }
  }
  let part = <u32>rest;
  while (part >= 10) {
    const less = part / 100;
    at -= 2;
    store<u16>(at, load<u16>(PAIRS + <usize>((part - less * 100) << 1)));
    part = less;
  }
  if (part > 0 || at === DIGITS_END) store<u8>(--at, <u8>(48 + part));
  return at;
}

/** digits x 10^exponent at `out`; returns the end. */
function writeDecimal(out: usize): usize {
  let first = writeDigits(digits);
  if (load<u8>(first) === 48 && first + 1 < DIGITS_END) first++; // a pair wrote a leading zero
  const count = <i32>(DIGITS_END - first);
  const point = count + exponent;
  if (point > 21 || point <= -6) return writeExponential(out, first, count, point - 1);
  if (point <= 0) {
    store<u16>(out, 0x2e30); // 0.
    memory.fill(out + 2, 48, -point);
    memory.copy(out + 2 - point, first, count);
    return out + 2 - point + count;
  }
  if (exponent >= 0) {
    memory.copy(out, first, count);
    memory.fill(out + count, 48, exponent);
    return out + point;
  }
  memory.copy(out, first, point);
  store<u8>(out + point, 46);
  memory.copy(out + point + 1, first + point, count - point);
  return out + count + 1;
}

function writeExponential(out: usize, first: usize, count: i32, power: i32): usize {
  let at = out;
  store<u8>(at++, load<u8>(first));
  if (count > 1) {
    store<u8>(at++, 46);
    memory.copy(at, first + 1, count - 1);
    at += count - 1;
  }
  store<u8>(at++, 101); // e
  store<u8>(at++, power < 0 ? 45 : 43);
  let size = <u32>abs(power);
  if (size >= 100) {
    store<u8>(at++, <u8>(48 + size / 100));
    size %= 100;
  }
  store<u16>(at, load<u16>(PAIRS + <usize>(size << 1)));
  return at + 2;
}

function writeNumber(start: usize, value: f64): usize {
  let out = start;
  const size = abs(value);
  if (!(size <= Infinity)) {
    store<u16>(out, 0x614e); // Na
    store<u8>(out, 0x4e, 2);
    return out + 3;
  }
  const bits = reinterpret<u64>(value);
  if (size === Infinity) {
    store<u32>(out, bits >>> 63 ? 0x666e492d : 0x666e492b); // -Inf, +Inf
    return out + 4;
  }
  if (bits >>> 63) store<u8>(out++, 45);
  if (size < MAX_EXACT && Math.trunc(size) === size) {
    let first = writeDigits(<u64>size);
    if (load<u8>(first) === 48 && first + 1 < DIGITS_END) first++;
    memory.copy(out, first, DIGITS_END - first);
    return out + (DIGITS_END - first);
  }
  takeApart((bits << 1) >>> 1);
  dropZeros();
  return writeDecimal(out);
}

/** Prints the present ones of `count` points to OUTPUT; returns how many bytes that takes. */
export function print(count: u32): u32 {
  let out = OUTPUT;
  for (let i: u32 = 0; i < count; i++) {
    if (load<u8>(PRESENT + i) !== 1) continue;
    const prefix = PREFIXES + ((<usize>i) << 5);
    // Copied as if all slots were full: what is too much is written over.
    store<u64>(out, load<u64>(prefix, 1));
    store<u64>(out, load<u64>(prefix, 9), 8);
    store<u64>(out, load<u64>(prefix, 17), 16);
    store<u64>(out, load<u64>(prefix, 24), 23);
    out = writeNumber(out + load<u8>(prefix), load<f64>(VALUES + ((<usize>i) << 3)));
    store<u16>(out, 0x5d22); // "]
    out += 2;
  }
  return <u32>(out - OUTPUT);
}
