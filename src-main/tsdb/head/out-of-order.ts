/** Samples that came after later ones of their series (tsdb/ooo_head.go). */
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import type { Arena } from '../arena.ts';
import { decodeChunk } from '../chunk/decode-chunk.ts';
import { SampleChunkWriter } from '../chunk/sample-chunks.ts';
import { sortRun } from '../merge-runs.ts';
import type { TimeSpan } from '../tombstones.ts';
import { ChunkTable, type FinishedChunk } from './chunk-table.ts';
import { addHistograms, OpenBuffers } from './open-buffers.ts';

const SAMPLES_PER_CHUNK = 120;
const NONE = -1;
const ALWAYS: TimeSpan = { minTimeMs: Number.NEGATIVE_INFINITY, maxTimeMs: Number.POSITIVE_INFINITY };

/** What a reader was given of one series: chunks from the oldest written to the newest, and what is in none yet. */
export interface OutOfOrderView {
  readonly chunks: readonly FinishedChunk[];
  readonly columns: SampleColumns;
}

/**
 * Per series a few samples in order of time, and chunks that those become 32 at a time; chunks of one series overlap.
 * All of it waits for the next cut, which makes blocks of it.
 */
export class OutOfOrder {
  readonly #arena: Arena;
  readonly #chunkRangeMs: number;
  readonly #chunks = new ChunkTable();
  readonly #slotOfRow = new Map<number, number>();
  readonly #freeSlots: number[] = [];
  #slotLimit = 0;
  /** Samples of a slot that are in no chunk yet. */
  readonly #open = new OpenBuffers();
  /** By slot: the chunk written last, and the newest one that the cut under way takes; NONE: there is none. */
  #newest = new Int32Array(0);
  #taken = new Int32Array(0);
  /** Rows that open batches hold samples for -> how many batches. */
  readonly #pending = new Map<number, number>();
  #writer: SampleChunkWriter | null = null;
  readonly #scratch = new SampleColumns();
  /** Of the samples held since the last cut, perhaps of some that it took; Infinity and -Infinity when there are none. */
  minTimeMs = Number.POSITIVE_INFINITY;
  maxTimeMs = Number.NEGATIVE_INFINITY;
  /** Since the start, those read from a log left out. */
  samplesAppended = 0;

  constructor(arena: Arena, chunkRangeMs: number) {
    this.#arena = arena;
    this.#chunkRangeMs = chunkRangeMs;
  }

  get isEmpty(): boolean {
    return this.#slotOfRow.size === 0;
  }

  get chunkCount(): number {
    return this.#chunks.count;
  }

