/** Reads what BitWriter writes. Bits beyond the end are anything: `check()` says whether the end was passed. */
import { CorruptChunkError } from '../../kernels/xor-chunk.ts';

const TWO_32 = 4294967296;
const TWO_24 = 16777216;

export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #endBit: number;
  /** From the first byte on: addresses of the head times 8 are no small integers. */
  bit = 0;
  /** The double last read by `double`, or the XOR last read by `xor`. */
  low = 0;
  high = 0;

  /** Reads bytes[start..end). */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#endBit = (end - start) * 8;
  }

  get bitsLeft(): number {
    return this.#endBit - this.bit;
  }

  /** Throws CorruptChunkError. */
  check(): void {
    if (this.bit > this.#endBit) throw new CorruptChunkError('chunk ends before its samples do');
  }

  /** 32 bits from here on, without going on. */
  #peek(): number {
    return wordAt(this.#bytes, this.#start, this.bit);
  }

  /** The next `n` (1..32) bits. */
  bits(n: number): number {
    const value = this.#peek() >>> (32 - n);
    this.bit += n;
    return value;
  }

  /** Go's Uvarint of whole bytes, not aligned. */
  uvarint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.bits(8);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw new CorruptChunkError('a varint is too long');
  }

  varint(): number {
    const raw = this.uvarint();
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  /** Exact below 2^53. */
  varbitInt(): number {
    const word = this.#peek();
    if (word >= 0) {
      this.bit++;
      return 0;
    }
    const ones = Math.clz32(~word);
    if (ones >= 7) return this.#large(ones, true);
    const n = WIDTHS[ones]!;
    this.bit += ones + 1 + n;
    const value = (word << (ones + 1)) >>> (32 - n);
    return value > 1 << (n - 1) ? value - (1 << n) : value;
  }

  /** Exact below 2^53. */
  varbitUint(): number {
    const ones = this.ones(8);
    if (ones === 0) return 0;
    return ones >= 7 ? this.#highAndLow(ones === 7 ? 24 : 32, false) : this.bits(WIDTHS[ones]!);
  }

  /** For each value a number that is added to its delta, which is added to the value: varbitInt in one loop. */
  addDeltas(values: Float64Array, deltas: Float64Array): void {
    const bytes = this.#bytes;
    const start = this.#start;
    let { bit } = this;
    for (let i = 0; i < values.length; i++) {
      const word = wordAt(bytes, start, bit);
      if (word >= 0) {
        bit++;
      } else {
        const ones = Math.clz32(~word);
        if (ones >= 7) {
          this.bit = bit;
          deltas[i]! += this.#large(ones, true);
          bit = this.bit;
        } else {
          const n = WIDTHS[ones]!;
          bit += ones + 1 + n;
          const value = (word << (ones + 1)) >>> (32 - n);
          deltas[i]! += value > 1 << (n - 1) ? value - (1 << n) : value;
        }
      }
      values[i]! += deltas[i]!;
    }
    this.bit = bit;
  }

  /** How many ones come first, `most` (below 32) at most; reads them, and the zero that ends fewer. */
  ones(most: number): number {
    const ones = Math.min(most, Math.clz32(~this.#peek()));
    this.bit += ones === most ? most : ones + 1;
    return ones;
  }

  #large(ones: number, signed: boolean): number {
    this.bit += 8;
    return this.#highAndLow(ones === 7 ? 24 : 32, signed);
  }

  #highAndLow(highBits: number, signed: boolean): number {
    const high = this.bits(highBits);
    const low = this.bits(32);
    if (!signed) return high * TWO_32 + low;
    if (highBits === 32) return (high | 0) * TWO_32 + low;
    const isNegative = high > 0x800000 || (high === 0x800000 && low > 0);
    return (isNegative ? high - TWO_24 : high) * TWO_32 + low;
  }

  /** Sets `low` and `high`. */
  double(): void {
    this.high = this.bits(32) | 0;
    this.low = this.bits(32) | 0;
  }

  /** Sets `low` and `high` to the XOR with the stream's value before; see BitWriter.xor. Throws CorruptChunkError. */
  xor(windows: Uint16Array, i: number): void {
    this.low = 0;
    this.high = 0;
    if (this.bits(1) === 0) return;
    if (this.bits(1) === 1) this.newWindow(windows, i);
    this.inWindow(windows[i]!);
  }

  /** Changes doubles `from`..`to`, each by its own stream. Throws CorruptChunkError. */
  xorAll(halves: Uint32Array, windows: Uint16Array, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const word = this.#peek();
      if (word >= 0) {
        this.bit++;
        continue;
      }
      this.bit += 2;
      if ((word & 0x40000000) !== 0) this.newWindow(windows, i);
      this.inWindow(windows[i]!);
      halves[2 * i]! ^= this.low;
      halves[2 * i + 1]! ^= this.high;
    }
  }

  /** Reads 5 bits of leading zeros and 6 of length. */
  newWindow(windows: Uint16Array, i: number): void {
    const leading = this.bits(5);
    const trailing = 64 - leading - (this.bits(6) || 64);
    if (trailing < 0) throw new CorruptChunkError('impossible value width in a chunk');
    windows[i] = leading | (trailing << 8);
  }

  /** Sets `low` and `high` to what is written within a window. */
  inWindow(window: number): void {
    const trailing = window >>> 8;
    const length = 64 - (window & 0xff) - trailing;
    if (length <= 0 || (window & 0xff) === 0xff) throw new CorruptChunkError('impossible value width in a chunk');
    const xorHigh = length > 32 ? this.bits(length - 32) : 0;
    const xorLow = this.bits(Math.min(length, 32));
    if (trailing >= 32) {
      this.high = xorLow << (trailing - 32);
      this.low = 0;
    } else if (trailing > 0) {
      this.high = (xorHigh << trailing) | (xorLow >>> (32 - trailing));
      this.low = xorLow << trailing;
    } else {
      this.high = xorHigh | 0;
      this.low = xorLow | 0;
    }
  }
}

/** 32 bits, the first of them the highest; bits beyond the array are 0. */
function wordAt(bytes: Uint8Array, start: number, bit: number): number {
  const at = start + (bit >>> 3);
  const shift = bit & 7;
  const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  return shift === 0 ? word : (word << shift) | (bytes[at + 4]! >>> (8 - shift));
}

/** Bits of a varbit number by the ones in front of it. */
const WIDTHS = [0, 3, 6, 9, 12, 18, 25];
