/**
 * What a target's sample lines stood for, by the bytes of their series part. The lines are chained in the order of the
 * last scrape, so the next line is nearly always the expected one and costs one comparison of bytes; any other is found
 * by hash. Columns instead of objects: a slot is an index.
 *
 * Bounded by the samples a scrape may have: lines that are gone are cleared away once they outnumber a quarter.
 */
const NONE = -1;
const FIRST_CAPACITY = 256;
const FIRST_BYTES = 16 * 1024;

/** `ref` of a slot whose line relabelling drops. */
export const DROPPED = -1;

export class SeriesCache {
  /** How many slots are in use; slots are 0 .. count-1. */
  count = 0;
  refs = new Float64Array(FIRST_CAPACITY);
  /** The last scrape (by number) in which the line was there, and in which its series was to get a staleness marker. */
  seen = new Uint32Array(FIRST_CAPACITY);
  tracked = new Uint32Array(FIRST_CAPACITY);
  #bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  /** The same memory as #bytes, and as the body that is being scanned. */
  #view: DataView = new DataView(this.#bytes.buffer);
  #body: Uint8Array | null = null;
  #bodyView: DataView = this.#view;
  #bytesUsed = 0;
  #starts = new Uint32Array(FIRST_CAPACITY);
  #lengths = new Uint32Array(FIRST_CAPACITY);
  #hashes = new Int32Array(FIRST_CAPACITY);
  #chains = new Int32Array(FIRST_CAPACITY);
  #following = new Int32Array(FIRST_CAPACITY);
  #buckets = new Int32Array(FIRST_CAPACITY).fill(NONE);
  #first = NONE;
  #expected = NONE;
  #current = NONE;
  #soughtHash = 0;
  /** Slots in use when `sweep` was last called. */
  #countBefore = 0;

  /** To be called before the first line of a body, and after its last. */
  rewind(): void {
    this.#body = null; // it belongs to others after the scrape
    this.#bodyView = this.#view;
    this.#expected = this.#first;
    this.#current = NONE;
  }

