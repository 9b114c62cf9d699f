import type { Labels } from '../../model/labels.ts';
import type { Steps } from '../result.ts';

/**
 * One node of a plan that yields series. `open()` once, then everything else, in any order and as often as wished:
 * a row is computed when it is asked for, so a consumer that folds rows keeps none of them.
 */
export interface VectorOperator {
  readonly steps: Steps;
  open(): Promise<void>;
  /** Number of series; a series may turn out to have no point at all. */
  readonly length: number;
  labelsAt(index: number): Labels;
  /** Delayed name removal: whether the metric name of the series goes away at the end of the query. */
  dropsName(index: number): boolean;
  /** Whether series remain distinct when their metric names are dropped. */
  readonly distinctWithoutName: boolean;
  /**
   * Writes `steps.count` values from `at` on, and into `present` for each ABSENT, FLOAT or HISTOGRAM (result.ts): where
   * that is HISTOGRAM, the value is a place in the context's list of histograms. Values of absent points are garbage.
   * Returns how many are present.
   */
  row(index: number, values: Float64Array, present: Uint8Array, at: number): number;
}

/** The cells of a row, from `at` on. */
export interface RowPart {
  readonly values: Float64Array;
  readonly present: Uint8Array;
  readonly at: number;
}

/** One node of a plan that yields one number a step, `values` being there after `open()`. */
export interface ScalarOperator {
  open(): Promise<void>;
  readonly values: Float64Array;
}

export function timeAt(steps: Steps, step: number): number {
  return steps.startMs + step * steps.stepMs;
}
