import type { Labels } from './labels.ts';
import type { Matcher } from './matcher.ts';
import type { MetricMetadata } from './metadata.ts';
import type { NativeHistogram } from './native-histogram.ts';
import type { SampleColumns } from './sample-columns.ts';

/** Identifies a series within one run of the storage. A positive integer, never reused; 0 stands for none. */
export type SeriesRef = number;

/** What became of one sample. Only 'ok' is stored; the writer counts the rest. A repeated equal sample is 'ok'. */
export type AppendOutcome = 'ok' | 'out-of-order' | 'duplicate' | 'out-of-bounds' | 'too-old' | 'unknown-series';

/** A sample that stands for the others, with labels of its own: usually the id of a trace. */
export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  readonly timeMs: number;
}

/** Names and values of an exemplar's labels have at most as many code points together. */
export const MAX_EXEMPLAR_LABELS_LENGTH = 128;

/**
 * What became of one exemplar. Only 'ok' is stored. 'duplicate', the same as the series' last one, is what every scrape
 * brings until there is a newer one; 'disabled': the storage keeps none. Neither is worth a word or a count.
 */
export type ExemplarOutcome = 'ok' | 'duplicate' | 'out-of-order' | 'labels-too-long' | 'disabled' | 'unknown-series';

/** The storage refuses another series: its limit is reached. */
export class SeriesLimitError extends Error {
  override readonly name = 'SeriesLimitError';
}

/** A native histogram contradicts itself: its spans, buckets and counts do not belong together. */
export class InvalidHistogramError extends Error {
  override readonly name = 'InvalidHistogramError';
}

/**
 * One batch of writes: nothing is visible or durable before `commit()`. After `commit()` returns, the batch is in the
 * write-ahead log and survives the death of the process. Use from one thread, one batch at a time, then drop it.
 */
export interface Appender {
  /** The series with exactly these labels, made when there is none. Throws SeriesLimitError. */
  series(labels: Labels): SeriesRef;
  /** 'unknown-series' when the series was garbage collected since: ask `series()` again. */
  append(ref: SeriesRef, timeMs: number, value: number): AppendOutcome;
  /** Keeps `histogram`: nobody may change it afterwards. Throws InvalidHistogramError; the batch goes on without it. */
  appendHistogram(ref: SeriesRef, timeMs: number, histogram: NativeHistogram): AppendOutcome;
  /** Of the kind that the series' last sample has. */
  appendStale(ref: SeriesRef, timeMs: number): AppendOutcome;
  /**
   * After the samples of the series. Several of one series (the buckets of a native histogram) come by ascending time,
   * of one time by value, of one value by labels.
   */
  appendExemplar(ref: SeriesRef, exemplar: Exemplar): ExemplarOutcome;
  /** Of a new series, and whenever it changed; the same again costs little, and of an unknown series it is dropped. */
  setMetadata(ref: SeriesRef, metadata: MetricMetadata): void;
  commit(): void;
  rollback(): void;
}

export interface Appendable {
  appender(): Appender;
}

export interface SelectHints {
  /** Labels that the caller will look at, when it looks at nothing else. */
  readonly labels?: readonly string[];
}

/** The series of one selection, in no particular order, fixed at the moment of the selection. */
export interface SeriesSet {
  readonly length: number;
  labels(index: number): Labels;
  /**
   * Appends the samples of one series with minTimeMs <= t <= maxTimeMs (within the querier's bounds) to `into`,
   * ascending in time, one sample a timestamp, staleness markers included as their bits. Returns how many.
   */
  read(index: number, minTimeMs: number, maxTimeMs: number, into: SampleColumns): number;
}

/** Reads of one time span, minTimeMs <= t <= maxTimeMs. What it sees does not change; `close()` frees what it pins. */
export interface Querier {
  /** Series that match all matchers and may have samples in the span. */
  select(matchers: readonly Matcher[], hints?: SelectHints): SeriesSet;
  /** Sorted, unique. */
  labelNames(matchers: readonly Matcher[]): string[];
  /** Sorted, unique. */
  labelValues(name: string, matchers: readonly Matcher[]): string[];
  close(): void;
}

export interface Queryable {
  querier(minTimeMs: number, maxTimeMs: number): Querier;
}

/** The exemplars of one series, ascending in time. */
export interface SeriesExemplars {
  readonly labels: Labels;
  readonly exemplars: readonly Exemplar[];
}

export interface ExemplarQueryable {
  /** Those with minTimeMs <= t <= maxTimeMs, of every series that all matchers of any set match, by its labels. */
  exemplars(
    minTimeMs: number,
    maxTimeMs: number,
    matcherSets: readonly (readonly Matcher[])[],
  ): readonly SeriesExemplars[];
}
