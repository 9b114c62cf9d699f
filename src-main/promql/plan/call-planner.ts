import type { Expr, Subquery, VectorSelector } from '../../../shared/promql/ast.ts';
import type { Elementwise, RowFunction } from '../operators/elementwise.ts';
import type { ScalarOperator, VectorOperator } from '../operators/operator.ts';
import type { RangeSource } from '../operators/range-source.ts';
import type { SelectorTimes } from '../operators/selection.ts';
import type { SamplePart } from '../operators/vector-selector.ts';
import type { QueryContext } from '../query-context.ts';
import type { Scope } from './scope.ts';

/** What the planning of a call needs: its arguments planned, and a few common operators around them. */
export interface CallPlanner {
  readonly context: QueryContext;
  vector(expr: Expr, scope: Scope): VectorOperator;
  scalar(expr: Expr, scope: Scope): ScalarOperator;
  range(expr: Expr, scope: Scope): RangeSource;
  selector(expr: VectorSelector, scope: Scope, part: SamplePart): VectorOperator;
  /** `@` and `offset` of a selector, as times. */
  times(expr: Pick<VectorSelector | Subquery, 'at' | 'offset'>): SelectorTimes;
  /** A function of each element; dropping metric names may make series equal. */
  elementwise(inner: VectorOperator, fn: RowFunction, options?: Elementwise): VectorOperator;
  /** Series that have become equal are one. */
  merged(operator: VectorOperator): VectorOperator;
}