  /** The end of the series part at `pos` when it is the expected line's, followed by a byte that ends it; else -1. */
  matchExpected(body: Uint8Array, pos: number): number {
    const slot = this.#expected;
    if (slot === NONE) return -1;
    const length = this.#lengths[slot]!;
    const end = pos + length;
    if (end >= body.length) return -1;
    const next = body[end]!;
    if (next !== 0x20 && next !== 0x09) return -1;
    if (body !== this.#body) this.#viewBody(body);
    // Eight bytes at a time: half the cost of one by one.
    const bytes = this.#view;
    const other = this.#bodyView;
    let at = this.#starts[slot]!;
    let here = pos;
    for (; here + 8 <= end; at += 8, here += 8)
      if (bytes.getInt32(at) !== other.getInt32(here) || bytes.getInt32(at + 4) !== other.getInt32(here + 4)) return -1;
    for (; here < end; at++, here++) if (bytes.getUint8(at) !== other.getUint8(here)) return -1;
    return end;
  }

  /** Takes the expected line as read and returns its slot. */
  advance(): number {
    const slot = this.#expected;
    this.#current = slot;
    this.#expected = this.#following[slot]!;
    return slot;
  }

  /** The slot of the line with these bytes, taken as read; -1 when it is new. */
  find(body: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(body, start, end);
    this.#soughtHash = hash;
    const slot = this.#lookUp(body, start, end, hash);
    if (slot !== NONE) this.#follow(slot);
    return slot;
  }

  /** Remembers the line that `find` has just not found, after the line read last. Returns its slot, with ref 0. */
  add(body: Uint8Array, start: number, end: number): number {
    return this.#insert(body, start, end, this.#soughtHash);
  }

  /** The slot of what stands for no line of a body and so has no place in their order, made when there is none. */
  aside(key: Uint8Array): number {
    const [current, expected] = [this.#current, this.#expected];
    const hash = hashBytes(key, 0, key.length);
    const known = this.#lookUp(key, 0, key.length, hash);
    if (known !== NONE) return known;
    this.#current = NONE;
    const first = this.#first;
    const slot = this.#insert(key, 0, key.length, hash);
    this.#first = first;
    this.#current = current;
    this.#expected = expected;
    return slot;
  }

  #lookUp(body: Uint8Array, start: number, end: number, hash: number): number {
    const length = end - start;
    let slot = this.#buckets[hash & (this.#buckets.length - 1)]!;
    while (slot !== NONE && !(this.#hashes[slot] === hash && this.#equal(slot, body, start, length)))
      slot = this.#chains[slot]!;
    return slot;
  }

  #insert(body: Uint8Array, start: number, end: number, hash: number): number {
    if (this.count === this.refs.length) this.#grow();
    const slot = this.count++;
    const length = end - start;
    this.#reserveBytes(length);
    this.#bytes.set(body.subarray(start, end), this.#bytesUsed);
    this.#starts[slot] = this.#bytesUsed;
    this.#lengths[slot] = length;
    this.#bytesUsed += length;
    this.#hashes[slot] = hash;
    this.#link(slot);
    this.refs[slot] = 0;
    this.seen[slot] = 0;
    this.tracked[slot] = 0;
    this.#following[slot] = this.#expected;
    this.#follow(slot);
    return slot;
  }

  /** The series part of a slot, as scanned; valid until the next `add` or `sweep`. */
  bytesOf(slot: number): Uint8Array {
    const start = this.#starts[slot]!;
    return this.#bytes.subarray(start, start + this.#lengths[slot]!);
  }

  /** Forgets everything. */
  clear(): void {
    this.#reset(0);
  }

  /**
   * Forgets all slots but the `live` ones seen since scrape `oldest`, once that is worth it: then slots are renumbered.
   * Gives back what is spare when nothing was added since the last call.
   */
  sweep(oldest: number, live: number): boolean {
    const dead = this.count - live;
    const isSettled = this.count === this.#countBefore;
    this.#countBefore = this.count;
    if (dead <= 64 + this.count / 4) {
      if (isSettled) this.#fit();
      return false;
    }
    const old = { ...this.#columns(), count: this.count };
    this.#reset(this.count - dead);
    for (let slot = 0; slot < old.count; slot++) {
      if (old.seen[slot]! < oldest) continue;
      const start = old.starts[slot]!;
      const made = this.#insert(old.bytes, start, start + old.lengths[slot]!, old.hashes[slot]!);
      this.refs[made] = old.refs[slot]!;
      this.seen[made] = old.seen[slot]!;
      this.tracked[made] = old.tracked[slot]!;
    }
    return true;
  }

  /** Makes `slot` the line read last, and the expected line the one that followed it. */
  #follow(slot: number): void {
    if (this.#current === NONE) this.#first = slot;
    else if (this.#current !== slot) this.#following[this.#current] = slot;
    this.#current = slot;
    this.#expected = this.#following[slot]!;
  }

  #equal(slot: number, body: Uint8Array, start: number, length: number): boolean {
    if (this.#lengths[slot] !== length) return false;
    const at = this.#starts[slot]!;
    for (let i = 0; i < length; i++) if (this.#bytes[at + i] !== body[start + i]) return false;
    return true;
  }

  #link(slot: number): void {
    const bucket = this.#hashes[slot]! & (this.#buckets.length - 1);
    this.#chains[slot] = this.#buckets[bucket]!;
    this.#buckets[bucket] = slot;
  }

  #columns() {
    const [starts, lengths, hashes, bytes] = [this.#starts, this.#lengths, this.#hashes, this.#bytes];
    return { refs: this.refs, seen: this.seen, tracked: this.tracked, starts, lengths, hashes, bytes };
  }

  #reset(count: number): void {
    let capacity = FIRST_CAPACITY;
    while (capacity < count) capacity *= 2;
    this.count = 0;
    this.refs = new Float64Array(capacity);
    this.seen = new Uint32Array(capacity);
    this.tracked = new Uint32Array(capacity);
    this.#starts = new Uint32Array(capacity);
    this.#lengths = new Uint32Array(capacity);
    this.#hashes = new Int32Array(capacity);
    this.#chains = new Int32Array(capacity);
    this.#following = new Int32Array(capacity);
    this.#buckets = new Int32Array(capacity).fill(NONE);
    this.#setBytes(new Uint8Array(FIRST_BYTES));
    this.#bytesUsed = 0;
    this.#first = NONE;
    this.rewind();
  }

  #grow(): void {
    const capacity = 2 * this.refs.length;
    this.#resize(capacity);
    if (this.#buckets.length >= capacity) return;
    let size = this.#buckets.length;
    while (size < capacity) size *= 2;
    this.#buckets = new Int32Array(size).fill(NONE);
    for (let slot = 0; slot < this.count; slot++) this.#link(slot);
  }

  #resize(capacity: number): void {
    this.refs = copied(this.refs, new Float64Array(capacity));
    this.seen = copied(this.seen, new Uint32Array(capacity));
    this.tracked = copied(this.tracked, new Uint32Array(capacity));
    this.#starts = copied(this.#starts, new Uint32Array(capacity));
    this.#lengths = copied(this.#lengths, new Uint32Array(capacity));
    this.#hashes = copied(this.#hashes, new Int32Array(capacity));
    this.#chains = copied(this.#chains, new Int32Array(capacity));
    this.#following = copied(this.#following, new Int32Array(capacity));
  }

  /** Most targets have the same lines for ever: room to grow by doubling would stay empty. */
  #fit(): void {
    const capacity = this.count + (this.count >>> 5) + 16;
    if (this.refs.length > capacity + (capacity >>> 3)) this.#resize(capacity);
    const bytes = this.#bytesUsed + (this.#bytesUsed >>> 5) + 1024;
    if (this.#bytes.length > bytes + (bytes >>> 3)) this.#setBytes(copied(this.#bytes, new Uint8Array(bytes)));
  }

  #reserveBytes(extra: number): void {
    let size = this.#bytes.length;
    if (this.#bytesUsed + extra <= size) return;
    while (size < this.#bytesUsed + extra) size *= 2;
    this.#setBytes(copied(this.#bytes, new Uint8Array(size)));
  }

  #setBytes(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  #viewBody(body: Uint8Array): void {
    this.#body = body;
    this.#bodyView = new DataView(body.buffer, body.byteOffset, body.length);
  }
}

/** As much of `from` as fits. */
function copied<T extends Float64Array | Uint32Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from.length > to.length ? from.subarray(0, to.length) : from);
  return to;
}

/** FNV-1a, 32 bits. */
function hashBytes(body: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ body[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}
