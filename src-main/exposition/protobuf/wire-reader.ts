/** The protobuf wire format, read in place: no message objects, no 64-bit integers beyond what a number holds. */
import { ExpositionError } from '../errors.ts';

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const TWO_POW_28 = 2 ** 28;
const TWO_POW_56 = 2 ** 56;

export class WireReader {
  readonly bytes: Uint8Array;
  pos = 0;
  /** Of the message being read: no field may reach beyond it. */
  end: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, length: number) {
    this.bytes = bytes;
    this.end = length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Goes on at `pos`, within a message that ends at `end`. */
  seek(pos: number, end: number): void {
    this.pos = pos;
    this.end = end;
  }

  /** Field number << 3 | wire type. */
  tag(): number {
    return this.varint();
  }

  /** Unsigned; above 2^53 the nearest double. */
  varint(): number {
    const bytes = this.bytes;
    let pos = this.pos;
    let byte = bytes[pos++]!;
    if (byte < 0x80 && pos <= this.end) {
      this.pos = pos;
      return byte;
    }
    let value = byte & 0x7f;
    let factor = 128;
    while (byte >= 0x80) {
      byte = bytes[pos++]!;
      if (pos > this.end || factor > TWO_POW_56 * 128) throw truncated();
      value += (byte & 0x7f) * factor;
      factor *= 128;
    }
    if (pos > this.end) throw truncated();
    this.pos = pos;
    return value;
  }

  /** A signed 64-bit integer in two's complement, which makes negative ones ten bytes long. */
  int64(): number {
    const start = this.pos;
    const value = this.varint();
    if (this.pos - start < 10) return value;
    const low = this.#septets(start, 4);
    const middle = this.#septets(start + 4, 4);
    const high = this.#septets(start + 8, 2) & 0xff;
    if (high < 0x80) return value;
    return -((0xff - high) * TWO_POW_56 + (TWO_POW_28 - 1 - middle) * TWO_POW_28 + (TWO_POW_28 - 1 - low) + 1);
  }

  #septets(start: number, count: number): number {
    let value = 0;
    for (let i = count - 1; i >= 0; i--) value = value * 128 + (this.bytes[start + i]! & 0x7f);
    return value;
  }

  /** Zigzag. */
  sint(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    const { pos } = this;
    this.#advance(8);
    return this.#view.getFloat64(pos, true);
  }

  /** The length of a field, which is within the message. */
  length(): number {
    const length = this.varint();
    if (this.pos + length > this.end) throw truncated();
    return length;
  }

  skip(tag: number): void {
    switch (tag & 7) {
      case VARINT:
        this.varint();
        return;
      case FIXED64:
        this.#advance(8);
        return;
      case LENGTH_DELIMITED: {
        const length = this.length();
        this.pos += length;
        return;
      }
      case FIXED32:
        this.#advance(4);
        return;
      default:
        throw new ExpositionError(`proto: illegal wireType ${tag & 7}`, 0);
    }
  }

  #advance(count: number): void {
    if (this.pos + count > this.end) throw truncated();
    this.pos += count;
  }
}

function truncated(): ExpositionError {
  return new ExpositionError('unexpected EOF', 0);
}
