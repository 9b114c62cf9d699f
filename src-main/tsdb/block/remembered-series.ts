import type { Labels } from '../../model/labels.ts';
import { covers } from '../tombstones.ts';
import type { IndexReader } from './index-reader.ts';
import { SeriesEntries } from './series-entries.ts';

/** Series decoded at a time, and their chunks, before all are let go of: some 40 MB at most. */
const MAX_SERIES = 100_000;
const MAX_CHUNKS = 500_000;

/** Decoded index entries of one block with their label sets: what one selection decoded, the next one need not. */
export class RememberedSeries {
  readonly #index: IndexReader;
  #known: KnownSeries;

  constructor(index: IndexReader) {
    this.#index = index;
    this.#known = new KnownSeries(index);
  }

  /** Where `count` series can be looked up. */
  forSeries(count: number): KnownSeries {
    const { length, chunkCount } = this.#known.entries;
    if (count > MAX_SERIES) return new KnownSeries(this.#index);
    if (length > 0 && (length + count > MAX_SERIES || chunkCount > MAX_CHUNKS)) {
      this.#known = new KnownSeries(this.#index); // those who hold the one before keep it
    }
    return this.#known;
  }
}

/** Series by place, in the order in which they were asked for. It only grows. */
export class KnownSeries {
  readonly entries: SeriesEntries;
  readonly #index: IndexReader;
  readonly #places = new Map<number, number>();
  readonly #labels: (Labels | undefined)[] = [];

  constructor(index: IndexReader) {
    this.#index = index;
    this.entries = new SeriesEntries(index);
  }

  /** The place of a series that has a chunk in the span of which `deleted` leaves something, else -1. */
  placeOf(id: number, minTimeMs: number, maxTimeMs: number, deleted: readonly number[] | undefined): number {
    const place = this.#place(id);
    if (place < 0) return -1;
    const { entries } = this;
    for (let c = entries.firstChunk(place); c < entries.firstChunk(place + 1); c++) {
      const from = entries.chunkMinTimes[c]!;
      const to = entries.chunkMaxTimes[c]!;
      if (from <= maxTimeMs && to >= minTimeMs && (deleted === undefined || !covers(deleted, from, to))) return place;
    }
    return -1;
  }

  #place(id: number): number {
    let place = this.#places.get(id);
    if (place === undefined) {
      place = this.entries.length;
      this.entries.add(id, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      if (this.entries.length === place) place = -1; // a series without chunks
      this.#places.set(id, place);
    }
    return place;
  }

  /** The same array every time. */
  labels(place: number): Labels {
    let labels = this.#labels[place];
    if (labels === undefined) {
      const { symbols } = this.#index;
      const texts: string[] = [];
      for (const symbol of this.entries.labels(place)) texts.push(symbols.text(symbol));
      labels = texts;
      this.#labels[place] = labels;
    }
    return labels;
  }
}
