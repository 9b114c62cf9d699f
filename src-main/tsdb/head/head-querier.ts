import { compareStrings, type Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { SampleColumns } from '../../model/sample-columns.ts';
import type { Querier, SeriesSet } from '../../model/storage.ts';
import { decodeChunk } from '../chunk/decode-chunk.ts';
import { matchPostings } from '../matching.ts';
import { mergeRuns } from '../merge-runs.ts';
import { covers, removeDeleted } from '../tombstones.ts';
import type { Head } from './head.ts';
import { type OutOfOrderView, readView } from './out-of-order.ts';

const NOTHING_DELETED: readonly number[] = [];

/** Reads of the head; its pin keeps rows and chunk memory as they were until `close()`. */
export class HeadQuerier implements Querier {
  readonly #head: Head;
  readonly #minTimeMs: number;
  readonly #maxTimeMs: number;
  #pin: number;

  constructor(head: Head, minTimeMs: number, maxTimeMs: number) {
    this.#head = head;
    this.#minTimeMs = minTimeMs;
    this.#maxTimeMs = maxTimeMs;
    this.#pin = head.pins.pin();
  }

  select(matchers: readonly Matcher[]): SeriesSet {
    const rows = matchPostings(this.#head.index, matchers);
    return new HeadSeriesSet(this.#head, rows, this.#minTimeMs, this.#maxTimeMs);
  }

  labelNames(matchers: readonly Matcher[]): string[] {
    const { index, series } = this.#head;
    if (matchers.length === 0) return index.names().sort(compareStrings);
    const ids = new Set<number>();
    for (const row of matchPostings(index, matchers)) {
      const labelIds = series.labelIds(row);
      for (let i = 0; i < labelIds.length; i += 2) ids.add(labelIds[i]!);
    }
    return Array.from(ids, (id) => series.symbols.text(id)).sort(compareStrings);
  }

  labelValues(name: string, matchers: readonly Matcher[]): string[] {
    const { index, series } = this.#head;
    if (matchers.length === 0) return index.values(name).sort(compareStrings);
    const nameId = series.symbols.find(name);
    const ids = new Set<number>();
    for (const row of matchPostings(index, matchers)) {
      const labelIds = series.labelIds(row);
      for (let i = 0; i < labelIds.length; i += 2) if (labelIds[i] === nameId) ids.add(labelIds[i + 1]!);
    }
    return Array.from(ids, (id) => series.symbols.text(id)).sort(compareStrings);
  }

  close(): void {
    this.#head.pins.unpin(this.#pin);
    this.#pin = 0;
  }
}

/**
 * What a selection was given: the rows, and of each the chunks (newest first) with the samples they held at that
 * moment. Later appends only add behind them.
 */
class HeadSeriesSet implements SeriesSet {
  readonly #head: Head;
  readonly #rows: Uint32Array;
  readonly #minTimeMs: number;
  readonly #maxTimeMs: number;
  /** Chunks of series i: entries starts[i]..starts[i + 1]. */
  readonly #starts: Uint32Array;
  #addresses = new Uint32Array(64);
  #lengths = new Uint32Array(64);
  #counts = new Uint16Array(64);
  #encodings = new Uint8Array(64);
  #used = 0;
  /** Deleted stretches by place among the series; null: nothing is deleted. */
  readonly #deleted: Map<number, readonly number[]> | null;
  /** What came out of order, by place among the series; null: nothing did. */
  readonly #outOfOrder: Map<number, OutOfOrderView> | null;
  readonly length: number;

  constructor(head: Head, candidates: Uint32Array, minTimeMs: number, maxTimeMs: number) {
    this.#head = head;
    this.#minTimeMs = minTimeMs;
    this.#maxTimeMs = maxTimeMs;
    this.#rows = new Uint32Array(candidates.length);
    this.#starts = new Uint32Array(candidates.length + 1);
    this.#deleted = head.tombstones.isEmpty ? null : new Map();
    this.#outOfOrder = head.outOfOrder.isEmpty ? null : new Map();
    let n = 0;
    for (const row of candidates) {
      const before = this.#used;
      const deleted = this.#deleted === null ? undefined : head.tombstones.get(row);
      this.#takeChunks(row, deleted ?? NOTHING_DELETED);
      const view = this.#outOfOrder === null ? null : head.outOfOrder.view(row, minTimeMs, maxTimeMs);
      if (this.#used === before && view === null) continue;
      if (view !== null) this.#outOfOrder?.set(n, view);
      if (deleted !== undefined) this.#deleted?.set(n, deleted);
      this.#rows[n++] = row;
      this.#starts[n] = this.#used;
    }
    this.length = n;
  }

  #takeChunks(row: number, deleted: readonly number[]): void {
    const { chunks, series } = this.#head;
    const open = this.#head.openChunk(row);
    if (open !== null && open.minTimeMs <= this.#maxTimeMs && open.maxTimeMs >= this.#minTimeMs) {
      if (!covers(deleted, open.minTimeMs, open.maxTimeMs)) {
        this.#take(open.address, open.bytes, open.count, open.encoding);
      }
    }
    for (let c = series.newestChunk[row]!; c >= 0; c = chunks.previous[c]!) {
      if (chunks.maxTimes[c]! < this.#minTimeMs) break;
      if (chunks.minTimes[c]! > this.#maxTimeMs) continue;
      if (covers(deleted, chunks.minTimes[c]!, chunks.maxTimes[c]!)) continue;
      this.#take(chunks.addresses[c]!, chunks.lengths[c]!, chunks.sampleCounts[c]!, chunks.encodings[c]!);
    }
  }

  #take(address: number, bytes: number, count: number, encoding: number): void {
    const i = this.#used++;
    if (i === this.#addresses.length) this.#grow(2 * i);
    this.#addresses[i] = address;
    this.#lengths[i] = bytes;
    this.#counts[i] = count;
    this.#encodings[i] = encoding;
  }

  #grow(length: number): void {
    const addresses = new Uint32Array(length);
    addresses.set(this.#addresses);
    this.#addresses = addresses;
    const lengths = new Uint32Array(length);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
    const counts = new Uint16Array(length);
    counts.set(this.#counts);
    this.#counts = counts;
    const encodings = new Uint8Array(length);
    encodings.set(this.#encodings);
    this.#encodings = encodings;
  }

  labels(index: number): Labels {
    return this.#head.series.labels(this.#rows[index]!);
  }

  read(index: number, minTimeMs: number, maxTimeMs: number, into: SampleColumns): number {
    const min = Math.max(minTimeMs, this.#minTimeMs);
    const max = Math.min(maxTimeMs, this.#maxTimeMs);
    const before = into.length;
    const bytes = this.#head.arena.memory.u8;
    for (let i = this.#starts[index + 1]! - 1; i >= this.#starts[index]!; i--) {
      const start = this.#addresses[i]!;
      const end = start + this.#lengths[i]!;
      decodeChunk({ bytes, start, end, count: this.#counts[i]!, encoding: this.#encodings[i]! }, min, max, into);
    }
    const view = this.#outOfOrder?.get(index);
    if (view !== undefined) {
      const middle = into.length;
      readView(this.#head.arena, view, { minTimeMs: min, maxTimeMs: max }, into);
      mergeRuns(into, before, middle);
    }
    const deleted = this.#deleted?.get(index);
    if (deleted !== undefined) removeDeleted(into, before, deleted);
    return into.length - before;
  }
}
