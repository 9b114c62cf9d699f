/**
 * What a query of correct syntax can still do wrong: types of operands and arguments, numbers of arguments, modifiers
 * out of place. Order and wording are those of `checkAST` (promql/parser/parse.go).
 */
import type { Aggregate, Binary, BinaryOp, Call, Diagnostic, Expr, Span, ValueType, VectorSelector } from './ast.ts';
import { FUNCTIONS, type FunctionSignature } from './functions.ts';
import { quote } from './go-string.ts';
import { matchesEmpty } from './matcher-regex.ts';

const COMPARISONS: ReadonlySet<BinaryOp> = new Set<BinaryOp>(['==', '!=', '<', '<=', '>', '>=']);
const SET_OPS: ReadonlySet<BinaryOp> = new Set<BinaryOp>(['and', 'or', 'unless']);
const WITH_SCALAR_PARAM: ReadonlySet<string> = new Set(['topk', 'bottomk', 'quantile', 'limitk', 'limit_ratio']);

export function isComparison(op: BinaryOp): boolean {
  return COMPARISONS.has(op);
}

export function isSetOp(op: BinaryOp): boolean {
  return SET_OPS.has(op);
}

/** The type an expression evaluates to, by its own shape alone. */
export function valueTypeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'vectorSelector':
    case 'aggregate':
      return 'vector';
    case 'matrixSelector':
    case 'subquery':
      return 'matrix';
    case 'paren':
    case 'unary':
      return valueTypeOf(expr.expr);
    case 'binary':
      return valueTypeOf(expr.left) === 'scalar' && valueTypeOf(expr.right) === 'scalar' ? 'scalar' : 'vector';
    case 'call':
      return FUNCTIONS.get(expr.fn)?.returns ?? 'vector';
  }
}

/** The type's name in messages. */
export function documentedType(type: ValueType): string {
  if (type === 'vector') return 'instant vector';
  return type === 'matrix' ? 'range vector' : type;
}

/** Everything wrong with the expression; empty when it can be evaluated. */
export function checkTypes(expr: Expr): Diagnostic[] {
  const checker = new Checker();
  checker.check(expr);
  return checker.diagnostics;
}

class Checker {
  readonly diagnostics: Diagnostic[] = [];

  check(expr: Expr): ValueType {
    switch (expr.kind) {
      case 'aggregate':
        this.#checkAggregate(expr);
        break;
      case 'binary':
        this.#checkBinary(expr);
        break;
      case 'call':
        this.#checkCall(expr);
        break;
      case 'paren':
        this.check(expr.expr);
        break;
      case 'unary':
        this.#checkUnary(expr.expr, expr.span);
        break;
      case 'subquery':
        this.#checkSubquery(expr.expr, expr.span);
        break;
      case 'matrixSelector':
        this.#checkSelector(expr.vector, true);
        break;
      case 'vectorSelector':
        this.#checkSelector(expr, true);
        break;
      case 'number':
      case 'string':
        break;
    }
    return valueTypeOf(expr);
  }

