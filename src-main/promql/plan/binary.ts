/** Binary operators of which at least one side is a vector. */
import type { Binary, VectorMatching } from '../../../shared/promql/ast.ts';
import { valueTypeOf } from '../../../shared/promql/typecheck.ts';
import { type MixedOperation, mixedRows, mixedWithScalar } from '../functions/mixed-operations.ts';
import {
  arithmeticRows,
  booleanRows,
  filterRows,
  isArithmetic,
  isComparison,
  type RowCombination,
} from '../functions/operations.ts';
import { arithmeticWithScalar, compareWithScalar, filterByScalar } from '../functions/vector-scalar.ts';
import { HistogramNotes } from '../histogram-notes.ts';
import { BinaryVectorsOperator, type Sides } from '../operators/binary-vectors.ts';
import { FilledSideOperator } from '../operators/filled-side.ts';
import { MatchSignature } from '../operators/matching.ts';
import { MaterializedOperator } from '../operators/materialized.ts';
import type { VectorOperator } from '../operators/operator.ts';
import { SetOperator } from '../operators/set-operation.ts';
import type { QueryContext } from '../query-context.ts';
import type { CallPlanner } from './call-planner.ts';
import type { Scope } from './scope.ts';

const PLAIN_MATCHING = {
  cardinality: 'one-to-one',
  on: false,
  labels: [],
  include: [],
  fillLeft: null,
  fillRight: null,
} as const;

export function planBinary(planner: CallPlanner, expr: Binary, scope: Scope): VectorOperator {
  if (valueTypeOf(expr.right) === 'scalar') return vectorScalar(planner, expr, scope, false);
  if (valueTypeOf(expr.left) === 'scalar') return vectorScalar(planner, expr, scope, true);
  const { context } = planner;
  const left = planner.vector(expr.left, scope);
  const right = planner.vector(expr.right, scope);
  const { op, bool } = expr;
  const matching = expr.matching ?? PLAIN_MATCHING;
  // The left side of `or` decides and passes: it is read twice.
  if (op === 'or') return planner.merged(new SetOperator(context, op, { left: kept(context, left), right }, matching));
  if (op === 'and' || op === 'unless') return planner.merged(new SetOperator(context, op, { left, right }, matching));
  const mixed = mixedRows(mixedOperation(context, expr));
  return planner.merged(
    new BinaryVectorsOperator(context, filled(context, { left, right }, matching), {
      matching,
      combine: combination(expr) ?? mixed,
      mixed,
      dropsName: isArithmetic(op) || bool,
    }),
  );
}

/** null: the operator is none for floats. */
function combination({ op, bool }: Binary): RowCombination | null {
  if (isArithmetic(op)) return arithmeticRows(op);
  if (!isComparison(op)) return null;
  return bool ? booleanRows(op) : filterRows(op);
}

function mixedOperation({ histograms, annotations }: QueryContext, { op, bool, span }: Binary): MixedOperation {
  return { op, bool, histograms, notes: new HistogramNotes(annotations, span) };
}

function filled(context: QueryContext, { left, right }: Sides, matching: VectorMatching): Sides {
  // With group_right Prometheus looks at the sides the other way round: fill_left fills the right one.
  const swapped = matching.cardinality === 'one-to-many';
  const fillLeft = swapped ? matching.fillRight : matching.fillLeft;
  const fillRight = swapped ? matching.fillLeft : matching.fillRight;
  if (fillLeft === null && fillRight === null) return { left, right };
  const signature = new MatchSignature(matching);
  const [own, opposite] = [kept(context, left), kept(context, right)];
  const fill = (side: VectorOperator, other: VectorOperator, value: number | null) =>
    value === null ? side : new FilledSideOperator(context, side, { opposite: other, signature, value });
  return { left: fill(own, opposite, fillLeft), right: fill(opposite, own, fillRight) };
}

function kept(context: QueryContext, operator: VectorOperator): VectorOperator {
  return operator instanceof MaterializedOperator ? operator : new MaterializedOperator(context, operator);
}

function vectorScalar(planner: CallPlanner, expr: Binary, scope: Scope, swapped: boolean): VectorOperator {
  const { op, left, right, bool } = expr;
  const vector = planner.vector(swapped ? right : left, scope);
  const params = [planner.scalar(swapped ? left : right, scope)];
  const mixed = mixedWithScalar(mixedOperation(planner.context, expr), swapped);
  if (isArithmetic(op)) return planner.elementwise(vector, arithmeticWithScalar(op, swapped), { params, mixed });
  if (!isComparison(op)) return planner.elementwise(vector, mixed, { params, mixed, keepsName: true });
  if (bool) return planner.elementwise(vector, compareWithScalar(op, swapped), { params, mixed });
  return planner.elementwise(vector, filterByScalar(op, swapped), { params, mixed, keepsName: true });
}
