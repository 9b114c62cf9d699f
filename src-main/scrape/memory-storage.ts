import { formatLabels, type Labels, labelsKey } from '../model/labels.ts';
import type { MetricMetadata } from '../model/metadata.ts';
import type { NativeHistogram } from '../model/native-histogram.ts';
import type { Appendable, Appender, AppendOutcome, Exemplar, ExemplarOutcome, SeriesRef } from '../model/storage.ts';

/** 'stale' stands for a staleness marker, of either kind. */
export type StoredValue = number | NativeHistogram | 'stale';

interface Series {
  readonly name: string;
  readonly samples: [timeMs: number, value: StoredValue][];
  readonly exemplars: Exemplar[];
  metadata: MetricMetadata | undefined;
}

/** A storage of plain arrays, for tests: appends as the real one answers, and forgets nothing. */
export class MemoryStorage implements Appendable {
  readonly #series: Series[] = [];
  readonly #refs = new Map<string, SeriesRef>();
  /** Refs up to this one are answered as unknown, as after a garbage collection. */
  forgottenRef = 0;
  /** What commits fail with; '' lets them. */
  refusal = '';

  appender(): Appender {
    const batch: [ref: SeriesRef, timeMs: number, value: StoredValue][] = [];
    const append = (ref: SeriesRef, timeMs: number, value: StoredValue): AppendOutcome => {
      const series = this.#series[ref - 1];
      if (series === undefined || ref <= this.forgottenRef) return 'unknown-series';
      const pending = batch.findLast((entry) => entry[0] === ref);
      const [lastMs, last] = pending === undefined ? (series.samples.at(-1) ?? []) : [pending[1], pending[2]];
      if (lastMs !== undefined && lastMs > timeMs) return 'out-of-order';
      if (lastMs === timeMs) return Object.is(last, value) ? 'ok' : 'duplicate';
      batch.push([ref, timeMs, value]);
      return 'ok';
    };
    const exemplars: [ref: SeriesRef, exemplar: Exemplar][] = [];
    const metadata: [ref: SeriesRef, metadata: MetricMetadata][] = [];
    const appendExemplar = (ref: SeriesRef, exemplar: Exemplar): ExemplarOutcome => {
      const series = this.#series[ref - 1];
      if (series === undefined || ref <= this.forgottenRef) return 'unknown-series';
      const last = exemplars.findLast((entry) => entry[0] === ref)?.[1] ?? series.exemplars.at(-1);
      if (last !== undefined && isSame(last, exemplar)) return 'duplicate';
      if (last !== undefined && last.timeMs > exemplar.timeMs) return 'out-of-order';
      exemplars.push([ref, exemplar]);
      return 'ok';
    };
    return {
      series: (labels) => this.#refOf(labels),
      append,
      appendHistogram: (ref, timeMs, histogram) => append(ref, timeMs, histogram.stale ? 'stale' : histogram),
      appendStale: (ref, timeMs) => append(ref, timeMs, 'stale'),
      appendExemplar,
      setMetadata: (ref, value) => {
        metadata.push([ref, value]);
      },
      commit: () => {
        if (this.refusal !== '') throw new Error(this.refusal);
        for (const [ref, timeMs, value] of batch) this.#series[ref - 1]?.samples.push([timeMs, value]);
        for (const [ref, exemplar] of exemplars) this.#series[ref - 1]?.exemplars.push(exemplar);
        for (const [ref, value] of metadata) {
          const series = this.#series[ref - 1];
          if (series !== undefined) series.metadata = value;
        }
      },
      rollback: () => {
        batch.length = 0;
        exemplars.length = 0;
        metadata.length = 0;
      },
    };
  }

  #refOf(labels: Labels): SeriesRef {
    const key = labelsKey(labels);
    const known = this.#refs.get(key);
    if (known !== undefined && known > this.forgottenRef) return known;
    const ref = this.#series.push({ name: formatLabels(labels), samples: [], exemplars: [], metadata: undefined });
    this.#refs.set(key, ref);
    return ref;
  }

  /** The values of every series with samples, by its printed labels, times left out. */
  values(): Record<string, StoredValue[]> {
    const entries = this.#series.filter((s) => s.samples.length > 0);
    return Object.fromEntries(entries.map((s) => [s.name, s.samples.map(([, value]) => value)]));
  }

  /** The samples of one series. */
  samples(name: string): readonly (readonly [timeMs: number, value: StoredValue])[] {
    return this.#series.filter((s) => s.name === name).flatMap((s) => s.samples);
  }

  /** The exemplars of one series. */
  exemplars(name: string): readonly Exemplar[] {
    return this.#series.filter((s) => s.name === name).flatMap((s) => s.exemplars);
  }

  metadata(name: string): MetricMetadata | undefined {
    return this.#series.findLast((s) => s.name === name)?.metadata;
  }
}

function isSame(a: Exemplar, b: Exemplar): boolean {
  return a.timeMs === b.timeMs && Object.is(a.value, b.value) && labelsKey(a.labels) === labelsKey(b.labels);
}
