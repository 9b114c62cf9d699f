import { RunAppender } from '../../kernels/run-appender.ts';
import { F_FIRST_TIME, F_LAST_TIME, resetState, U_BITS, U_CHUNK, U_COUNT, U_WINDOW } from '../../kernels/xor-chunk.ts';
import type { Labels } from '../../model/labels.ts';
import { SeriesLimitError, type SeriesRef } from '../../model/storage.ts';
import { Arena } from '../arena.ts';
import { ENCODING_XOR } from '../chunk/encoding.ts';
import { ExemplarStorage } from '../exemplar/exemplar-storage.ts';
import { Pins } from '../pins.ts';
import { Tombstones } from '../tombstones.ts';
import { ChunkTable, type FinishedChunk } from './chunk-table.ts';
import { HeadHistograms } from './head-histograms.ts';
import { LabelIndex } from './label-index.ts';
import { OutOfOrder } from './out-of-order.ts';
import { SeriesMetadata } from './series-metadata.ts';
import { SeriesTable } from './series-table.ts';

export interface HeadOptions {
  /** Chunks do not reach over multiples of this: the duration of the blocks that the head is cut into. */
  readonly chunkRangeMs: number;
  /** 0: no limit. */
  readonly maxSeries: number;
  /** Of all series together; default: none. */
  readonly maxExemplars?: number;
  /** Whether metadata of series is taken, and logged; default: no. What a log has is read in any case. */
  readonly keepsMetadata?: boolean;
}

export interface RefusedSamples {
  outOfOrder: number;
  outOfBounds: number;
  tooOld: number;
}

/** What the newest samples are kept in. One thread writes; readers pin what they were given. */
export class Head {
  readonly options: HeadOptions;
  readonly pins = new Pins();
  readonly arena = new Arena(this.pins);
  readonly appender = new RunAppender(this.arena.memory);
  readonly series = new SeriesTable(this.arena, this.pins);
  readonly index = new LabelIndex(this.series.symbols);
  readonly chunks = new ChunkTable();
  /** Of the samples held; Infinity and -Infinity in an empty head. */
  minTimeMs = Number.POSITIVE_INFINITY;
  maxTimeMs = Number.NEGATIVE_INFINITY;
  /** The lowest time appended since this was last set to Infinity, while a truncation goes through the series. */
  lowestSinceMs = Number.POSITIVE_INFINITY;
  /** What is older is in blocks, and refused here. */
  minValidTimeMs = Number.NEGATIVE_INFINITY;
  /** Deleted stretches by row. */
  readonly tombstones = new Tombstones();
  readonly exemplars: ExemplarStorage;
  readonly metadata = new SeriesMetadata();
  readonly histograms = new HeadHistograms();
  readonly outOfOrder: OutOfOrder;
  /** How much older than the newest sample one may be that is not later than the last of its series; 0: not at all. */
  outOfOrderWindowMs = 0;
  /** Samples that were not taken. */
  readonly refused: RefusedSamples = { outOfOrder: 0, outOfBounds: 0, tooOld: 0 };
  openChunks = 0;
  samplesAppended = 0;
  /** How often series were collected: rows learnt before may belong to others now. */
  collections = 0;
  /** Series made since the write-ahead log was last told. */
  unlogged: SeriesRef[] = [];

  constructor(options: HeadOptions) {
    this.options = options;
    this.outOfOrder = new OutOfOrder(this.arena, options.chunkRangeMs);
    this.exemplars = new ExemplarStorage(options.maxExemplars ?? 0);
  }

  /** Whether there may be samples with minTimeMs <= t <= maxTimeMs. */
  mayHave(minTimeMs: number, maxTimeMs: number): boolean {
    const { outOfOrder } = this;
    return (
      (this.minTimeMs <= maxTimeMs && this.maxTimeMs >= minTimeMs) ||
      (outOfOrder.minTimeMs <= maxTimeMs && outOfOrder.maxTimeMs >= minTimeMs)
    );
  }

  /** Whether nothing came in order. */
  get isEmpty(): boolean {
    return this.maxTimeMs === Number.NEGATIVE_INFINITY;
  }

  /** Throws SeriesLimitError. */
  seriesRef(labels: Labels): SeriesRef {
    const found = this.series.find(labels);
    if (found >= 0) return this.series.ref(found);
    const { maxSeries } = this.options;
    if (maxSeries > 0 && this.series.count >= maxSeries) {
      throw new SeriesLimitError(`the limit of ${maxSeries} series is reached`);
    }
    const ref = this.series.ref(this.addSeries(labels, 0));
    this.unlogged.push(ref);
    return ref;
  }

  /** A row for labels that no series has; `ref` 0 makes a new ref. */
  addSeries(labels: Labels, ref: SeriesRef): number {
    const row = this.series.add(labels, ref);
    resetState(this.arena.memory, this.series.state(row));
    this.index.add(row, this.series.labelIds(row));
    return row;
  }

  /** Older samples are refused (tsdb/head.go, appendableMinValidTime). */
  appendableMinTimeMs(): number {
    return Math.max(this.minValidTimeMs, this.maxTimeMs - this.options.chunkRangeMs / 2);
  }

  /** Time of the series' last sample, or -Infinity. */
  lastTimeMs(row: number): number {
    return this.arena.memory.f64[(this.series.state(row) >>> 3) + F_LAST_TIME]!;
  }

  /** The open chunk of a row, or null; `bytes` is what it takes up so far. */
  openChunk(row: number): FinishedChunk | null {
    const { u32, f64 } = this.arena.memory;
    const state = this.series.state(row);
    const address = u32[(state >>> 2) + U_CHUNK]!;
    const count = u32[(state >>> 2) + U_COUNT]!;
    if (address === 0 || count === 0) return null;
    return {
      address,
      count,
      encoding: u32[(state >>> 2) + U_WINDOW]! >>> 16 || ENCODING_XOR,
      bytes: (u32[(state >>> 2) + U_BITS]! + 7) >>> 3,
      minTimeMs: f64[(state >>> 3) + F_FIRST_TIME]!,
      maxTimeMs: f64[(state >>> 3) + F_LAST_TIME]!,
    };
  }
}
