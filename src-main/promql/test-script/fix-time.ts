/**
 * A query whose every selector looks at one fixed time must answer the same whenever it is asked: scripts check this by
 * rewriting their instant queries (promql/promqltest/test.go, atModifierTestCases).
 */
import type { AtModifier, Expr, VectorSelector } from '../../../shared/promql/ast.ts';

/** Their answers depend on the time of evaluation, whatever their arguments do. */
const TIME_DEPENDENT: ReadonlySet<string> = new Set([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'end',
  'hour',
  'minute',
  'month',
  'year',
  'predict_linear',
  'range',
  'start',
  'step',
  'time',
  'timestamp',
]);

/** The expression with `@ timeMs` wherever nothing is fixed yet; null when that does not make it independent. */
export function fixTime(expr: Expr, timeMs: number): Expr | null {
  return dependsOnTime(expr) ? null : fix(expr, { kind: 'time', timeMs });
}

function dependsOnTime(expr: Expr): boolean {
  switch (expr.kind) {
    case 'call':
      return TIME_DEPENDENT.has(expr.fn) || expr.args.some(dependsOnTime);
    case 'binary':
      return dependsOnTime(expr.left) || dependsOnTime(expr.right);
    case 'aggregate':
      return dependsOnTime(expr.expr) || (expr.param !== null && dependsOnTime(expr.param));
    case 'unary':
    case 'paren':
      return dependsOnTime(expr.expr);
    // Within a subquery nothing is looked at: its own time is fixed.
    default:
      return false;
  }
}

function fix(expr: Expr, at: AtModifier): Expr {
  switch (expr.kind) {
    case 'vectorSelector':
      return fixSelector(expr, at);
    case 'matrixSelector':
      return { ...expr, vector: fixSelector(expr.vector, at) };
    case 'subquery':
      return expr.at?.kind === 'time' ? expr : { ...expr, at };
    case 'unary':
    case 'paren':
      return { ...expr, expr: fix(expr.expr, at) };
    case 'binary':
      return { ...expr, left: fix(expr.left, at), right: fix(expr.right, at) };
    case 'aggregate':
      return { ...expr, expr: fix(expr.expr, at), param: expr.param === null ? null : fix(expr.param, at) };
    case 'call':
      return { ...expr, args: expr.args.map((arg) => fix(arg, at)) };
    default:
      return expr;
  }
}

function fixSelector(expr: VectorSelector, at: AtModifier): VectorSelector {
  return expr.at?.kind === 'time' ? expr : { ...expr, at };
}
