import type { Labels } from '../model/labels.ts';
import type { NativeHistogram } from '../model/native-histogram.ts';

/** Points in time at which a query is evaluated: startMs, startMs + stepMs, ... `count` of them. */
export interface Steps {
  readonly startMs: number;
  /** 0 for an instant query (count 1). */
  readonly stepMs: number;
  readonly count: number;
}

/**
 * Series over the steps of the query, row-major: the value of series `s` at step `k` is `values[s * steps.count + k]`,
 * and counts only where `present[s * steps.count + k]` is not ABSENT (a value may itself be NaN). Where it is HISTOGRAM,
 * the value is the place of a native histogram in `histograms`.
 */
export interface Matrix {
  readonly kind: 'matrix';
  readonly steps: Steps;
  readonly labels: readonly Labels[];
  readonly values: Float64Array;
  readonly present: Uint8Array;
  readonly histograms: readonly NativeHistogram[];
}

export const ABSENT = 0;
export const FLOAT = 1;
export const HISTOGRAM = 2;

/** Raw samples of an instant query for a range selector (`up[5m]`): columns of their own times, per series. */
export interface RawSeries {
  readonly labels: Labels;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  /** Null: all are floats. Else entry i is the native histogram of sample i, or undefined where that is a float. */
  readonly histograms: readonly (NativeHistogram | undefined)[] | null;
}

export type QueryValue =
  /** An instant query's vector, or a range query's matrix; rows of a vector are in result order (sort, topk). */
  | { readonly kind: 'vector' | 'matrix'; readonly matrix: Matrix }
  | { readonly kind: 'raw'; readonly series: readonly RawSeries[] }
  /** One value a step. */
  | { readonly kind: 'scalar'; readonly steps: Steps; readonly values: Float64Array }
  | { readonly kind: 'string'; readonly timeMs: number; readonly value: string };

export interface QueryStats {
  /** Samples read from storage. */
  readonly samplesRead: number;
  readonly peakSamples: number;
  readonly prepareMs: number;
  readonly evalMs: number;
}

export interface QueryResult {
  readonly value: QueryValue;
  /** Full text, with prefix and position: `PromQL warning: ... (1:5)`. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  readonly stats: QueryStats;
}
