import { STATE_BYTES } from '../../kernels/xor-chunk.ts';
import type { Labels } from '../../model/labels.ts';
import type { SeriesRef } from '../../model/storage.ts';
import type { Arena } from '../arena.ts';
import type { Pins } from '../pins.ts';
import { RefMap } from './ref-map.ts';
import { Symbols } from './symbols.ts';

const ROWS_PER_BLOCK = 1024;
const EMPTY_SLOT = 0;
const DELETED_SLOT = -1;
const MAX_LABELS_KEPT = 131_072;

/**
 * The head's series as rows of columns. A row is found by its labels or by its ref; refs grow for ever, rows are used
 * again once no reader can hold them.
 */
export class SeriesTable {
  readonly symbols = new Symbols();
  readonly #arena: Arena;
  readonly #pins: Pins;
  readonly #rowOfRef = new RefMap();
  /** Addresses of blocks of state records. */
  #stateBlocks = new Uint32Array(16);
  #refs = new Float64Array(ROWS_PER_BLOCK);
  #labelStarts = new Uint32Array(ROWS_PER_BLOCK);
  #labelLengths = new Uint16Array(ROWS_PER_BLOCK);
  #hashes = new Uint32Array(ROWS_PER_BLOCK);
  /** Newest finished chunk of the row in the chunk table; -1: none. */
  newestChunk = new Int32Array(ROWS_PER_BLOCK);
  /** The open appender that holds samples for the row (0: none), and where its last one lies in there. */
  pendingOwner = new Uint32Array(ROWS_PER_BLOCK);
  pendingIndex = new Uint32Array(ROWS_PER_BLOCK);
  /** Symbol ids of all label sets, back to back. */
  #labelPool = new Uint32Array(16 * ROWS_PER_BLOCK);
  #poolEnd = 0;
  #poolWaste = 0;
  /** Open addressing by label hash: row + 1. */
  #slots = new Int32Array(4 * ROWS_PER_BLOCK);
  #slotsUsed = 0;
  /** Label sets that readers asked for, by row. */
  #labels: (Labels | undefined)[] = [];
  #labelsKept = 0;
  #rowLimit = 0;
  readonly #freeRows: number[] = [];
  /** Removed rows that readers may hold: row, epoch. */
  #retired: number[] = [];
  #count = 0;
  #lastRef = 0;
  #scratch = new Uint32Array(64);

