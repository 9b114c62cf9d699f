import { type Labels, labelsKey } from '../model/labels.ts';
import type { Appender, AppendOutcome, SeriesRef } from '../model/storage.ts';
import type { Sample } from './query.ts';

interface Series {
  readonly labels: Labels;
  ref: SeriesRef;
  /** Number of the evaluation that wrote it last. */
  written: number;
}

/** Samples that the storage refused, by reason. */
export type Refusals = Map<Exclude<AppendOutcome, 'ok'>, number>;

/** The series that one rule wrote at its last evaluation: those that it does not write again get a stale marker. */
export class WrittenSeries {
  readonly #series = new Map<string, Series>();
  #evaluation = 0;

  get labels(): Labels[] {
    return [...this.#series.values()].map((series) => series.labels);
  }

  has(key: string): boolean {
    return this.#series.has(key);
  }

  /** Takes over what the rule that this one replaces wrote. */
  adopt(from: WrittenSeries): void {
    for (const [key, { labels, ref }] of from.#series)
      this.#series.set(key, { labels, ref, written: this.#evaluation });
  }

  /** Appends the samples, and stale markers for series that vanished. Returns what was refused. */
  write(appender: Appender, samples: readonly Sample[], atMs: number): Refusals {
    this.#evaluation++;
    const refusals: Refusals = new Map();
    for (const sample of samples) {
      const outcome = this.#append(appender, sample, atMs);
      if (outcome !== 'ok') refusals.set(outcome, (refusals.get(outcome) ?? 0) + 1);
    }
    for (const [key, series] of this.#series) {
      if (series.written === this.#evaluation) continue;
      markStale(appender, series.labels, atMs);
      this.#series.delete(key);
    }
    return refusals;
  }

  #append(appender: Appender, { labels, value, histogram }: Sample, atMs: number): AppendOutcome {
    const append = (to: SeriesRef) =>
      histogram === undefined ? appender.append(to, atMs, value) : appender.appendHistogram(to, atMs, histogram);
    const key = labelsKey(labels);
    const known = this.#series.get(key);
    let ref = known?.ref ?? appender.series(labels);
    let outcome = append(ref);
    if (outcome === 'unknown-series') {
      ref = appender.series(labels);
      outcome = append(ref);
    }
    if (outcome === 'ok') this.#series.set(key, { labels, ref, written: this.#evaluation });
    return outcome;
  }
}

export function markStale(appender: Appender, labels: Labels, atMs: number): void {
  appender.appendStale(appender.series(labels), atMs);
}
