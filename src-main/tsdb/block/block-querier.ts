import { crc32cOf } from '../../kernels/crc32c.ts';
import { CorruptChunkError } from '../../kernels/xor-chunk.ts';
import { compareStrings, type Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { SampleColumns } from '../../model/sample-columns.ts';
import type { Querier, SeriesSet } from '../../model/storage.ts';
import { decodeChunk, sampleCountOf } from '../chunk/decode-chunk.ts';
import { CorruptionError } from '../errors.ts';
import { matchPostings } from '../matching.ts';
import { mergeRuns } from '../merge-runs.ts';
import { removeDeleted, type TimeSpan, type Tombstones } from '../tombstones.ts';
import type { Block } from './block.ts';
import type { KnownSeries } from './remembered-series.ts';

/** What a chunk takes on a first look; longer ones are looked at again. */
const CHUNK_LOOK_BYTES = 512;

/** Told of a chunk that cannot be read; its samples are missing from the answer. */
export type OnBadChunk = (block: Block, reason: string) => void;

/** Reads of one block, which it keeps open until `close()`. Throws CorruptionError for a damaged index. */
export class BlockQuerier implements Querier {
  readonly #block: Block;
  readonly #minTimeMs: number;
  readonly #maxTimeMs: number;
  readonly #onBadChunk: OnBadChunk;
  #isOpen = true;

  constructor(block: Block, minTimeMs: number, maxTimeMs: number, onBadChunk: OnBadChunk) {
    this.#block = block;
    this.#minTimeMs = minTimeMs;
    this.#maxTimeMs = maxTimeMs;
    this.#onBadChunk = onBadChunk;
    block.retain();
  }

  select(matchers: readonly Matcher[]): SeriesSet {
    const block = this.#block;
    const { tombstones } = block;
    const ids = matchPostings(block.index, matchers);
    const series = block.remembered.forSeries(ids.length);
    const places = new Uint32Array(ids.length);
    let length = 0;
    for (const id of ids) {
      const place = series.placeOf(id, this.#minTimeMs, this.#maxTimeMs, tombstones.get(id));
      if (place >= 0) places[length++] = place;
    }
    if (length > 0) block.index.loadSymbols(); // damage shows here, not when labels are asked for
    const span = { minTimeMs: this.#minTimeMs, maxTimeMs: this.#maxTimeMs };
    return new BlockSeriesSet(
      { block, series, places: places.subarray(0, length), tombstones, span },
      this.#onBadChunk,
    );
  }

  labelNames(matchers: readonly Matcher[]): string[] {
    const { index } = this.#block;
    if (matchers.length === 0) return index.names();
    const symbols = new Set<number>();
    this.#eachLabel(matchers, (name) => symbols.add(name));
    return Array.from(symbols, (symbol) => index.symbols.text(symbol)).sort(compareStrings);
  }

  labelValues(name: string, matchers: readonly Matcher[]): string[] {
    const { index } = this.#block;
    if (matchers.length === 0) return [...index.values(name)];
    const symbols = new Set<number>();
    this.#eachLabel(matchers, (nameSymbol, value) => {
      if (index.symbols.text(nameSymbol) === name) symbols.add(value);
    });
    return Array.from(symbols, (symbol) => index.symbols.text(symbol)).sort(compareStrings);
  }

  #eachLabel(matchers: readonly Matcher[], onLabel: (name: number, value: number) => void): void {
    const { index } = this.#block;
    for (const id of matchPostings(index, matchers)) {
      const entry = index.seriesEntry(id);
      for (let count = entry.uvarint(); count > 0; count--) onLabel(entry.uvarint(), entry.uvarint());
    }
  }

  close(): void {
    if (this.#isOpen) this.#block.release();
    this.#isOpen = false;
  }
}

interface SelectedSeries {
  readonly block: Block;
  readonly series: KnownSeries;
  readonly places: Uint32Array;
  readonly tombstones: Tombstones;
  readonly span: TimeSpan;
}

class BlockSeriesSet implements SeriesSet {
  readonly #block: Block;
  readonly #series: KnownSeries;
  readonly #places: Uint32Array;
  readonly #tombstones: Tombstones;
  readonly #span: TimeSpan;
  readonly #onBadChunk: OnBadChunk;

  constructor({ block, series, places, tombstones, span }: SelectedSeries, onBadChunk: OnBadChunk) {
    this.#block = block;
    this.#series = series;
    this.#places = places;
    this.#tombstones = tombstones;
    this.#span = span;
    this.#onBadChunk = onBadChunk;
  }

  get length(): number {
    return this.#places.length;
  }

  labels(index: number): Labels {
    return this.#series.labels(this.#places[index]!);
  }

  read(index: number, minTimeMs: number, maxTimeMs: number, into: SampleColumns): number {
    const before = into.length;
    const { entries } = this.#series;
    const place = this.#places[index]!;
    const min = Math.max(minTimeMs, this.#span.minTimeMs);
    const max = Math.min(maxTimeMs, this.#span.maxTimeMs);
    for (let c = entries.firstChunk(place); c < entries.firstChunk(place + 1); c++) {
      if (entries.chunkMaxTimes[c]! < min || entries.chunkMinTimes[c]! > max) continue;
      const start = into.length;
      this.#readChunk(entries.chunkSegments[c]!, entries.chunkOffsets[c]!, { min, max, into });
      if (start > before) mergeRuns(into, before, start);
    }
    const deleted = this.#tombstones.get(entries.id(place));
    if (deleted !== undefined) removeDeleted(into, before, deleted);
    return into.length - before;
  }

  #readChunk(segment: number, offset: number, range: { min: number; max: number; into: SampleColumns }): void {
    const before = range.into.length;
    try {
      decodeBlockChunk(this.#block, segment, offset, range);
    } catch (error) {
      if (!(error instanceof CorruptionError || error instanceof CorruptChunkError)) throw error;
      range.into.length = before;
      this.#onBadChunk(this.#block, `chunk ${segment + 1}:${offset}: ${error.message}`);
    }
  }
}

/** Where the data of a chunk lies, its checksum checked. Throws CorruptionError. */
export function locateBlockChunk(
  block: Block,
  segment: number,
  offset: number,
): { encoding: number; bytes: Buffer; start: number; end: number } {
  const file = block.chunkFiles[segment];
  if (file === undefined) throw new CorruptionError(`there is no chunk file ${segment + 1}`);
  let { bytes, at, left } = file.viewUpTo(offset, CHUNK_LOOK_BYTES);
  let length = 0;
  let headBytes = 0;
  for (let scale = 1; headBytes < 5; scale *= 128) {
    const byte = bytes[at + headBytes++]!;
    length += (byte & 127) * scale;
    if (byte < 128) break;
  }
  const whole = headBytes + 1 + length + 4;
  if (whole > left) {
    ({ bytes, at } = file.view(offset, whole));
    left = whole;
  }
  const start = at + headBytes + 1;
  const end = start + length;
  if (length < 2) throw new CorruptionError('a chunk without samples');
  if (!file.isIntact(offset)) {
    const stored = ((bytes[end]! << 24) | (bytes[end + 1]! << 16) | (bytes[end + 2]! << 8) | bytes[end + 3]!) >>> 0;
    if (crc32cOf(bytes, start - 1, end) !== stored) throw new CorruptionError('checksum mismatch');
    file.setIntact(offset, whole);
  }
  return { encoding: bytes[start - 1]!, bytes, start, end };
}

function decodeBlockChunk(
  block: Block,
  segment: number,
  offset: number,
  range: { min: number; max: number; into: SampleColumns },
): void {
  const { encoding, bytes, start, end } = locateBlockChunk(block, segment, offset);
  const count = sampleCountOf(encoding, bytes, start);
  decodeChunk({ encoding, bytes, start, end, count }, range.min, range.max, range.into);
}
