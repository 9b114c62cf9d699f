import type { SeriesRef } from '../../model/storage.ts';
import { ByteReader } from '../byte-reader.ts';
import { SampleBatch } from '../head/append.ts';
import type { Head } from '../head/head.ts';
import type { PlacedChunk } from '../head/head-chunk-files.ts';
import { isIntact } from '../head/open-chunk.ts';
import { decodeHistograms, isHistogramRecord } from './histogram-records.ts';
import { decodeSamples, RECORD_MARKERS, RECORD_SAMPLES } from './records.ts';
import type { ReplayReport } from './replay-report.ts';

/** Puts the records of the write-behind log into the head, once that has what the write-ahead log holds. */
export class OutOfOrderReplay {
  readonly #head: Head;
  readonly #rowOf: (ref: SeriesRef) => number;
  readonly #report: ReplayReport;
  /** Places of the chunks of `chunks_head/` that are in the head. */
  readonly #attached = new Set<number>();
  readonly #batch = new SampleBatch();

  /** `chunks` are those of `chunks_head/`, by the ref of their series: they come first. */
  constructor(
    head: Head,
    report: ReplayReport,
    chunks: ReadonlyMap<SeriesRef, readonly PlacedChunk[]>,
    rowOf: (ref: SeriesRef) => number,
  ) {
    this.#head = head;
    this.#report = report;
    this.#rowOf = rowOf;
    for (const [ref, placed] of chunks) for (const one of placed) this.#attach(rowOf(ref), one);
  }

  #attach(row: number, { place, chunk }: PlacedChunk): void {
    if (row < 0 || !isIntact(this.#head, chunk)) {
      this.#head.arena.free(chunk.address, chunk.bytes, 'finished');
      return;
    }
    this.#head.outOfOrder.attach(row, chunk);
    this.#attached.add(place);
  }

  record(record: Buffer): void {
    const type = record[0]!;
    if (type === RECORD_SAMPLES) this.#samples(record);
    else if (type === RECORD_MARKERS) this.#markers(record);
    else if (isHistogramRecord(type)) this.#histograms(record);
  }

  #samples(record: Buffer): void {
    const { outOfOrder } = this.#head;
    const batch = this.#batch;
    batch.length = 0;
    decodeSamples(record, batch);
    const { refs, times, halves, length } = batch;
    for (let i = 0; i < length; i++) {
      const row = this.#rowOf(refs[i]!);
      if (row < 0) {
        this.#lost(refs[i]!);
      } else if (outOfOrder.insert(row, times[i]!, halves[2 * i]!, halves[2 * i + 1]!)) {
        this.#report.samples++;
      }
    }
  }

  #histograms(record: Buffer): void {
    for (const { ref, timeMs, histogram } of decodeHistograms(record)) {
      const row = this.#rowOf(ref);
      if (row < 0) this.#lost(ref);
      else if (this.#head.outOfOrder.insertHistogram(row, timeMs, histogram)) this.#report.samples++;
    }
  }

  /** No series to come may be taken for the one that is lost. */
  #lost(ref: SeriesRef): void {
    this.#head.series.reserveRef(ref);
    this.#report.orphanSamples++;
  }

  /** What a series had in no chunk is in one of `chunks_head/` from here on. */
  #markers(record: Buffer): void {
    const reader = new ByteReader(record, 1);
    while (reader.left > 0) {
      const row = this.#rowOf(reader.u64());
      if (this.#attached.has(reader.u64()) && row >= 0) this.#head.outOfOrder.dropOpen(row);
    }
  }
}
