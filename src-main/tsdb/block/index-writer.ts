/** The index file of a block, version 2 (tsdb/index/index.go); drawn in tsdb/README.md. */
import { crc32c } from '@node-rs/crc32';
import { crc32cOf } from '../../kernels/crc32c.ts';
import { ByteWriter } from '../byte-writer.ts';
import { OutputFile } from './output-file.ts';

export const INDEX_MAGIC = 0xbaaad700;
export const TOC_BYTES = 6 * 8 + 4;
const SERIES_ALIGNMENT = 16;

/** Chunks of one series, ascending in time. */
export interface IndexedChunks {
  readonly minTimes: readonly number[];
  /** Included. */
  readonly maxTimes: readonly number[];
  readonly segments: readonly number[];
  readonly offsets: readonly number[];
}

/**
 * Writes an index from front to back: all symbols first, then every series in the order of its labels, then
 * `finish()`. Symbols are given by their place in the sorted list.
 */
export class IndexWriter {
  readonly #file: OutputFile;
  readonly #symbols: readonly string[];
  readonly #body = new ByteWriter();
  readonly #symbolsAt: number;
  readonly #seriesAt: number;
  /** Per label of every series, in order: which pair it is. */
  #pairOfLabel = new Uint32Array(1 << 16);
  #labelCount = 0;
  #labelStarts = new Uint32Array(1 << 12);
  #seriesIds = new Uint32Array(1 << 12);
  #seriesCount = 0;
  /** name * symbols.length + value -> pair. */
  readonly #pairs = new Map<number, number>();
  readonly #pairSizes: number[] = [];

