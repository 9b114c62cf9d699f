import type { Expr } from '../../shared/promql/ast.ts';
import type { Labels } from '../model/labels.ts';
import type { NativeHistogram } from '../model/native-histogram.ts';

export interface Sample {
  /** With the metric name. */
  readonly labels: Labels;
  /** Of a histogram NaN. */
  readonly value: number;
  readonly histogram?: NativeHistogram;
}

/**
 * Evaluates an instant query: the elements of a vector in their order; a scalar is one element without labels. Rejects
 * with an Error whose message is for the user, also for what is neither a vector nor a scalar.
 */
export type QueryFn = (expr: Expr, timeMs: number) => Promise<readonly Sample[]>;
