/** A chunk in the head's memory. */
export interface FinishedChunk {
  readonly encoding: number;
  readonly address: number;
  readonly bytes: number;
  readonly count: number;
  readonly minTimeMs: number;
  /** Included. */
  readonly maxTimeMs: number;
}

/** Finished chunks of the head as columns, linked from each series' newest to its oldest. */
export class ChunkTable {
  minTimes = new Float64Array(1024);
  maxTimes = new Float64Array(1024);
  addresses = new Uint32Array(1024);
  lengths = new Uint32Array(1024);
  sampleCounts = new Uint16Array(1024);
  encodings = new Uint8Array(1024);
  /** The next older chunk of the series, or -1; of a free entry the next free one. */
  previous = new Int32Array(1024);
  #limit = 0;
  #firstFree = -1;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** A free entry for the caller to fill. */
  take(): number {
    this.#count++;
    const free = this.#firstFree;
    if (free >= 0) {
      this.#firstFree = this.previous[free]!;
      return free;
    }
    if (this.#limit === this.previous.length) this.#grow();
    return this.#limit++;
  }

  release(chunk: number): void {
    this.#count--;
    this.previous[chunk] = this.#firstFree;
    this.#firstFree = chunk;
  }

  #grow(): void {
    const length = this.#limit * 2;
    const minTimes = new Float64Array(length);
    minTimes.set(this.minTimes);
    this.minTimes = minTimes;
    const maxTimes = new Float64Array(length);
    maxTimes.set(this.maxTimes);
    this.maxTimes = maxTimes;
    const addresses = new Uint32Array(length);
    addresses.set(this.addresses);
    this.addresses = addresses;
    const lengths = new Uint32Array(length);
    lengths.set(this.lengths);
    this.lengths = lengths;
    const sampleCounts = new Uint16Array(length);
    sampleCounts.set(this.sampleCounts);
    this.sampleCounts = sampleCounts;
    const encodings = new Uint8Array(length);
    encodings.set(this.encodings);
    this.encodings = encodings;
    const previous = new Int32Array(length);
    previous.set(this.previous);
    this.previous = previous;
  }
}
