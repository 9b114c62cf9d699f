/**
 * Writes bits from the highest of each byte on (tsdb/chunkenc/bstream.go, varbit.go, and xorWrite of xor.go). The array
 * grows; whoever takes the bytes out copies them.
 */
const TWO_32 = 4294967296;
const TWO_55 = 2 ** 55;
/** No window yet. */
export const NO_WINDOW = 0xff;

export class BitWriter {
  bytes = new Uint8Array(4096);
  /** Where the next bit goes. */
  bit = 0;

  clear(): void {
    this.bit = 0;
  }

  get byteLength(): number {
    return (this.bit + 7) >>> 3;
  }

  /** Makes room for so many bits more. */
  reserve(bits: number): void {
    const needed = (this.bit + bits + 7) >>> 3;
    if (needed <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    bytes.set(this.bytes.subarray(0, this.byteLength));
    this.bytes = bytes;
  }

  /** The low `n` (0..32) bits of a value; room must have been made for all that is written. */
  bits(value: number, n: number): void {
    const { bytes } = this;
    let { bit } = this;
    let left = n;
    while (left > 0) {
      const used = bit & 7;
      const take = Math.min(8 - used, left);
      left -= take;
      const part = ((value >>> left) & ((1 << take) - 1)) << (8 - used - take);
      const at = bit >>> 3;
      bytes[at] = used === 0 ? part : bytes[at]! | part;
      bit += take;
    }
    this.bit = bit;
  }

  halves(low: number, high: number): void {
    this.bits(high, 32);
    this.bits(low, 32);
  }

  /** A whole number; exact below 2^53. */
  varbitInt(value: number): void {
    if (value === 0) this.bits(0, 1);
    else if (value >= -3 && value <= 4) this.bits((0b10 << 3) | (value & 7), 5);
    else if (value >= -31 && value <= 32) this.bits((0b110 << 6) | (value & 63), 9);
    else if (value >= -255 && value <= 256) this.bits((0b1110 << 9) | (value & 511), 13);
    else if (value >= -2047 && value <= 2048) this.bits((0b11110 << 12) | (value & 4095), 17);
    else if (value >= -131071 && value <= 131072) this.bits((0b111110 << 18) | (value & 0x3ffff), 24);
    else if (value >= -16777215 && value <= 16777216) this.bits((0b1111110 << 25) | (value & 0x1ffffff), 32);
    else this.#large(value, value > -TWO_55 && value <= TWO_55);
  }

  /** A whole number from 0 on; exact below 2^53. */
  varbitUint(value: number): void {
    if (value === 0) this.bits(0, 1);
    else if (value <= 7) this.bits((0b10 << 3) | value, 5);
    else if (value <= 63) this.bits((0b110 << 6) | value, 9);
    else if (value <= 511) this.bits((0b1110 << 9) | value, 13);
    else if (value <= 4095) this.bits((0b11110 << 12) | value, 17);
    else if (value <= 0x3ffff) this.bits((0b111110 << 18) | value, 24);
    else if (value <= 0x1ffffff) this.bits((0b1111110 << 25) | value, 32);
    else this.#large(value, value < 2 * TWO_55);
  }

  #large(value: number, fits56: boolean): void {
    this.bits(fits56 ? 0b11111110 : 0b11111111, 8);
    this.bits(Math.floor(value / TWO_32), fits56 ? 24 : 32);
    this.bits(value, 32);
  }

  /**
   * The XOR of a double and the one before, as in XOR chunks. `windows[i]` is the stream's window: leading zeros and,
   * above 8 bits, trailing ones; NO_WINDOW at first.
   */
  xor(low: number, high: number, windows: Uint16Array, i: number): void {
    if ((low | high) === 0) {
      this.bits(0, 1);
      return;
    }
    const present = windows[i]!;
    let leading = high !== 0 ? Math.min(31, Math.clz32(high)) : 31;
    let trailing = low !== 0 ? 31 - Math.clz32(low & -low) : 63 - Math.clz32(high & -high);
    const presentLeading = present & 0xff;
    if (presentLeading !== NO_WINDOW && leading >= presentLeading && trailing >= present >>> 8) {
      leading = presentLeading;
      trailing = present >>> 8;
      this.bits(0b10, 2);
    } else {
      windows[i] = leading | (trailing << 8);
      this.bits((0b11 << 11) | (leading << 6) | ((64 - leading - trailing) & 63), 13);
    }
    this.#window(low, high, trailing, 64 - leading - trailing);
  }

  #window(low: number, high: number, trailing: number, length: number): void {
    if (length > 32) this.bits(trailing === 0 ? high : high >>> trailing, length - 32);
    const shifted =
      trailing === 0 ? low : trailing < 32 ? (low >>> trailing) | (high << (32 - trailing)) : high >>> (trailing - 32);
    this.bits(shifted, Math.min(length, 32));
  }
}
