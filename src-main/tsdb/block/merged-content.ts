import { compareStrings } from '../../model/labels.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { decodeChunk, sampleCountOf } from '../chunk/decode-chunk.ts';
import { SampleChunkWriter } from '../chunk/sample-chunks.ts';
import { mergeRuns } from '../merge-runs.ts';
import { removeDeleted } from '../tombstones.ts';
import type { Block } from './block.ts';
import { locateBlockChunk } from './block-querier.ts';
import type { BlockChunk, BlockContent } from './block-writer.ts';
import { SeriesEntries } from './series-entries.ts';
import { SymbolRanks } from './symbol-ranks.ts';

const SAMPLES_PER_CHUNK = 120;

/** A chunk of one of the blocks. */
interface ChunkSource {
  readonly block: number;
  readonly seriesId: number;
  readonly segment: number;
  readonly offset: number;
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

/**
 * Several blocks as the content of one: series with equal labels joined, tombstones applied. Chunks that overlap no
 * other and have nothing deleted are copied as they are.
 */
export class MergedContent implements BlockContent {
  readonly symbols: readonly string[];
  readonly #blocks: readonly Block[];
  readonly #ranks: SymbolRanks;
  /** Merged series by merged series: which blocks have it, as block and id; those of series i end at #ends[i]. */
  readonly #sources: number[] = [];
  readonly #ends: number[] = [];
  /** By block: entries of series as they are, and without the chunks of which nothing is left. */
  readonly #whole: SeriesEntries[];
  readonly #remaining: SeriesEntries[];
  readonly #columns = new SampleColumns();
  readonly #writer = new SampleChunkWriter(SAMPLES_PER_CHUNK);

  constructor(blocks: readonly Block[]) {
    this.#blocks = blocks;
    this.#whole = blocks.map((block) => new SeriesEntries(block.index));
    this.#remaining = blocks.map((block) => new SeriesEntries(block.index, block.tombstones));
    this.#ranks = new SymbolRanks(blocks, compareStrings);
    this.symbols = this.#ranks.symbols;
    this.#mergeSeries();
  }

  get seriesCount(): number {
    return this.#ends.length;
  }

  /** Every block lists its series in the order of their labels: walks through all at once. */
  #mergeSeries(): void {
    const cursors = this.#blocks.map((block, b) => new Cursor(block, b, this.#ranks));
    for (;;) {
      const active = cursors.filter((cursor) => cursor.labels !== null);
      if (active.length === 0) return;
      let least = active[0]!;
      for (const cursor of active) if (compareRanks(cursor.labels!, least.labels!) < 0) least = cursor;
      const same = active.filter((cursor) => cursor === least || compareRanks(cursor.labels!, least.labels!) === 0);
      const before = this.#sources.length;
      for (const cursor of same) this.#sources.push(cursor.block, cursor.id);
      this.#ends.push(this.#sources.length);
      if (!this.#hasSamples(this.#ends.length - 1)) {
        this.#ends.pop();
        this.#sources.length = before;
      }
      for (const cursor of same) cursor.next();
    }
  }

  #hasSamples(series: number): boolean {
    const sources = this.#chunkSources(series);
    if (sources.some((source) => !this.#isTouched(source))) return true;
    let has = false;
    this.chunks(series, () => {
      has = true;
    });
    return has;
  }

  labels(series: number): Uint32Array {
    const at = series === 0 ? 0 : this.#ends[series - 1]!;
    const block = this.#sources[at]!;
    const entries = this.#whole[block]!;
    entries.clear();
    entries.add(this.#sources[at + 1]!, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    return this.#ranks.ofLabels(block, entries.labels(0));
  }

  #chunkSources(series: number): ChunkSource[] {
    const sources: ChunkSource[] = [];
    for (let i = series === 0 ? 0 : this.#ends[series - 1]!; i < this.#ends[series]!; i += 2) {
      const block = this.#sources[i]!;
      const seriesId = this.#sources[i + 1]!;
      const entries = this.#remaining[block]!;
      entries.clear();
      entries.add(seriesId, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      for (let c = 0; entries.length > 0 && c < entries.firstChunk(1); c++) {
        sources.push({
          block,
          seriesId,
          segment: entries.chunkSegments[c]!,
          offset: entries.chunkOffsets[c]!,
          minTimeMs: entries.chunkMinTimes[c]!,
          maxTimeMs: entries.chunkMaxTimes[c]!,
        });
      }
    }
    return sources.sort((a, b) => a.minTimeMs - b.minTimeMs);
  }

  chunks(series: number, onChunk: (chunk: BlockChunk) => void): void {
    const sources = this.#chunkSources(series);
    for (let from = 0; from < sources.length; ) {
      let to = from + 1;
      let end = sources[from]!.maxTimeMs;
      while (to < sources.length && sources[to]!.minTimeMs <= end) end = Math.max(end, sources[to++]!.maxTimeMs);
      const source = sources[from]!;
      if (to === from + 1 && !this.#isTouched(source)) onChunk(this.#copy(source));
      else this.#rewrite(sources.slice(from, to), onChunk);
      from = to;
    }
  }

  #isTouched(source: ChunkSource): boolean {
    const deleted = this.#blocks[source.block]!.tombstones.get(source.seriesId) ?? [];
    for (let i = 0; i < deleted.length; i += 2) {
      if (deleted[i]! <= source.maxTimeMs && deleted[i + 1]! >= source.minTimeMs) return true;
    }
    return false;
  }

  #copy(source: ChunkSource): BlockChunk {
    const { minTimeMs, maxTimeMs } = source;
    const located = locateBlockChunk(this.#blocks[source.block]!, source.segment, source.offset);
    const sampleCount = sampleCountOf(located.encoding, located.bytes, located.start);
    return { ...located, sampleCount, minTimeMs, maxTimeMs };
  }

  #rewrite(sources: readonly ChunkSource[], onChunk: (chunk: BlockChunk) => void): void {
    const columns = this.#columns;
    columns.clear();
    for (const source of sources) {
      const chunk = this.#copy(source);
      const before = columns.length;
      const encoded = { ...chunk, count: chunk.sampleCount };
      decodeChunk(encoded, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, columns);
      const deleted = this.#blocks[source.block]!.tombstones.get(source.seriesId);
      if (deleted !== undefined) removeDeleted(columns, before, deleted);
      mergeRuns(columns, 0, before);
    }
    this.#writer.write(columns, onChunk);
  }
}

/** Walks through the series of one block in order. */
class Cursor {
  readonly block: number;
  readonly #source: Block;
  readonly #ranks: SymbolRanks;
  readonly #ids: Uint32Array;
  #at = -1;
  id = 0;
  /** null at the end. */
  labels: Uint32Array | null = null;

  constructor(source: Block, block: number, ranks: SymbolRanks) {
    this.#source = source;
    this.block = block;
    this.#ranks = ranks;
    this.#ids = source.index.all();
    this.next();
  }

  next(): void {
    this.#at++;
    this.labels = null;
    if (this.#at >= this.#ids.length) return;
    this.id = this.#ids[this.#at]!;
    const entry = this.#source.index.seriesEntry(this.id);
    const symbols = new Uint32Array(2 * entry.uvarint());
    for (let i = 0; i < symbols.length; i++) symbols[i] = entry.uvarint();
    this.labels = this.#ranks.ofLabels(this.block, symbols);
  }
}

function compareRanks(a: Uint32Array, b: Uint32Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