  rows(): Uint32Array {
    return Uint32Array.from(this.#slotOfRow.keys());
  }

  /** Whether the row may not be given to another series. */
  isUsing(row: number): boolean {
    return this.#slotOfRow.has(row) || this.#pending.has(row);
  }

  hold(row: number): void {
    this.#pending.set(row, (this.#pending.get(row) ?? 0) + 1);
  }

  letGo(row: number): void {
    const left = (this.#pending.get(row) ?? 1) - 1;
    if (left === 0) this.#pending.delete(row);
    else this.#pending.set(row, left);
  }

  /** False when the row has a sample of that time that is in no chunk yet: that one stays. Throws HeadMemoryError. */
  insert(row: number, timeMs: number, low: number, high: number): boolean {
    return this.#open.insert(this.#slotFor(row), timeMs, low, high) && this.#noteTime(timeMs);
  }

  insertHistogram(row: number, timeMs: number, histogram: NativeHistogram): boolean {
    return this.#open.insertHistogram(this.#slotFor(row), timeMs, histogram) && this.#noteTime(timeMs);
  }

  #noteTime(timeMs: number): true {
    if (timeMs < this.minTimeMs) this.minTimeMs = timeMs;
    if (timeMs > this.maxTimeMs) this.maxTimeMs = timeMs;
    return true;
  }

  /** One with room. */
  #slotFor(row: number): number {
    const slot = this.#slotOfRow.get(row) ?? this.#addSlot(row);
    if (this.#open.isFull(slot)) this.#seal(slot);
    return slot;
  }

  /** Takes over a chunk that is already in the head's memory. */
  attach(row: number, chunk: FinishedChunk): void {
    this.#link(this.#slotOfRow.get(row) ?? this.#addSlot(row), chunk);
    this.minTimeMs = Math.min(this.minTimeMs, chunk.minTimeMs);
    this.maxTimeMs = Math.max(this.maxTimeMs, chunk.maxTimeMs);
  }

  /** Forgets the samples of a row that are in no chunk: they are in one that was attached. */
  dropOpen(row: number): void {
    const slot = this.#slotOfRow.get(row);
    if (slot !== undefined) this.#open.clear(slot);
  }

  #addSlot(row: number): number {
    const slot = this.#freeSlots.pop() ?? this.#slotLimit++;
    if (slot >= this.#open.slots) this.#grow(Math.max(64, 2 * this.#open.slots));
    this.#open.clear(slot);
    this.#newest[slot] = NONE;
    this.#taken[slot] = NONE;
    this.#slotOfRow.set(row, slot);
    return slot;
  }

  #grow(slots: number): void {
    this.#open.grow(slots);
    const newest = new Int32Array(slots);
    newest.set(this.#newest);
    this.#newest = newest;
    const taken = new Int32Array(slots);
    taken.set(this.#taken);
    this.#taken = taken;
  }

  /** Makes a chunk of the open samples of a slot. */
  #seal(slot: number): void {
    const columns = this.#scratch;
    columns.clear();
    this.#open.copy(slot, ALWAYS.minTimeMs, ALWAYS.maxTimeMs, columns);
    this.#write(slot, columns, 0, columns.length);
    this.#open.clear(slot);
  }

  /** Throws HeadMemoryError; what was written before stays. */
  #write(slot: number, columns: SampleColumns, from: number, to: number): void {
    this.#writer ??= new SampleChunkWriter(SAMPLES_PER_CHUNK);
    const arena = this.#arena;
    this.#writer.write(
      columns,
      ({ encoding, bytes, start, end, sampleCount, minTimeMs, maxTimeMs }) => {
        const address = arena.allocate(end - start, 'finished');
        arena.memory.u8.set(bytes.subarray(start, end), address);
        this.#link(slot, { encoding, address, bytes: end - start, count: sampleCount, minTimeMs, maxTimeMs });
      },
      from,
      to,
    );
  }

  #link(slot: number, chunk: FinishedChunk): void {
    const table = this.#chunks;
    const entry = table.take();
    table.minTimes[entry] = chunk.minTimeMs;
    table.maxTimes[entry] = chunk.maxTimeMs;
    table.addresses[entry] = chunk.address;
    table.lengths[entry] = chunk.bytes;
    table.sampleCounts[entry] = chunk.count;
    table.encodings[entry] = chunk.encoding;
    table.previous[entry] = this.#newest[slot]!;
    this.#newest[slot] = entry;
  }

  #chunk(entry: number): FinishedChunk {
    const { addresses, lengths, sampleCounts, encodings, minTimes, maxTimes } = this.#chunks;
    return {
      encoding: encodings[entry]!,
      address: addresses[entry]!,
      bytes: lengths[entry]!,
      count: sampleCounts[entry]!,
      minTimeMs: minTimes[entry]!,
      maxTimeMs: maxTimes[entry]!,
    };
  }

  /** Frees a chunk and all that were written before it. */
  #release(newest: number): void {
    for (let entry = newest; entry !== NONE; ) {
      const next = this.#chunks.previous[entry]!;
      this.#arena.free(this.#chunks.addresses[entry]!, this.#chunks.lengths[entry]!, 'finished');
      this.#chunks.release(entry);
      entry = next;
    }
  }

  /** From a row's first sample to its last; null when it has none. */
  spanOf(row: number): { minTimeMs: number; maxTimeMs: number } | null {
    const slot = this.#slotOfRow.get(row);
    if (slot === undefined) return null;
    let minTimeMs = this.#open.minTimeMs(slot);
    let maxTimeMs = this.#open.maxTimeMs(slot);
    for (let c = this.#newest[slot]!; c !== NONE; c = this.#chunks.previous[c]!) {
      minTimeMs = Math.min(minTimeMs, this.#chunks.minTimes[c]!);
      maxTimeMs = Math.max(maxTimeMs, this.#chunks.maxTimes[c]!);
    }
    return { minTimeMs, maxTimeMs };
  }

  /** What a row has between two times, both included, as it is now; null when that is nothing. The caller holds a pin. */
  view(row: number, minTimeMs: number, maxTimeMs: number): OutOfOrderView | null {
    const slot = this.#slotOfRow.get(row);
    if (slot === undefined) return null;
    const chunks: FinishedChunk[] = [];
    for (let c = this.#newest[slot]!; c !== NONE; c = this.#chunks.previous[c]!) {
      if (this.#chunks.minTimes[c]! <= maxTimeMs && this.#chunks.maxTimes[c]! >= minTimeMs) chunks.push(this.#chunk(c));
    }
    const columns = new SampleColumns(0);
    this.#open.copy(slot, minTimeMs, maxTimeMs, columns);
    if (columns.length === 0 && chunks.length === 0) return null;
    return { chunks: chunks.reverse(), columns };
  }

  /**
   * Writes all that a row has anew as chunks in order, none over a multiple of the chunk range, and remembers that the
   * cut under way takes them; what comes later is apart. Returns how many samples there were. Throws
   * HeadMemoryError; all is then as it was.
   */
  takeForCut(row: number): number {
    const slot = this.#slotOfRow.get(row);
    if (slot === undefined) return 0;
    const columns = this.#scratch;
    columns.clear();
    const { chunks } = this.view(row, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY) ?? { chunks: [] };
    for (const chunk of chunks) decodeInto(this.#arena, chunk, ALWAYS, columns);
    this.#open.copy(slot, ALWAYS.minTimeMs, ALWAYS.maxTimeMs, columns);
    const count = columns.length;
    sortRun(columns, 0);
    const old = this.#newest[slot]!;
    this.#newest[slot] = NONE;
    try {
      this.#writeOrdered(slot, columns);
    } catch (error) {
      this.#release(this.#newest[slot]!);
      this.#newest[slot] = old;
      throw error;
    }
    this.#open.clear(slot);
    this.#taken[slot] = this.#newest[slot]!;
    this.#release(old);
    return count;
  }

  #writeOrdered(slot: number, columns: SampleColumns): void {
    const { times, length } = columns;
    for (let from = 0; from < length; ) {
      const endMs = (Math.floor(times[from]! / this.#chunkRangeMs) + 1) * this.#chunkRangeMs;
      let to = from + 1;
      while (to < length && times[to]! < endMs) to++;
      this.#write(slot, columns, from, to);
      from = to;
    }
  }

  /** The chunks of a row that the cut takes, newest first; those before a time are the last. */
  *takenChunks(row: number): Generator<FinishedChunk> {
    const slot = this.#slotOfRow.get(row);
    if (slot === undefined) return;
    for (let c = this.#taken[slot]!; c !== NONE; c = this.#chunks.previous[c]!) yield this.#chunk(c);
  }

  /** Lets go of what the cut took of the rows. */
  dropTaken(rows: Uint32Array): void {
    for (const row of rows) {
      const slot = this.#slotOfRow.get(row);
      if (slot === undefined || this.#taken[slot] === NONE) continue;
      const taken = this.#taken[slot]!;
      this.#unlink(slot, taken);
      this.#release(taken);
      if (this.#newest[slot] !== NONE || this.#open.count(slot) > 0) continue;
      this.#slotOfRow.delete(row);
      this.#freeSlots.push(slot);
    }
    this.#measure();
  }

  #unlink(slot: number, taken: number): void {
    this.#taken[slot] = NONE;
    if (this.#newest[slot] === taken) {
      this.#newest[slot] = NONE;
      return;
    }
    let newer = this.#newest[slot]!;
    while (this.#chunks.previous[newer] !== taken) newer = this.#chunks.previous[newer]!;
    this.#chunks.previous[newer] = NONE;
  }

  #measure(): void {
    this.minTimeMs = Number.POSITIVE_INFINITY;
    this.maxTimeMs = Number.NEGATIVE_INFINITY;
    for (const row of this.#slotOfRow.keys()) {
      const span = this.spanOf(row);
      this.minTimeMs = Math.min(this.minTimeMs, span?.minTimeMs ?? this.minTimeMs);
      this.maxTimeMs = Math.max(this.maxTimeMs, span?.maxTimeMs ?? this.maxTimeMs);
    }
  }
}

/** Appends what a view has of a span, in order of time, one sample a timestamp. */
export function readView(arena: Arena, view: OutOfOrderView, span: TimeSpan, into: SampleColumns): void {
  const before = into.length;
  for (const chunk of view.chunks) decodeInto(arena, chunk, span, into);
  const { times, halves, histograms, length } = view.columns;
  let from = 0;
  while (from < length && times[from]! < span.minTimeMs) from++;
  let to = from;
  while (to < length && times[to]! <= span.maxTimeMs) to++;
  into.reserve(to - from);
  into.times.set(times.subarray(from, to), into.length);
  into.halves.set(halves.subarray(2 * from, 2 * to), 2 * into.length);
  addHistograms(into, histograms?.slice(from, to) ?? null, to - from);
  into.length += to - from;
  sortRun(into, before);
}

function decodeInto(arena: Arena, chunk: FinishedChunk, span: TimeSpan, into: SampleColumns): void {
  const { encoding, address, bytes, count } = chunk;
  const source = { encoding, bytes: arena.memory.u8, start: address, end: address + bytes, count };
  decodeChunk(source, span.minTimeMs, span.maxTimeMs, into);
}
