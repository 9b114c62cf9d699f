/** The syntax tree as /api/v1/parse_query answers it (web/api/v1/translate_ast.go). */
import type { AtModifier, Binary, Duration, DurationExpr, Expr, LabelMatcher, VectorSelector } from './ast.ts';
import { FUNCTIONS } from './functions.ts';
import { formatPlain } from './number.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export function astJson(expr: Expr): Json {
  switch (expr.kind) {
    case 'number':
      return { type: 'numberLiteral', val: formatPlain(expr.value) };
    case 'string':
      return { type: 'stringLiteral', val: expr.value };
    case 'paren':
      return { type: 'parenExpr', expr: astJson(expr.expr) };
    case 'unary':
      return { type: 'unaryExpr', op: expr.op, expr: astJson(expr.expr) };
    case 'vectorSelector':
      return { type: 'vectorSelector', ...selectorJson(expr) };
    case 'matrixSelector':
      return { type: 'matrixSelector', ...selectorJson(expr.vector), ...durationJson('range', expr.range) };
    case 'subquery':
      return {
        type: 'subquery',
        expr: astJson(expr.expr),
        ...durationJson('range', expr.range),
        ...durationJson('offset', expr.offset),
        ...durationJson('step', expr.step),
        ...atJson(expr.at),
      };
    case 'binary':
      return binaryJson(expr);
    case 'aggregate':
      return {
        type: 'aggregation',
        op: expr.op,
        expr: astJson(expr.expr),
        param: expr.param === null ? null : astJson(expr.param),
        grouping: expr.grouping,
        without: expr.without,
      };
    case 'call': {
      const { args, variadic, returns } = FUNCTIONS.get(expr.fn) ?? { args: [], variadic: 0, returns: 'vector' };
      const func = { name: expr.fn, argTypes: args, variadic, returnType: returns };
      return { type: 'call', func, args: expr.args.map(astJson) };
    }
  }
}

function binaryJson({ op, left, right, matching, bool }: Binary): Json {
  return {
    type: 'binaryExpr',
    op,
    lhs: astJson(left),
    rhs: astJson(right),
    matching:
      matching === null
        ? null
        : {
            card: matching.cardinality,
            labels: matching.labels,
            on: matching.on,
            include: matching.include,
            fillValues: { lhs: matching.fillLeft, rhs: matching.fillRight },
          },
    bool,
  };
}

function selectorJson(expr: VectorSelector): { readonly [key: string]: Json } {
  return {
    name: expr.name,
    ...durationJson('offset', expr.offset),
    matchers: expr.matchers.map(matcherJson),
    ...atJson(expr.at),
    anchored: expr.anchored,
    smoothed: expr.smoothed,
  };
}

function matcherJson({ name, type, value }: LabelMatcher): Json {
  return { name, value, type };
}

function atJson(at: AtModifier | null): { readonly [key: string]: Json } {
  const timestamp = at?.kind === 'time' ? at.timeMs : null;
  return { timestamp, startOrEnd: at === null || at.kind === 'time' ? null : at.kind };
}

/** Milliseconds, and what they are calculated from when they are. */
function durationJson(key: string, duration: Duration | null): { readonly [key: string]: Json } {
  if (duration === null) return { [key]: 0 };
  if (duration.kind === 'fixed') return { [key]: duration.ms };
  return { [key]: 0, [`${key}Expr`]: durationExprJson(duration.expression, false) };
}

function durationExprJson(expr: DurationExpr, wrapped: boolean): Json {
  const node = (op: string, lhs: Json, rhs: Json): Json => ({ type: 'durationExpr', op, lhs, rhs, wrapped });
  switch (expr.kind) {
    case 'literal': {
      const val = { type: 'numberLiteral', val: formatPlain(expr.seconds) };
      return wrapped ? node('+', null, val) : val;
    }
    case 'unary':
      return node(expr.op, null, durationExprJson(expr.operand, false));
    case 'binary':
    case 'call2': {
      const op = expr.kind === 'binary' ? expr.op : expr.fn;
      return node(op, durationExprJson(expr.left, false), durationExprJson(expr.right, false));
    }
    case 'call':
      return node(expr.fn, null, null);
    case 'paren':
      return durationExprJson(expr.inner, true);
  }
}
