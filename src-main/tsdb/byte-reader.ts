import { CorruptionError } from './errors.ts';

const TWO_32 = 4294967296;

/** Reads Prometheus's primitives (big endian, Go varints) from bytes, one after the other; throws CorruptionError. */
export class ByteReader {
  bytes: Buffer;
  at: number;
  end: number;

  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  #need(bytes: number): void {
    if (this.at + bytes > this.end) throw new CorruptionError('bytes end too early');
  }

  u8(): number {
    this.#need(1);
    return this.bytes[this.at++]!;
  }

  u32(): number {
    this.#need(4);
    const { bytes, at } = this;
    this.at = at + 4;
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  /** Exact below 2^53. */
  u64(): number {
    const high = this.u32();
    return high * TWO_32 + this.u32();
  }

  i64(): number {
    const high = this.u32() | 0;
    return high * TWO_32 + this.u32();
  }

  uvarint(): number {
    const { bytes, end } = this;
    let at = this.at;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (at >= end) throw new CorruptionError('a varint ends too early');
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) {
        this.at = at;
        return value;
      }
      scale *= 128;
    }
    throw new CorruptionError('a varint is too long');
  }

  varint(): number {
    const raw = this.uvarint();
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  string(): string {
    const length = this.uvarint();
    this.#need(length);
    const { at } = this;
    this.at = at + length;
    return this.bytes.toString('utf8', at, at + length);
  }

  skip(bytes: number): void {
    this.#need(bytes);
    this.at += bytes;
  }
}