  /** `symbols`: every label name and value, sorted by UTF-8 bytes, unique. */
  constructor(file: string, symbols: readonly string[]) {
    this.#file = new OutputFile(file);
    this.#symbols = symbols;
    this.#file.out.u32(INDEX_MAGIC);
    this.#file.out.u8(2);
    this.#symbolsAt = this.#file.offset;
    this.#section((out) => {
      out.u32(symbols.length);
      for (const text of symbols) out.string(text);
    });
    this.#seriesAt = this.#file.offset;
  }

  /** u32 length, content, CRC of the content. */
  #section(write: (out: ByteWriter) => void): void {
    const { out } = this.#file;
    const lengthAt = out.length;
    out.u32(0);
    const from = out.length;
    write(out);
    out.bytes.writeUInt32BE(out.length - from, lengthAt);
    out.u32(crc32c(out.bytes.subarray(from, out.length)));
    this.#file.settle();
  }

  /** `labels`: alternating names and values as symbols, sorted by name. */
  addSeries(labels: Uint32Array, chunks: IndexedChunks): void {
    this.#file.pad(SERIES_ALIGNMENT);
    this.#note(labels, this.#file.offset / SERIES_ALIGNMENT);
    const { out } = this.#file;
    const body = this.#body;
    encodeSeriesBody(body, labels, chunks);
    out.uvarint(body.length);
    out.raw(body.written());
    out.u32(crc32cOf(body.bytes, 0, body.length));
    this.#file.settle();
  }

  #note(labels: Uint32Array, id: number): void {
    const s = this.#seriesCount++;
    if (s + 1 >= this.#seriesIds.length) {
      this.#seriesIds = doubled(this.#seriesIds);
      this.#labelStarts = doubled(this.#labelStarts);
    }
    this.#seriesIds[s] = id;
    while (this.#labelCount + labels.length > this.#pairOfLabel.length) this.#pairOfLabel = doubled(this.#pairOfLabel);
    for (let i = 0; i < labels.length; i += 2) {
      const key = labels[i]! * this.#symbols.length + labels[i + 1]!;
      let pair = this.#pairs.get(key);
      if (pair === undefined) {
        pair = this.#pairSizes.length;
        this.#pairs.set(key, pair);
        this.#pairSizes.push(0);
      }
      this.#pairSizes[pair]!++;
      this.#pairOfLabel[this.#labelCount++] = pair;
    }
    this.#labelStarts[s + 1] = this.#labelCount;
  }

  /** Writes the rest; the file is on the disk when this returns. */
  finish(): void {
    const keys = Float64Array.from(this.#pairs.keys()).sort();
    const labelIndicesAt = this.#file.offset;
    const labelIndices = this.#writeLabelIndices(keys);
    this.#file.pad(4);
    const postingsAt = this.#file.offset;
    const postings = this.#writePostings(keys);
    const labelTableAt = this.#file.offset;
    this.#section((out) => {
      out.u32(labelIndices.length);
      for (const { name, offset } of labelIndices) {
        out.u8(1);
        out.string(this.#symbols[name]!);
        out.uvarint(offset);
      }
    });
    const postingsTableAt = this.#file.offset;
    this.#writePostingsTable(keys, postings);
    const { out } = this.#file;
    const from = out.length;
    for (const at of [this.#symbolsAt, this.#seriesAt, labelIndicesAt, labelTableAt, postingsAt, postingsTableAt]) {
      out.i64(at);
    }
    out.u32(crc32c(out.bytes.subarray(from, out.length)));
    this.#file.close();
  }

  /** Gives the file up; does nothing after `finish()`. */
  abandon(): void {
    this.#file.abandon();
  }

  /** Which values a name has: nobody reads it any more, old readers expect it. */
  #writeLabelIndices(keys: Float64Array): { name: number; offset: number }[] {
    const size = this.#symbols.length;
    const indices: { name: number; offset: number }[] = [];
    for (let from = 0; from < keys.length; ) {
      const name = Math.floor(keys[from]! / size);
      let to = from + 1;
      while (to < keys.length && Math.floor(keys[to]! / size) === name) to++;
      this.#file.pad(4);
      indices.push({ name, offset: this.#file.offset });
      this.#section((out) => {
        out.u32(1);
        out.u32(to - from);
        for (let i = from; i < to; i++) out.u32(keys[i]! % size);
      });
      from = to;
    }
    return indices;
  }

  /** Offsets: of all series first, then of each key. */
  #writePostings(keys: Float64Array): Float64Array {
    const offsets = new Float64Array(keys.length + 1);
    offsets[0] = this.#writeList(this.#seriesIds, 0, this.#seriesCount);
    const starts = new Uint32Array(this.#pairSizes.length + 1);
    for (let p = 0; p < this.#pairSizes.length; p++) starts[p + 1] = starts[p]! + this.#pairSizes[p]!;
    const ids = new Uint32Array(this.#labelCount);
    const next = starts.slice();
    for (let s = 0; s < this.#seriesCount; s++) {
      for (let i = this.#labelStarts[s]!; i < this.#labelStarts[s + 1]!; i++) {
        ids[next[this.#pairOfLabel[i]!]!++] = this.#seriesIds[s]!;
      }
    }
    for (let k = 0; k < keys.length; k++) {
      const pair = this.#pairs.get(keys[k]!)!;
      offsets[k + 1] = this.#writeList(ids, starts[pair]!, starts[pair + 1]!);
    }
    return offsets;
  }

  #writeList(ids: Uint32Array, from: number, to: number): number {
    this.#file.pad(4);
    const at = this.#file.offset;
    this.#section((out) => {
      out.u32(to - from);
      for (let i = from; i < to; i++) out.u32(ids[i]!);
    });
    return at;
  }

  #writePostingsTable(keys: Float64Array, offsets: Float64Array): void {
    const size = this.#symbols.length;
    this.#section((out) => {
      out.u32(keys.length + 1);
      out.u8(2);
      out.string('');
      out.string('');
      out.uvarint(offsets[0]!);
      for (let k = 0; k < keys.length; k++) {
        out.u8(2);
        out.string(this.#symbols[Math.floor(keys[k]! / size)]!);
        out.string(this.#symbols[keys[k]! % size]!);
        out.uvarint(offsets[k + 1]!);
      }
    });
  }
}

function doubled(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** A chunk's place as one number: the segment in the upper four bytes, the offset in the lower. */
const SEGMENT_FACTOR = 4294967296;

function encodeSeriesBody(out: ByteWriter, labels: Uint32Array, chunks: IndexedChunks): void {
  const { minTimes, maxTimes, segments, offsets } = chunks;
  out.clear();
  out.uvarint(labels.length / 2);
  for (const symbol of labels) out.uvarint(symbol);
  out.uvarint(minTimes.length);
  let lastMaxTime = 0;
  let lastPlace = 0;
  for (let c = 0; c < minTimes.length; c++) {
    const place = segments[c]! * SEGMENT_FACTOR + offsets[c]!;
    if (c === 0) out.varint(minTimes[c]!);
    else out.uvarint(minTimes[c]! - lastMaxTime);
    out.uvarint(maxTimes[c]! - minTimes[c]!);
    if (c === 0) out.uvarint(place);
    else out.varint(place - lastPlace);
    lastMaxTime = maxTimes[c]!;
    lastPlace = place;
  }
}
