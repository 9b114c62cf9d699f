/**
 * A part that is written twice is evaluated once.
 *   before: sum(rate(a[5m])) / (sum(rate(a[5m])) + sum(rate(b[5m])))      a is read twice
 *   after:  p / (p + sum(rate(b[5m])))  with  p = sum(rate(a[5m]))
 */
import type { Expr, Span } from '../../../shared/promql/ast.ts';

/** Tells apart parts of one query: equal parts have equal numbers. */
export class SharedParts {
  readonly #ids = new Map<Expr, number>();
  readonly #known = new Map<string, number>();
  readonly #uses: number[] = [];
  readonly #apart: ReadonlySet<Expr>;

  /** `apart`: selectors that are read in a way of their own. */
  constructor(root: Expr, apart: ReadonlySet<Expr> = new Set()) {
    this.#apart = apart;
    this.#visit(root);
  }

  id(expr: Expr): number {
    return this.#ids.get(expr) ?? -1;
  }

  isShared(expr: Expr): boolean {
    return (this.#uses[this.id(expr)] ?? 0) > 1;
  }

  /** Pairs the places of two equal parts, from the outermost inwards. */
  twins(expr: Expr, twin: Expr): [Span, Span][] {
    const others = spansOf(twin);
    return spansOf(expr).map((span, i) => [span, others[i] ?? twin.span]);
  }

  #visit(expr: Expr): number {
    const key = this.#key(expr);
    let id = this.#known.get(key);
    if (id === undefined) {
      id = this.#uses.length;
      this.#known.set(key, id);
      this.#uses.push(0);
    }
    this.#uses[id]!++;
    this.#ids.set(expr, id);
    return id;
  }

  /** What the node is, its operands by their numbers; places in the text do not count. */
  #key(expr: Expr): string {
    switch (expr.kind) {
      case 'number':
        return `n${Object.is(expr.value, -0) ? '-0' : expr.value}`;
      case 'string':
        return `s${JSON.stringify(expr.value)}`;
      case 'vectorSelector':
        return `v${this.#apart.has(expr)}${withoutPlaces(expr)}`;
      case 'matrixSelector':
        return `m${this.#apart.has(expr.vector)}${withoutPlaces(expr)}`;
      case 'subquery': {
        const { range, step, offset, at } = expr;
        return `q${this.#visit(expr.expr)}${withoutPlaces({ range, step, offset, at })}`;
      }
      case 'unary':
        return `u${expr.op}${this.#visit(expr.expr)}`;
      case 'paren':
        return `p${this.#visit(expr.expr)}`;
      case 'binary': {
        const { op, bool, matching } = expr;
        return `b${this.#visit(expr.left)},${this.#visit(expr.right)}${JSON.stringify({ op, bool, matching })}`;
      }
      case 'aggregate': {
        const { op, without, grouping } = expr;
        const param = expr.param === null ? '' : this.#visit(expr.param);
        return `a${this.#visit(expr.expr)},${param}${JSON.stringify({ op, without, grouping })}`;
      }
      case 'call':
        return `c${expr.fn}(${expr.args.map((arg) => this.#visit(arg)).join()})`;
    }
  }
}

function withoutPlaces(value: unknown): string {
  return JSON.stringify(value, (key, inner) =>
    key === 'span' || key === 'opSpan' || key === 'text' ? undefined : inner,
  );
}

function spansOf(expr: Expr): Span[] {
  return [expr.span, ...operands(expr).flatMap(spansOf)];
}

function operands(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'subquery':
    case 'unary':
    case 'paren':
      return [expr.expr];
    case 'binary':
      return [expr.left, expr.right];
    case 'aggregate':
      return expr.param === null ? [expr.expr] : [expr.expr, expr.param];
    case 'call':
      return expr.args;
    case 'matrixSelector':
      return [expr.vector];
    default:
      return [];
  }
}
