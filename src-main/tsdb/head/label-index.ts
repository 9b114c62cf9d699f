import type { LabelPostings } from '../matching.ts';
import { NO_POSTINGS } from '../postings.ts';
import type { Symbols } from './symbols.ts';

/** Rows of one label pair. Ascending unless a reused row was added behind a higher one; sorted when next asked for. */
class RowList {
  rows = new Uint32Array(4);
  length = 0;
  isSorted = true;

  add(row: number): void {
    if (this.length === this.rows.length) {
      const rows = new Uint32Array(this.rows.length * 2);
      rows.set(this.rows);
      this.rows = rows;
    }
    if (this.length > 0 && this.rows[this.length - 1]! > row) this.isSorted = false;
    this.rows[this.length++] = row;
  }

  sorted(): Uint32Array {
    if (!this.isSorted) {
      this.rows = this.rows.slice(); // somebody may hold a view of the old order
      this.rows.subarray(0, this.length).sort();
      this.isSorted = true;
    }
    return this.rows.subarray(0, this.length);
  }

  without(isGone: Uint8Array): void {
    const kept = this.rows.subarray(0, this.length).filter((row) => isGone[row] === 0);
    this.rows = kept.length > 0 ? kept : new Uint32Array(4);
    this.length = kept.length;
  }
}

/** A single row is kept as itself: most pairs of a high-cardinality label have one. */
type Entry = number | RowList;

/** The head's inverted index: name -> value -> rows. Arrays handed out stay as they are for whoever holds them. */
export class LabelIndex implements LabelPostings {
  readonly #symbols: Symbols;
  readonly #names = new Map<number, Map<number, Entry>>();
  readonly #all = new RowList();

  constructor(symbols: Symbols) {
    this.#symbols = symbols;
  }

  /** `ids` are alternating name and value symbols. */
  add(row: number, ids: Uint32Array): void {
    this.#all.add(row);
    for (let i = 0; i < ids.length; i += 2) this.#addPair(row, ids[i]!, ids[i + 1]!);
  }

  #addPair(row: number, name: number, value: number): void {
    let values = this.#names.get(name);
    if (values === undefined) {
      values = new Map();
      this.#names.set(name, values);
    }
    const entry = values.get(value);
    if (entry === undefined) {
      values.set(value, row);
    } else if (typeof entry === 'number') {
      const list = new RowList();
      list.add(entry);
      list.add(row);
      values.set(value, list);
    } else {
      entry.add(row);
    }
  }

  /** Takes out every row with isGone[row] = 1; `pairs` are the name and value symbols those rows bore. */
  remove(isGone: Uint8Array, pairs: ReadonlyMap<number, ReadonlySet<number>>): void {
    this.#all.without(isGone);
    for (const [name, goneValues] of pairs) {
      const values = this.#names.get(name);
      if (values === undefined) continue;
      for (const value of goneValues) {
        const entry = values.get(value);
        if (entry === undefined) continue;
        if (typeof entry === 'number') {
          if (isGone[entry] === 1) values.delete(value);
        } else {
          entry.without(isGone);
          if (entry.length === 0) values.delete(value);
        }
      }
      if (values.size === 0) this.#names.delete(name);
    }
  }

  get pairCount(): number {
    let count = 0;
    for (const values of this.#names.values()) count += values.size;
    return count;
  }

  all(): Uint32Array {
    return this.#all.sorted();
  }

  names(): string[] {
    return Array.from(this.#names.keys(), (id) => this.#symbols.text(id));
  }

  values(name: string): string[] {
    const values = this.#valuesOf(name);
    return values === undefined ? [] : Array.from(values.keys(), (id) => this.#symbols.text(id));
  }

  valueCount(name: string): number {
    return this.#valuesOf(name)?.size ?? 0;
  }

  postings(name: string, value: string): Uint32Array {
    const id = this.#symbols.find(value);
    const entry = id === undefined ? undefined : this.#valuesOf(name)?.get(id);
    if (entry === undefined) return NO_POSTINGS;
    return typeof entry === 'number' ? Uint32Array.of(entry) : entry.sorted();
  }

  #valuesOf(name: string): Map<number, Entry> | undefined {
    const id = this.#symbols.find(name);
    return id === undefined ? undefined : this.#names.get(id);
  }
}
