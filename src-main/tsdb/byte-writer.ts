const TWO_32 = 4294967296;

/** Writes Prometheus's primitives into a buffer that grows and is reused. */
export class ByteWriter {
  bytes: Buffer;
  length = 0;

  constructor(capacity = 4096) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  clear(): void {
    this.length = 0;
  }

  /** What was written: valid until the next write. */
  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  reserve(extra: number): void {
    if (this.length + extra <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + extra, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  u32(value: number): void {
    this.reserve(4);
    const { bytes, length } = this;
    bytes[length] = value >>> 24;
    bytes[length + 1] = value >>> 16;
    bytes[length + 2] = value >>> 8;
    bytes[length + 3] = value;
    this.length = length + 4;
  }

  /** Integers, negative ones in two's complement. */
  i64(value: number): void {
    this.u32(Math.floor(value / TWO_32));
    this.u32(value);
  }

  uvarint(value: number): void {
    this.reserve(10);
    const { bytes } = this;
    let { length } = this;
    let rest = value;
    while (rest >= TWO_32) {
      bytes[length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      bytes[length++] = (rest & 127) | 128;
      rest = rest >>> 7;
    }
    bytes[length++] = rest;
    this.length = length;
  }

  varint(value: number): void {
    this.uvarint(value >= 0 ? 2 * value : -2 * value - 1);
  }

  string(text: string): void {
    this.reserve(10 + 3 * text.length);
    const size = Buffer.byteLength(text);
    this.uvarint(size);
    this.length += this.bytes.write(text, this.length, size, 'utf8');
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Zero bytes until the length is a multiple of `alignment`. */
  pad(alignment: number): void {
    const extra = (alignment - (this.length % alignment)) % alignment;
    this.reserve(extra);
    this.bytes.fill(0, this.length, this.length + extra);
    this.length += extra;
  }
}
