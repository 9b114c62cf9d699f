import { compareStrings } from '../../model/labels.ts';
import { ByteReader } from '../byte-reader.ts';
import { CorruptionError } from '../errors.ts';

/** Lists of values kept decoded at a time. */
const MAX_DECODED_NAMES = 64;

/** The postings offset table of an index, as columns: entries sorted by name and value. */
export class PostingsTable {
  readonly #bytes: Buffer;
  /** name -> its entries, from (included) and to (excluded). */
  readonly #names = new Map<string, { readonly from: number; to: number }>();
  /** Where the value of each entry lies in #bytes. */
  readonly #valuesAt: Uint32Array;
  readonly #offsets: Float64Array;
  readonly #decoded = new Map<string, readonly string[]>();

  constructor(content: Buffer) {
    this.#bytes = content;
    const reader = new ByteReader(content);
    const count = reader.u32();
    if (count * 4 > content.length) throw new CorruptionError('a postings table counts more entries than it holds');
    this.#valuesAt = new Uint32Array(count);
    this.#offsets = new Float64Array(count);
    let last: { readonly from: number; to: number } | null = null;
    let lastNameAt = 0;
    let lastNameLength = -1;
    for (let i = 0; i < count; i++) {
      if (reader.u8() !== 2) throw new CorruptionError('an entry of a postings table does not have two strings');
      const length = reader.uvarint();
      const isSame =
        length === lastNameLength &&
        content.compare(content, lastNameAt, lastNameAt + length, reader.at, reader.at + length) === 0;
      if (last === null || !isSame) {
        lastNameAt = reader.at;
        lastNameLength = length;
        last = { from: i, to: i };
        this.#names.set(content.toString('utf8', reader.at, reader.at + length), last);
      }
      reader.skip(length);
      last.to = i + 1;
      this.#valuesAt[i] = reader.at;
      reader.skip(reader.uvarint());
      this.#offsets[i] = reader.uvarint();
    }
  }

  names(): string[] {
    return [...this.#names.keys()].filter((name) => name !== '');
  }

  /** Sorted. */
  values(name: string): readonly string[] {
    const range = this.#names.get(name);
    if (range === undefined) return [];
    let values = this.#decoded.get(name);
    if (values === undefined) {
      values = Array.from({ length: range.to - range.from }, (_, i) => this.#value(range.from + i));
      if (this.#decoded.size >= MAX_DECODED_NAMES) this.#decoded.clear();
      this.#decoded.set(name, values);
    }
    return values;
  }

  /** The file offset of the pair's postings, or -1. */
  find(name: string, value: string): number {
    const range = this.#names.get(name);
    if (range === undefined) return -1;
    const decoded = this.#decoded.get(name);
    let low = range.from;
    let high = range.to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const text = decoded === undefined ? this.#value(middle) : decoded[middle - range.from]!;
      if (compareStrings(text, value) < 0) low = middle + 1;
      else high = middle;
    }
    return low < range.to && this.#value(low) === value ? this.#offsets[low]! : -1;
  }

  #value(entry: number): string {
    return new ByteReader(this.#bytes, this.#valuesAt[entry]!).string();
  }
}