  #report(span: Span, message: string): void {
    this.diagnostics.push({ message, span });
  }

  #expect(expr: Expr, want: ValueType, context: string): void {
    const got = this.check(expr);
    if (got === want) return;
    this.#report(expr.span, `expected type ${documentedType(want)} in ${context}, got ${documentedType(got)}`);
  }

  #checkAggregate(expr: Aggregate): void {
    this.#expect(expr.expr, 'vector', 'aggregation expression');
    if (expr.param === null) return;
    if (WITH_SCALAR_PARAM.has(expr.op)) this.#expect(expr.param, 'scalar', 'aggregation parameter');
    if (expr.op === 'count_values') this.#expect(expr.param, 'string', 'aggregation parameter');
  }

  #checkUnary(operand: Expr, span: Span): void {
    const type = this.check(operand);
    if (type === 'scalar' || type === 'vector') return;
    const got = quote(documentedType(type));
    this.#report(span, `unary expression only allowed on expressions of type scalar or instant vector, got ${got}`);
  }

  #checkSubquery(inner: Expr, span: Span): void {
    const type = this.check(inner);
    if (type !== 'vector') this.#report(span, `subquery is only allowed on instant vector, got ${type} instead`);
  }

  #checkBinary(expr: Binary): void {
    const left = this.check(expr.left);
    const right = this.check(expr.right);
    const { op, opSpan } = expr;
    if (expr.bool && !isComparison(op)) {
      this.#report(opSpan, 'bool modifier can only be used on comparison operators');
    }
    if (isComparison(op) && !expr.bool && left === 'scalar' && right === 'scalar') {
      this.#report(opSpan, 'comparisons between scalars must use BOOL modifier');
    }
    this.#checkGroupLabels(expr);
    for (const [type, side] of [
      [left, expr.left],
      [right, expr.right],
    ] as const) {
      if (type !== 'scalar' && type !== 'vector') {
        this.#report(side.span, 'binary expression must contain only scalar and instant vector types');
      }
    }
    if (isSetOp(op)) this.#checkSetOp(expr, left === 'scalar' || right === 'scalar');
  }

  #checkGroupLabels({ matching, opSpan }: Binary): void {
    if (matching === null || !matching.on) return;
    for (const label of matching.labels) {
      if (!matching.include.includes(label)) continue;
      this.#report(opSpan, `label ${quote(label)} must not occur in ON and GROUP clause at once`);
    }
  }

  #checkSetOp({ op, matching, span }: Binary, withScalar: boolean): void {
    if (matching !== null) {
      if (matching.cardinality !== 'many-to-many') {
        this.#report(span, `no grouping allowed for ${quote(op)} operation`);
        this.#report(span, 'set operations must always be many-to-many');
      }
      if (matching.fillLeft !== null || matching.fillRight !== null) {
        this.#report(span, 'filling in missing series not allowed for set operators');
      }
    }
    if (withScalar) this.#report(span, `set operator ${quote(op)} not allowed in binary scalar expression`);
  }

  #checkCall(expr: Call): void {
    const signature = FUNCTIONS.get(expr.fn);
    if (signature === undefined) {
      this.#report(expr.span, `unknown function with name ${quote(expr.fn)}`);
      return;
    }
    const wrong = wrongCount(signature, expr.args.length);
    if (wrong !== null) {
      this.#report(expr.span, `expected ${wrong} argument(s) in call to ${quote(expr.fn)}, got ${expr.args.length}`);
    }
    for (const [i, arg] of expr.args.entries()) {
      if (i >= signature.args.length && signature.variadic === 0) break;
      const want = signature.args[Math.min(i, signature.args.length - 1)] ?? 'vector';
      if (expr.fn === 'info' && i === 1) this.#checkInfoSelector(arg);
      else this.#expect(arg, want, `call to function ${quote(expr.fn)}`);
    }
  }

  /** The second argument of info() only says which info series and labels: braces alone, and they may match all. */
  #checkInfoSelector(arg: Expr): void {
    if (arg.kind === 'vectorSelector') {
      if (arg.name !== '') this.#report(arg.span, 'expected label selectors only, got vector selector instead');
      this.#checkSelector(arg, false);
      return;
    }
    const type = valueTypeOf(arg);
    if (type !== 'vector') {
      this.#report(arg.span, `expected type instant vector in call to function "info", got ${documentedType(type)}`);
    }
    this.#report(arg.span, 'expected label selectors only');
  }

  #checkSelector(expr: VectorSelector, mustNarrow: boolean): void {
    if (expr.name !== '') {
      const second = expr.matchers.slice(0, -1).find((matcher) => matcher.name === '__name__');
      if (second !== undefined) {
        const names = `${quote(expr.name)} or ${quote(second.value)}`;
        this.#report(expr.span, `metric name must not be set twice: ${names}`);
      }
    } else if (mustNarrow && expr.matchers.every(matchesEmpty)) {
      this.#report(expr.span, 'vector selector must contain at least one non-empty matcher');
    }
  }
}

/** How many arguments were expected, in the message's words; null when the number is right. */
function wrongCount({ args, variadic }: FunctionSignature, given: number): string | null {
  if (variadic === 0) return given === args.length ? null : String(args.length);
  const least = args.length - 1;
  if (given < least) return `at least ${least}`;
  if (variadic > 0 && given > least + variadic) return `at most ${least + variadic}`;
  return null;
}
