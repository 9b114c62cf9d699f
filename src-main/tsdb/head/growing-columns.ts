import type { FinishedChunk } from './chunk-table.ts';

/** The columns of a HeadSnapshot while they are collected. */
export class GrowingColumns {
  #labels = new Uint32Array(1 << 14);
  #labelCount = 0;
  #labelEnds = new Uint32Array(1 << 10);
  #chunkEnds = new Uint32Array(1 << 10);
  #seriesCount = 0;
  #chunkCount = 0;
  #addresses = new Uint32Array(1 << 12);
  #lengths = new Uint32Array(1 << 12);
  #sampleCounts = new Uint32Array(1 << 12);
  #encodings = new Uint8Array(1 << 12);
  #minTimes = new Float64Array(1 << 12);
  #maxTimes = new Float64Array(1 << 12);

  addChunk(chunk: FinishedChunk): void {
    const c = this.#chunkCount++;
    if (c === this.#addresses.length) {
      this.#addresses = doubled(this.#addresses);
      this.#lengths = doubled(this.#lengths);
      this.#sampleCounts = doubled(this.#sampleCounts);
      this.#encodings = doubledBytes(this.#encodings);
      this.#minTimes = doubledFloats(this.#minTimes);
      this.#maxTimes = doubledFloats(this.#maxTimes);
    }
    this.#addresses[c] = chunk.address;
    this.#lengths[c] = chunk.bytes;
    this.#sampleCounts[c] = chunk.count;
    this.#encodings[c] = chunk.encoding;
    this.#minTimes[c] = chunk.minTimeMs;
    this.#maxTimes[c] = chunk.maxTimeMs;
  }

  /** The chunks added since the last call are those of a series with these labels; returns its number. */
  endSeries(labelIds: Uint32Array): number {
    const s = this.#seriesCount++;
    if (s === this.#labelEnds.length) {
      this.#labelEnds = doubled(this.#labelEnds);
      this.#chunkEnds = doubled(this.#chunkEnds);
    }
    while (this.#labelCount + labelIds.length > this.#labels.length) this.#labels = doubled(this.#labels);
    this.#labels.set(labelIds, this.#labelCount);
    this.#labelCount += labelIds.length;
    this.#labelEnds[s] = this.#labelCount;
    this.#chunkEnds[s] = this.#chunkCount;
    return s;
  }

  finish() {
    return {
      labels: this.#labels.slice(0, this.#labelCount),
      labelEnds: this.#labelEnds.slice(0, this.#seriesCount),
      chunkEnds: this.#chunkEnds.slice(0, this.#seriesCount),
      addresses: this.#addresses.slice(0, this.#chunkCount),
      lengths: this.#lengths.slice(0, this.#chunkCount),
      sampleCounts: this.#sampleCounts.slice(0, this.#chunkCount),
      encodings: this.#encodings.slice(0, this.#chunkCount),
      minTimes: this.#minTimes.slice(0, this.#chunkCount),
      maxTimes: this.#maxTimes.slice(0, this.#chunkCount),
    };
  }
}

function doubled(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}

function doubledBytes(array: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * array.length);
  larger.set(array);
  return larger;
}

function doubledFloats(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * array.length);
  larger.set(array);
  return larger;
}
