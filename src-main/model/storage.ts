import type { Labels } from './labels.ts';
import type { Matcher } from './matcher.ts';
import type { SampleColumns } from './sample-columns.ts';

/** Identifies a series within one run of the storage. A positive integer, never reused; 0 stands for none. */
export type SeriesRef = number;

/** What became of one sample. Only 'ok' is stored; the writer counts the rest. A repeated equal sample is 'ok'. */
export type AppendOutcome = 'ok' | 'out-of-order' | 'duplicate' | 'out-of-bounds' | 'too-old' | 'unknown-series';

/** The storage refuses another series: its limit is reached. */
export class SeriesLimitError extends Error {
  override readonly name = 'SeriesLimitError';
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
  appendStale(ref: SeriesRef, timeMs: number): AppendOutcome;
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