  constructor(arena: Arena, pins: Pins) {
    this.#arena = arena;
    this.#pins = pins;
    pins.onRelease(() => this.#releaseRetired());
  }

  get count(): number {
    return this.#count;
  }

  /** Rows are below this. */
  get rowLimit(): number {
    return this.#rowLimit;
  }

  ref(row: number): SeriesRef {
    return this.#refs[row]!;
  }

  /** -1 when no series has the ref (any more). */
  rowOf(ref: SeriesRef): number {
    return this.#rowOfRef.get(ref);
  }

  /** The rows of refs[0..length), -1 where there is none. */
  rowsOf(refs: Float64Array, length: number, rows: Int32Array): void {
    this.#rowOfRef.getAll(refs, length, rows);
  }

  /** Those of all series: one may have several. */
  allRefs(): SeriesRef[] {
    return this.#rowOfRef.refs();
  }

  /** Another ref for a row: a write-ahead log may name one series by several. */
  addAlias(ref: SeriesRef, row: number): void {
    this.#rowOfRef.set(ref, row);
    if (ref > this.#lastRef) this.#lastRef = ref;
  }

  /** Refs made from now on are above `ref`. */
  reserveRef(ref: SeriesRef): void {
    if (ref > this.#lastRef) this.#lastRef = ref;
  }

  /** Address of the row's state record. */
  state(row: number): number {
    return this.#stateBlocks[row >>> 10]! + (row & 1023) * STATE_BYTES;
  }

  /** Alternating name and value symbols; valid until the next change of the table. */
  labelIds(row: number): Uint32Array {
    const start = this.#labelStarts[row]!;
    return this.#labelPool.subarray(start, start + this.#labelLengths[row]!);
  }

  /** Mostly the same array for the same row: a set costs some 250 bytes, so no more than MAX_LABELS_KEPT are kept. */
  labels(row: number): Labels {
    let labels = this.#labels[row];
    if (labels === undefined) {
      if (this.#labelsKept++ >= MAX_LABELS_KEPT) {
        this.#labels = new Array<Labels | undefined>(this.#rowLimit);
        this.#labelsKept = 1;
      }
      labels = this.newLabels(row);
      this.#labels[row] = labels;
    }
    return labels;
  }

  /** As an array of its own, for those who pass through all series once. */
  newLabels(row: number): Labels {
    return Array.from(this.labelIds(row), (id) => this.symbols.text(id));
  }

  /** The row with exactly these labels, or -1. */
  find(labels: Labels): number {
    if (labels.length > this.#scratch.length) this.#scratch = new Uint32Array(labels.length * 2);
    const ids = this.#scratch;
    for (let i = 0; i < labels.length; i++) {
      const id = this.symbols.find(labels[i]!);
      if (id === undefined) return -1;
      ids[i] = id;
    }
    return this.#findIds(ids, labels.length, hashIds(ids, labels.length));
  }

  #findIds(ids: Uint32Array, length: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]!;
      if (entry === EMPTY_SLOT) return -1;
      if (entry === DELETED_SLOT) continue;
      const row = entry - 1;
      if (this.#hashes[row] === hash && this.#hasIds(row, ids, length)) return row;
    }
  }

  #hasIds(row: number, ids: Uint32Array, length: number): boolean {
    if (this.#labelLengths[row] !== length) return false;
    const start = this.#labelStarts[row]!;
    for (let i = 0; i < length; i++) if (this.#labelPool[start + i] !== ids[i]) return false;
    return true;
  }

  /** A new row for labels that no row has; `ref` 0 makes a new one. Its state record is that of an empty series. */
  add(labels: Labels, ref: SeriesRef): number {
    const row = this.#takeRow();
    const ownRef = ref === 0 ? this.#lastRef + 1 : ref;
    this.reserveRef(ownRef);
    this.#refs[row] = ownRef;
    this.#rowOfRef.set(ownRef, row);
    this.#storeLabels(row, labels);
    this.#hashes[row] = hashIds(this.labelIds(row), labels.length);
    if ((this.#slotsUsed + 1) * 5 > this.#slots.length * 3) this.#rehash(this.#count + 1);
    this.#occupySlot(row);
    this.newestChunk[row] = -1;
    this.pendingOwner[row] = 0;
    if (row < this.#labels.length) this.#labels[row] = undefined;
    this.#count++;
    return row;
  }

  #takeRow(): number {
    const free = this.#freeRows.pop();
    if (free !== undefined) return free;
    const row = this.#rowLimit;
    if ((row & (ROWS_PER_BLOCK - 1)) === 0) this.#addStateBlock(row >>> 10);
    this.#rowLimit++;
    if (row >= this.#refs.length) this.#growColumns(row * 2);
    return row;
  }

  #addStateBlock(block: number): void {
    if (block >= this.#stateBlocks.length) this.#stateBlocks = grown(this.#stateBlocks, block * 2);
    this.#stateBlocks[block] = this.#arena.allocateForever(ROWS_PER_BLOCK * STATE_BYTES);
  }

  #growColumns(length: number): void {
    const refs = new Float64Array(length);
    refs.set(this.#refs);
    this.#refs = refs;
    this.#labelStarts = grown(this.#labelStarts, length);
    const lengths = new Uint16Array(length);
    lengths.set(this.#labelLengths);
    this.#labelLengths = lengths;
    this.#hashes = grown(this.#hashes, length);
    const newest = new Int32Array(length);
    newest.set(this.newestChunk);
    this.newestChunk = newest;
    this.pendingOwner = grown(this.pendingOwner, length);
    this.pendingIndex = grown(this.pendingIndex, length);
  }

  #storeLabels(row: number, labels: Labels): void {
    if (this.#poolEnd + labels.length > this.#labelPool.length) this.#makePoolRoom(labels.length);
    this.#labelStarts[row] = this.#poolEnd;
    this.#labelLengths[row] = labels.length;
    for (const text of labels) this.#labelPool[this.#poolEnd++] = this.symbols.use(text);
  }

  #makePoolRoom(extra: number): void {
    const needed = this.#poolEnd - this.#poolWaste + extra;
    const pool = new Uint32Array(Math.max(this.#labelPool.length, needed * 2));
    let end = 0;
    const isFree = new Uint8Array(this.#rowLimit);
    for (const row of this.#freeRows) isFree[row] = 1;
    for (let row = 0; row < this.#rowLimit; row++) {
      if (isFree[row] === 1 || this.#labelLengths[row] === 0) continue;
      const ids = this.labelIds(row);
      pool.set(ids, end);
      this.#labelStarts[row] = end;
      end += ids.length;
    }
    this.#labelPool = pool;
    this.#poolEnd = end;
    this.#poolWaste = 0;
  }

  #occupySlot(row: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes[row]! & mask;
    while (this.#slots[slot]! > 0) slot = (slot + 1) & mask;
    if (this.#slots[slot] === EMPTY_SLOT) this.#slotsUsed++;
    this.#slots[slot] = row + 1;
  }

  #rehash(count: number): void {
    const old = this.#slots;
    let size = 4 * ROWS_PER_BLOCK;
    while (size < count * 3) size *= 2;
    this.#slots = new Int32Array(size);
    this.#slotsUsed = 0;
    for (const entry of old) if (entry > 0) this.#occupySlot(entry - 1);
  }

  /** Makes the row unreachable; its labels stay readable to readers that hold a pin. */
  remove(row: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes[row]! & mask;
    while (this.#slots[slot] !== row + 1) slot = (slot + 1) & mask;
    this.#slots[slot] = DELETED_SLOT;
    this.#rowOfRef.delete(this.#refs[row]!);
    this.#count--;
    this.#retired.push(row, this.#pins.epoch);
  }

  /** To be called after removals. */
  sweep(): void {
    this.#rowOfRef.deleteRows((row) => this.#slotsHold(row));
    this.#releaseRetired();
  }

  #slotsHold(row: number): boolean {
    const mask = this.#slots.length - 1;
    for (let slot = this.#hashes[row]! & mask; ; slot = (slot + 1) & mask) {
      if (this.#slots[slot] === row + 1) return true;
      if (this.#slots[slot] === EMPTY_SLOT) return false;
    }
  }

  #releaseRetired(): void {
    const retired = this.#retired;
    let i = 0;
    for (; i < retired.length && this.#pins.isPast(retired[i + 1]!); i += 2) {
      const row = retired[i]!;
      for (const id of this.labelIds(row)) this.symbols.unuse(id);
      this.#poolWaste += this.#labelLengths[row]!;
      this.#labelLengths[row] = 0;
      if (row < this.#labels.length) this.#labels[row] = undefined;
      this.#freeRows.push(row);
    }
    if (i > 0) this.#retired = retired.slice(i);
  }
}

function grown(old: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const array = new Uint32Array(length);
  array.set(old);
  return array;
}

function hashIds(ids: Uint32Array, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ ids[i]!, 0x9e3779b1) ^ (hash >>> 15);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
