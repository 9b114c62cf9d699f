import { compareStrings } from '../../model/labels.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { decodeChunk, sampleCountOf } from '../chunk/decode-chunk.ts';
import { SampleChunkWriter } from '../chunk/sample-chunks.ts';
import type { HeadSnapshot } from '../head/head-snapshot.ts';
import { removeDeleted, Tombstones } from '../tombstones.ts';
import type { BlockChunk, BlockContent } from './block-writer.ts';

/** What remains of a chunk of the head remains one. */
const MAX_SAMPLES = 240;

/** A snapshot of the head in the order a block wants. Chunks are taken as they are where they lie within the stretch. */
export class HeadContent implements BlockContent {
  readonly symbols: readonly string[];
  readonly seriesCount: number;
  readonly #snapshot: HeadSnapshot;
  readonly #bytes: Uint8Array;
  /** Snapshot labels with every symbol replaced by its rank. */
  readonly #labels: Uint32Array;
  /** Snapshot series in block order. */
  readonly #order: Uint32Array;
  readonly #deleted = new Tombstones();
  readonly #columns = new SampleColumns();
  readonly #writer = new SampleChunkWriter(MAX_SAMPLES);

  constructor(snapshot: HeadSnapshot) {
    this.#snapshot = snapshot;
    this.#bytes = new Uint8Array(snapshot.memory);
    const { deleted } = snapshot;
    for (let i = 0; i < deleted.length; i += 3) this.#deleted.add(deleted[i]!, deleted[i + 1]!, deleted[i + 2]!);
    const kept = this.#seriesWithSamples();
    const { symbols, labels } = rankSymbols(snapshot, kept);
    this.symbols = symbols;
    this.#labels = labels;
    this.#order = kept.sort((a, b) => this.#compare(a, b));
    this.seriesCount = kept.length;
  }

  /** Series of which something remains once deletions and the ends of the stretch are applied. */
  #seriesWithSamples(): Uint32Array {
    const all = Uint32Array.from(this.#snapshot.labelEnds, (_, i) => i);
    return all.filter((series) => {
      let has = false;
      this.#eachChunk(series, () => {
        has = true;
      });
      return has;
    });
  }

  #compare(a: number, b: number): number {
    const { labelEnds } = this.#snapshot;
    let i = a === 0 ? 0 : labelEnds[a - 1]!;
    let j = b === 0 ? 0 : labelEnds[b - 1]!;
    const iEnd = labelEnds[a]!;
    const jEnd = labelEnds[b]!;
    for (; i < iEnd && j < jEnd; i++, j++) {
      if (this.#labels[i] !== this.#labels[j]) return this.#labels[i]! - this.#labels[j]!;
    }
    return iEnd - i - (jEnd - j);
  }

  labels(series: number): Uint32Array {
    const s = this.#order[series]!;
    const { labelEnds } = this.#snapshot;
    return this.#labels.subarray(s === 0 ? 0 : labelEnds[s - 1]!, labelEnds[s]!);
  }

  chunks(series: number, onChunk: (chunk: BlockChunk) => void): void {
    this.#eachChunk(this.#order[series]!, onChunk);
  }

  #eachChunk(s: number, onChunk: (chunk: BlockChunk) => void): void {
    const { chunkEnds, minTimes, maxTimes, minTimeMs, maxTimeMs } = this.#snapshot;
    const isDeletedFrom = this.#deleted.get(s) !== undefined;
    for (let c = chunkEnds[s]! - 1; c >= (s === 0 ? 0 : chunkEnds[s - 1]!); c--) {
      const isInside = minTimes[c]! >= minTimeMs && maxTimes[c]! < maxTimeMs;
      if (isInside && !isDeletedFrom) onChunk(this.#wholeChunk(c));
      else this.#partOfChunk(s, c, onChunk);
    }
  }

  #wholeChunk(c: number): BlockChunk {
    const { addresses, lengths, sampleCounts, encodings, minTimes, maxTimes } = this.#snapshot;
    const sampleCount = sampleCounts[c]!;
    const encoding = encodings[c]!;
    let start = addresses[c]!;
    let bytes: Uint8Array = this.#bytes;
    if (sampleCountOf(encoding, bytes, start) !== sampleCount) {
      // still open in the head: its count is not in its bytes, and its last byte may grow on
      bytes = this.#bytes.slice(start, start + lengths[c]!);
      bytes[0] = sampleCount >>> 8;
      bytes[1] = sampleCount & 0xff;
      start = 0;
    }
    const end = start + lengths[c]!;
    return { encoding, bytes, start, end, sampleCount, minTimeMs: minTimes[c]!, maxTimeMs: maxTimes[c]! };
  }

  #partOfChunk(s: number, c: number, onChunk: (chunk: BlockChunk) => void): void {
    const { addresses, lengths, sampleCounts, encodings, minTimeMs, maxTimeMs } = this.#snapshot;
    const columns = this.#columns;
    columns.clear();
    const start = addresses[c]!;
    const end = start + lengths[c]!;
    const chunk = { encoding: encodings[c]!, bytes: this.#bytes, start, end, count: sampleCounts[c]! };
    decodeChunk(chunk, minTimeMs, maxTimeMs - 1, columns);
    const deleted = this.#deleted.get(s);
    if (deleted !== undefined) removeDeleted(columns, 0, deleted);
    this.#writer.write(columns, onChunk);
  }
}

/** The symbols that the kept series use, sorted, and all labels as ranks among them. */
function rankSymbols(snapshot: HeadSnapshot, kept: Uint32Array): { symbols: string[]; labels: Uint32Array } {
  const { symbolBytes, symbolEnds, labels, labelEnds } = snapshot;
  const isUsed = new Uint8Array(symbolEnds.length);
  for (const s of kept) {
    for (let i = s === 0 ? 0 : labelEnds[s - 1]!; i < labelEnds[s]!; i++) isUsed[labels[i]!] = 1;
  }
  const text = Buffer.from(symbolBytes.buffer, symbolBytes.byteOffset, symbolBytes.length);
  const used: { id: number; text: string }[] = [];
  for (let id = 0; id < isUsed.length; id++) {
    if (isUsed[id] === 0) continue;
    used.push({ id, text: text.toString('utf8', id === 0 ? 0 : symbolEnds[id - 1]!, symbolEnds[id]!) });
  }
  used.sort((a, b) => compareStrings(a.text, b.text));
  const ranks = new Uint32Array(symbolEnds.length);
  used.forEach(({ id }, rank) => {
    ranks[id] = rank;
  });
  return { symbols: used.map((symbol) => symbol.text), labels: labels.map((id) => ranks[id]!) };
}
