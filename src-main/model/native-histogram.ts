/**
 * A native histogram (model/histogram of Prometheus). Buckets are absolute counts, in the integer kind too: a number
 * holds integers up to 2^53 exactly. Treat as immutable: one object may be shared by many readers.
 */
export interface NativeHistogram {
  /**
   * -4 .. 8: exponential buckets, bucket i = (base^(i-1), base^i] with base = 2^(2^-schema).
   * CUSTOM_BUCKETS_SCHEMA: bucket i = (customValues[i-1], customValues[i]], the first from -Inf, the last to +Inf.
   */
  readonly schema: number;
  /** Counts are integers; the storage keeps the two kinds in chunks of their own. */
  readonly integer: boolean;
  readonly counterReset: CounterReset;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  /** Any number where `stale`: a staleness marker is known by that, never by the bits of a NaN. */
  readonly sum: number;
  readonly stale: boolean;
  readonly positive: HistogramBuckets;
  /** Empty with custom buckets. */
  readonly negative: HistogramBuckets;
  /** Ascending upper bounds without +Inf; empty but with custom buckets. */
  readonly customValues: Float64Array;
}

export type CounterReset = 'unknown' | 'reset' | 'not-reset' | 'gauge';

/** Buckets that exist, in ascending order of index: a span says how many follow each other. */
export interface HistogramBuckets {
  /** Alternating: gap to the end of the span before (of the first: its index, perhaps negative), number of buckets. */
  readonly spans: Int32Array;
  /** Absolute counts, as many as the spans' lengths together. */
  readonly counts: Float64Array;
}

export const CUSTOM_BUCKETS_SCHEMA = -53;

export const NO_BUCKETS: HistogramBuckets = { spans: new Int32Array(0), counts: new Float64Array(0) };

const NO_CUSTOM_VALUES = new Float64Array(0);

/** Ends a histogram series: its `sum` is written as the staleness marker, everything else is empty. */
export const STALE_HISTOGRAM: NativeHistogram = {
  schema: 0,
  integer: false,
  counterReset: 'unknown',
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: Number.NaN,
  stale: true,
  positive: NO_BUCKETS,
  negative: NO_BUCKETS,
  customValues: NO_CUSTOM_VALUES,
};
