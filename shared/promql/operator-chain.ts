/**
 * Operator precedence. The official grammar serves an editor and lets a suffix (`offset`, `[5m]`, `@`) take the whole
 * expression to its left, so that `a - b offset 1h` would shift both. The engine's grammar binds suffixes to the one
 * operand before them, then `^` (from the right), unary signs with `* / %`, `+ -`, comparisons, `and unless`, `or`.
 */
import type { BinaryOp, Expr, Span, UnaryOp } from './ast.ts';

/** One link: signs stand before an operand, suffixes behind it, operators between. `M` is what follows an operator. */
export type Link<M> =
  | { readonly kind: 'operand'; readonly expr: Expr }
  | { readonly kind: 'sign'; readonly op: UnaryOp; readonly span: Span }
  | { readonly kind: 'suffix'; readonly apply: (expr: Expr) => Expr }
  | { readonly kind: 'operator'; readonly op: BinaryOp; readonly opSpan: Span; readonly modifiers: M };

/** Makes nodes of what belongs together. */
export interface ChainNodes<M> {
  sign(op: UnaryOp, from: number, expr: Expr): Expr;
  operator(link: Extract<Link<M>, { kind: 'operator' }>, left: Expr, right: Expr): Expr;
}

const POWER = 6;
const PRECEDENCE: Readonly<Record<BinaryOp, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '</': 3,
  '>/': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': POWER,
};

/** Joins the links of one expression, which stand in the order of the text. */
export function joinChain<M>(links: readonly Link<M>[], nodes: ChainNodes<M>): Expr {
  return new Chain(links, nodes).join(1);
}

class Chain<M> {
  readonly #links: readonly Link<M>[];
  readonly #nodes: ChainNodes<M>;
  #at = 0;

  constructor(links: readonly Link<M>[], nodes: ChainNodes<M>) {
    this.#links = links;
    this.#nodes = nodes;
  }

  /** The longest expression from here whose operators bind at least as strongly as `least`. */
  join(least: number): Expr {
    let left = this.#operand();
    for (;;) {
      const link = this.#links[this.#at];
      if (link?.kind !== 'operator' || PRECEDENCE[link.op] < least) return left;
      this.#at++;
      const precedence = PRECEDENCE[link.op];
      const right = this.join(precedence === POWER ? POWER : precedence + 1);
      left = this.#nodes.operator(link, left, right);
    }
  }

  #operand(): Expr {
    const link = this.#links[this.#at++];
    if (link?.kind === 'sign') return this.#nodes.sign(link.op, link.span.from, this.join(POWER));
    if (link?.kind !== 'operand') throw new Error('an operand was expected in the chain');
    let expr = link.expr;
    for (let next = this.#links[this.#at]; next?.kind === 'suffix'; next = this.#links[this.#at]) {
      expr = next.apply(expr);
      this.#at++;
    }
    return expr;
  }
}
