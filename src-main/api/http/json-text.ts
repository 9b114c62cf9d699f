import type { Labels } from '../../model/labels.ts';
import { valueText } from './value-text.ts';

const FIRST_BYTES = 4096;
const MAX_FIRST_BYTES = 32 * 1024 * 1024;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** No character takes more bytes in UTF-8 a unit of UTF-16. */
const MAX_BYTES_A_UNIT = 3;

/** JSON under construction, as UTF-8: an answer of many small strings costs more in garbage than in work. */
export class JsonText {
  #bytes: Buffer;
  #length = 0;

  /** `expectedBytes`: a guess, to save copies while it grows. */
  constructor(expectedBytes = FIRST_BYTES) {
    this.#bytes = Buffer.allocUnsafe(Math.min(Math.max(FIRST_BYTES, expectedBytes), MAX_FIRST_BYTES));
  }

  get length(): number {
    return this.#length;
  }

  /** Takes back everything behind the first `length` bytes. */
  cutTo(length: number): void {
    this.#length = length;
  }

  /** What is JSON already. */
  raw(text: string): this {
    this.#reserve(text.length * MAX_BYTES_A_UNIT);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c > 0x7e) return this.#utf8(text);
      bytes[at++] = c;
    }
    this.#length = at;
    return this;
  }

  #utf8(text: string): this {
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
    return this;
  }

  /** Quoted, and escaped where needed. */
  string(text: string): this {
    this.#reserve(text.length * MAX_BYTES_A_UNIT + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = QUOTE;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c < 0x20 || c > 0x7e || c === QUOTE || c === BACKSLASH) return this.raw(JSON.stringify(text));
      bytes[at++] = c;
    }
    bytes[at++] = QUOTE;
    this.#length = at;
    return this;
  }

  /** A sample value, without the quotes around it. */
  value(value: number): this {
    return this.raw(valueText(value));
  }

  labels(labels: Labels): this {
    this.raw('{');
    for (let i = 0; i < labels.length; i += 2) {
      if (i > 0) this.raw(',');
      this.string(labels[i] ?? '')
        .raw(':')
        .string(labels[i + 1] ?? '');
    }
    return this.raw('}');
  }

  bytes(part: Uint8Array): this {
    this.#reserve(part.length);
    this.#bytes.set(part, this.#length);
    this.#length += part.length;
    return this;
  }

  /** Valid until the next change. */
  toBuffer(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + extra));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
