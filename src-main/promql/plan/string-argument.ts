import type { Expr } from '../../../shared/promql/ast.ts';
import { executionError } from '../errors.ts';

/** The text of a string argument. */
export function stringOf(expr: Expr | null | undefined): string {
  if (expr?.kind === 'paren') return stringOf(expr.expr);
  if (expr?.kind === 'string') return expr.value;
  throw executionError('expected a string literal');
}
