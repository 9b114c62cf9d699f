import type { Duration, DurationExpr } from '../../../shared/promql/ast.ts';
import { QueryError } from '../errors.ts';

/** What duration expressions may refer to; both 0 in an instant query. */
export interface QueryBounds {
  readonly stepMs: number;
  readonly rangeMs: number;
}

const MAX_SECONDS = 9_223_372_036;

/** Milliseconds of a duration; `positive` for ranges and steps. Throws QueryError. */
export function durationMs(duration: Duration, bounds: QueryBounds, positive: boolean): number {
  if (duration.kind === 'fixed') return duration.ms;
  const { expression } = duration;
  const seconds = evaluate(expression, bounds);
  if (!Number.isFinite(seconds)) throw refuse(expression, 'duration is NaN or infinite');
  if (Math.abs(seconds) > MAX_SECONDS) throw refuse(expression, 'duration is out of range');
  if (positive && seconds <= 0) throw refuse(expression, 'duration must be greater than 0');
  return Math.trunc(seconds * 1000);
}

function refuse({ span }: DurationExpr, message: string): QueryError {
  return new QueryError('invalid', `${span.from}:${span.to}: ${message}`);
}

function evaluate(expression: DurationExpr, bounds: QueryBounds): number {
  switch (expression.kind) {
    case 'literal':
      return expression.seconds;
    case 'paren':
      return evaluate(expression.inner, bounds);
    case 'unary':
      return expression.op === '-' ? -evaluate(expression.operand, bounds) : evaluate(expression.operand, bounds);
    case 'call':
      return (expression.fn === 'step' ? bounds.stepMs : bounds.rangeMs) / 1000;
    case 'call2': {
      const [left, right] = [evaluate(expression.left, bounds), evaluate(expression.right, bounds)];
      return expression.fn === 'min_of' ? Math.min(left, right) : Math.max(left, right);
    }
    case 'binary':
      return combine(expression, evaluate(expression.left, bounds), evaluate(expression.right, bounds));
  }
}

function combine(expression: DurationExpr & { readonly kind: 'binary' }, left: number, right: number): number {
  switch (expression.op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      if (right === 0) throw refuse(expression, 'division by zero');
      return left / right;
    case '%':
      if (right === 0) throw refuse(expression, 'modulo by zero');
      return left % right;
    case '^':
      return left ** right;
  }
}
