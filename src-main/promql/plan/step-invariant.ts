/**
 * Parts that give the same at every step are evaluated at one step and repeated.
 *   before: sum(rate(x[5m] @ 1700000000)) * y      the sum is computed at each of 1,000 steps
 *   after:  repeat(sum(rate(x[5m] @ 1700000000))) * y      once
 */
import type { Expr } from '../../../shared/promql/ast.ts';

/** Functions that look at the time of the step itself. */
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

export function isStepInvariant(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return true;
    case 'vectorSelector':
    case 'subquery':
      return expr.at !== null;
    case 'matrixSelector':
      return expr.vector.at !== null;
    case 'unary':
    case 'paren':
      return isStepInvariant(expr.expr);
    case 'binary':
      return isStepInvariant(expr.left) && isStepInvariant(expr.right);
    case 'aggregate':
      return isStepInvariant(expr.expr) && (expr.param === null || isStepInvariant(expr.param));
    case 'call':
      return !TIME_DEPENDENT.has(expr.fn) && expr.args.every(isStepInvariant);
  }
}

/** Whether evaluating it once saves anything: a selector is in it. */
export function readsStorage(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return false;
    case 'vectorSelector':
    case 'matrixSelector':
    case 'subquery':
      return true;
    case 'unary':
    case 'paren':
      return readsStorage(expr.expr);
    case 'binary':
      return readsStorage(expr.left) || readsStorage(expr.right);
    case 'aggregate':
      return readsStorage(expr.expr) || (expr.param !== null && readsStorage(expr.param));
    case 'call':
      return expr.args.some(readsStorage);
  }
}
