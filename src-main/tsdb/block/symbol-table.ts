import { ByteReader } from '../byte-reader.ts';
import { CorruptionError } from '../errors.ts';

/** Strings kept decoded at a time, before all are let go of. */
const MAX_DECODED = 200_000;

/** The symbols section of an index. A symbol is a place in the list; in version 1 it is an offset in the file. */
export class SymbolTable {
  readonly #bytes: Buffer;
  /** Where each symbol's length begins. */
  readonly #offsets: Uint32Array;
  /** Version 1: what to take off a file offset to get one into #bytes; else -1. */
  readonly #fileOffset: number;
  #decoded = new Map<number, string>();

  /** `content` is the section's, which begins with its length at `sectionAt` in the file. */
  constructor(content: Buffer, version: number, sectionAt: number) {
    this.#bytes = content;
    this.#fileOffset = version === 1 ? sectionAt + 4 : -1;
    const reader = new ByteReader(content);
    const count = reader.u32();
    if (count > content.length) throw new CorruptionError('a symbol table counts more symbols than it holds');
    this.#offsets = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      this.#offsets[i] = reader.at;
      reader.skip(reader.uvarint());
    }
  }

  get size(): number {
    return this.#offsets.length;
  }

  /** All, in order. */
  *texts(): Generator<string> {
    const reader = new ByteReader(this.#bytes);
    for (const offset of this.#offsets) {
      reader.at = offset;
      yield reader.string();
    }
  }

  text(symbol: number): string {
    let text = this.#decoded.get(symbol);
    if (text === undefined) {
      const offset = this.#fileOffset < 0 ? this.#offsets[symbol] : symbol - this.#fileOffset;
      if (offset === undefined) throw new CorruptionError(`there is no symbol ${symbol}`);
      text = new ByteReader(this.#bytes, offset).string();
      if (this.#decoded.size >= MAX_DECODED) this.#decoded = new Map();
      this.#decoded.set(symbol, text);
    }
    return text;
  }
}
