import type { MetricMetadata } from '../../model/metadata.ts';
import type { Exemplar, ExemplarOutcome, SeriesRef } from '../../model/storage.ts';
import type { RefExemplar, RefMetadata } from '../wal/exemplar-records.ts';
import type { WalWriter } from '../wal/wal-writer.ts';
import type { Head } from './head.ts';
import { isSameMetadata } from './series-metadata.ts';

/** What a batch brings beside samples: exemplars, and metadata that changed. */
export class BatchAnnotations {
  readonly #head: Head;
  #exemplars: RefExemplar[] = [];
  #metadata: RefMetadata[] = [];

  constructor(head: Head) {
    this.#head = head;
  }

  get isEmpty(): boolean {
    return this.#exemplars.length === 0 && this.#metadata.length === 0;
  }

  addExemplar(ref: SeriesRef, exemplar: Exemplar): ExemplarOutcome {
    const { series, exemplars } = this.#head;
    if (exemplars.capacity === 0) return 'disabled';
    const row = series.rowOf(ref);
    if (row < 0) return 'unknown-series';
    const outcome = exemplars.check(ref, series.labels(row), exemplar);
    if (outcome === 'ok') this.#exemplars.push({ ref, exemplar });
    return outcome;
  }

  addMetadata(ref: SeriesRef, metadata: MetricMetadata): void {
    const { series, metadata: known, options } = this.#head;
    if (options.keepsMetadata !== true) return;
    const row = series.rowOf(ref);
    if (row >= 0 && !isSameMetadata(known.get(row), metadata)) this.#metadata.push({ ref, metadata });
  }

  /** Throws WalWriteError. The series must be logged. */
  log(wal: WalWriter): void {
    if (this.#metadata.length > 0) wal.logMetadata(this.#metadata);
    if (this.#exemplars.length > 0) wal.logExemplars(this.#exemplars);
  }

  /** Into the head; what another batch overtook is left out. */
  apply(): void {
    const { series, exemplars, metadata: known } = this.#head;
    for (const { ref, metadata } of this.#metadata) {
      const row = series.rowOf(ref);
      if (row >= 0) known.set(row, metadata);
    }
    for (const { ref, exemplar } of this.#exemplars) {
      const row = series.rowOf(ref);
      if (row >= 0) exemplars.add(ref, series.labels(row), exemplar);
    }
    this.clear();
  }

  clear(): void {
    this.#exemplars = [];
    this.#metadata = [];
  }
}
