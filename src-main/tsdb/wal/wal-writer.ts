import { ByteWriter } from '../byte-writer.ts';
import type { SampleBatch } from '../head/append.ts';
import type { Head } from '../head/head.ts';
import { encodeExemplars, encodeMetadata, type RefExemplar, type RefMetadata } from './exemplar-records.ts';
import { encodeHistograms, type RefHistograms } from './histogram-records.ts';
import type { RecordLog } from './record-log.ts';
import { encodeSamples, encodeSeries, encodeSeriesStart, encodeTombstones, type Tombstone } from './records.ts';
import type { WriteBehindLog } from './write-behind-log.ts';

/** A record is kept well below what a segment and a reader's memory can take. */
const MAX_SAMPLES_PER_RECORD = 200_000;
const MAX_SERIES_RECORD_BYTES = 4 * 1024 * 1024;
const SPARE_BYTES = 1 << 20;

/** Writes what happens to the head into the log, before it happens. */
export class WalWriter {
  readonly log: RecordLog;
  readonly #outOfOrderLog: WriteBehindLog;
  #out = new ByteWriter(SPARE_BYTES);

  constructor(log: RecordLog, outOfOrderLog: WriteBehindLog) {
    this.log = log;
    this.#outOfOrderLog = outOfOrderLog;
  }

  /** The head's series that are not logged yet, then the batch's samples, all or a part. Throws WalWriteError. */
  logBatch(head: Head, batch: SampleBatch, part = { from: 0, to: batch.length }): void {
    if (head.unlogged.length > 0) this.#logSeries(head);
    for (let { from } = part; from < part.to; from += MAX_SAMPLES_PER_RECORD) {
      encodeSamples(this.#out, batch, from, Math.min(part.to, from + MAX_SAMPLES_PER_RECORD));
      this.log.log(this.#out.written());
    }
    if (this.#out.bytes.length > 16 * SPARE_BYTES) this.#out = new ByteWriter(SPARE_BYTES);
  }

  /** The head's series that are not logged yet, then samples out of order, in a log of their own. Throws WalWriteError. */
  logOutOfOrder(head: Head, samples: SampleBatch, histograms: RefHistograms): void {
    if (head.unlogged.length > 0) this.#logSeries(head);
    head.unlogged = [];
    this.#outOfOrderLog.logSamples(samples);
    this.#outOfOrderLog.logHistograms(histograms);
  }

  /** A part of a batch, of series that are logged; no series has two kinds in it. Throws WalWriteError. */
  logHistograms(batch: RefHistograms, part: { readonly from: number; readonly to: number }): void {
    encodeHistograms(this.#out, batch, part, () => this.log.log(this.#out.written()));
  }

  /** The head's series that are not logged yet, then the deletions. Throws WalWriteError. */
  logTombstones(head: Head, stones: readonly Tombstone[]): void {
    if (head.unlogged.length > 0) this.#logSeries(head);
    encodeTombstones(this.#out, stones);
    this.log.log(this.#out.written());
  }

  /** Of series that are logged. Throws WalWriteError. */
  logExemplars(exemplars: readonly RefExemplar[]): void {
    encodeExemplars(this.#out, exemplars);
    this.log.log(this.#out.written());
  }

  /** Of series that are logged. Throws WalWriteError. */
  logMetadata(entries: readonly RefMetadata[]): void {
    encodeMetadata(this.#out, entries);
    this.log.log(this.#out.written());
  }

  #logSeries(head: Head): void {
    const out = this.#out;
    encodeSeriesStart(out);
    for (const ref of head.unlogged) {
      const row = head.series.rowOf(ref);
      if (row < 0) continue;
      encodeSeries(out, ref, head.series.newLabels(row));
      if (out.length > MAX_SERIES_RECORD_BYTES) {
        this.log.log(out.written());
        encodeSeriesStart(out);
      }
    }
    if (out.length > 1) this.log.log(out.written());
  }
}
