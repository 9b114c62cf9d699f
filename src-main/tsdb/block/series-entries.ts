import type { ByteReader } from '../byte-reader.ts';
import { CorruptionError } from '../errors.ts';
import { covers, type Tombstones } from '../tombstones.ts';
import type { IndexReader } from './index-reader.ts';

const SEGMENT_FACTOR = 4294967296;

/** Series entries of a block's index, decoded into columns: labels as symbols, and the chunks that touch a time span. */
export class SeriesEntries {
  readonly #index: IndexReader;
  readonly #deleted: Tombstones | null;
  minTimeMs = Number.NEGATIVE_INFINITY;
  maxTimeMs = Number.POSITIVE_INFINITY;
  length = 0;
  #ids = new Uint32Array(64);
  #labels = new Uint32Array(1024);
  #labelStarts = new Uint32Array(65);
  #chunkStarts = new Uint32Array(65);
  #chunkCount = 0;
  chunkMinTimes = new Float64Array(256);
  chunkMaxTimes = new Float64Array(256);
  chunkSegments = new Uint32Array(256);
  chunkOffsets = new Uint32Array(256);

  /** Chunks of which `deleted` leaves nothing are left out. */
  constructor(index: IndexReader, deleted: Tombstones | null = null) {
    this.#index = index;
    this.#deleted = deleted === null || deleted.isEmpty ? null : deleted;
  }

  get chunkCount(): number {
    return this.#chunkCount;
  }

  /** Holds nothing again; what was handed out is overwritten from now on. */
  clear(): void {
    this.length = 0;
    this.#chunkCount = 0;
  }

  id(index: number): number {
    return this.#ids[index]!;
  }

  labels(index: number): Uint32Array {
    return this.#labels.subarray(this.#labelStarts[index]!, this.#labelStarts[index + 1]!);
  }

  /** Chunks of series `index`: from firstChunk(index) to firstChunk(index + 1), which is excluded. */
  firstChunk(index: number): number {
    return this.#chunkStarts[index]!;
  }

  /** Adds the series unless none of its chunks touches the span. All calls give the same span. */
  add(id: number, minTimeMs: number, maxTimeMs: number): void {
    this.minTimeMs = minTimeMs;
    this.maxTimeMs = maxTimeMs;
    if (this.length === this.#ids.length) this.#growSeries();
    const entry = this.#index.seriesEntry(id);
    const labelEnd = this.#readLabels(entry);
    const chunkEnd = this.#readChunks(entry, this.#deleted?.get(id));
    if (chunkEnd === this.#chunkCount) return;
    this.#chunkCount = chunkEnd;
    this.#ids[this.length] = id;
    this.length++;
    this.#labelStarts[this.length] = labelEnd;
    this.#chunkStarts[this.length] = chunkEnd;
  }

  #readLabels(entry: ByteReader): number {
    let end = this.#labelStarts[this.length]!;
    const symbols = 2 * entry.uvarint();
    if (symbols > entry.left) throw new CorruptionError('a series entry names more labels than it holds');
    while (end + symbols > this.#labels.length) this.#labels = doubled(this.#labels);
    for (let i = 0; i < symbols; i++) this.#labels[end++] = entry.uvarint();
    return end;
  }

  #readChunks(entry: ByteReader, deleted: readonly number[] | undefined): number {
    let n = this.#chunkCount;
    let maxTime = 0;
    let place = 0;
    const count = entry.uvarint();
    for (let c = 0; c < count; c++) {
      const minTime = c === 0 ? entry.varint() : maxTime + entry.uvarint();
      maxTime = minTime + entry.uvarint();
      place = c === 0 ? entry.uvarint() : place + entry.varint();
      if (maxTime < this.minTimeMs || minTime > this.maxTimeMs) continue;
      if (deleted !== undefined && covers(deleted, minTime, maxTime)) continue;
      if (n === this.chunkOffsets.length) this.#growChunks();
      this.chunkMinTimes[n] = minTime;
      this.chunkMaxTimes[n] = maxTime;
      this.chunkSegments[n] = Math.floor(place / SEGMENT_FACTOR);
      this.chunkOffsets[n] = place % SEGMENT_FACTOR;
      n++;
    }
    return n;
  }

  #growSeries(): void {
    this.#ids = doubled(this.#ids);
    this.#labelStarts = doubled(this.#labelStarts);
    this.#chunkStarts = doubled(this.#chunkStarts);
  }

  #growChunks(): void {
    this.chunkMinTimes = doubledFloats(this.chunkMinTimes);
    this.chunkMaxTimes = doubledFloats(this.chunkMaxTimes);
    this.chunkSegments = doubled(this.chunkSegments);
    this.chunkOffsets = doubled(this.chunkOffsets);
  }
}

function doubled(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}

function doubledFloats(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * array.length);
  larger.set(array);
  return larger;
}
