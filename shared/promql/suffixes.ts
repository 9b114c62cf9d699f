/** What may stand behind a selector: `[range]`, `[range:step]`, `offset`, `@`, `anchored`, `smoothed`, in any order. */
import type { AtModifier, Duration, Expr, MatrixSelector, Span, Subquery, VectorSelector } from './ast.ts';

export type Report = (message: string, span: Span) => void;

const ALLOWED = 'an instant vector selector or range vector selector or a subquery';

export function withRange(expr: Expr, range: Duration, brackets: Span, report: Report): Expr {
  const span = { from: expr.span.from, to: brackets.to };
  if (expr.kind !== 'vectorSelector') {
    report('ranges only allowed for vector selectors', brackets);
    return expr;
  }
  if (isSet(expr.offset)) report('no offset modifiers allowed before range', brackets);
  else if (expr.at !== null) report('no @ modifiers allowed before range', brackets);
  return { kind: 'matrixSelector', vector: expr, range, span };
}

export function withSubquery(expr: Expr, times: Pick<Subquery, 'range' | 'step'>, to: number): Subquery {
  return { kind: 'subquery', expr, ...times, offset: null, at: null, span: { from: expr.span.from, to } };
}

export function withOffset(expr: Expr, offset: Duration, to: number, report: Report): Expr {
  const target = targetOf(expr);
  if (target === null) {
    report(`offset modifier must be preceded by ${ALLOWED}`, expr.span);
    return expr;
  }
  if (isSet(target.offset)) {
    report('offset may not be set multiple times', expr.span);
    return expr;
  }
  return replaceTarget(expr, { offset }, to);
}

export function withAt(expr: Expr, at: AtModifier, to: number, report: Report): Expr {
  const target = targetOf(expr);
  if (target === null) {
    report(`@ modifier must be preceded by ${ALLOWED}`, expr.span);
    return expr;
  }
  if (target.at !== null) {
    report('@ <timestamp> may not be set multiple times', expr.span);
    return expr;
  }
  return replaceTarget(expr, { at }, to);
}

export function withExtension(expr: Expr, extension: 'anchored' | 'smoothed', to: number, report: Report): Expr {
  if (expr.kind === 'subquery') {
    report(`${extension} modifier is not supported for subqueries`, expr.span);
    return expr;
  }
  if (expr.kind !== 'vectorSelector' && expr.kind !== 'matrixSelector') {
    report(`${extension} modifier not implemented`, expr.span);
    return expr;
  }
  const vector = expr.kind === 'matrixSelector' ? expr.vector : expr;
  if (extension === 'anchored' ? vector.smoothed : vector.anchored) {
    report('anchored and smoothed modifiers cannot be used together', expr.span);
  }
  return replaceTarget(expr, extension === 'anchored' ? { anchored: true } : { smoothed: true }, to);
}

/** An offset of nothing may be followed by another one. */
function isSet(offset: Duration | null): boolean {
  return offset !== null && (offset.kind === 'expression' || offset.ms !== 0);
}

function targetOf(expr: Expr): Pick<Subquery, 'offset' | 'at'> | null {
  if (expr.kind === 'matrixSelector') return expr.vector;
  return expr.kind === 'vectorSelector' || expr.kind === 'subquery' ? expr : null;
}

function replaceTarget(expr: Expr, change: Partial<VectorSelector>, to: number): Expr {
  const span = { from: expr.span.from, to };
  if (expr.kind === 'vectorSelector') return { ...expr, ...change, span };
  if (expr.kind === 'matrixSelector') {
    const changed: MatrixSelector = { ...expr, vector: { ...expr.vector, ...change }, span };
    return changed;
  }
  if (expr.kind !== 'subquery') return expr;
  return { ...expr, offset: change.offset ?? expr.offset, at: change.at ?? expr.at, span };
}
