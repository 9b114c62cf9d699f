/** From lezer's tree, free of syntax errors, to the abstract syntax tree. */
import type { SyntaxNode } from '@lezer/common';
import type {
  Aggregate,
  AggregateOp,
  AtModifier,
  Call,
  Diagnostic,
  Expr,
  NumberLiteral,
  Span,
  UnaryOp,
} from './ast.ts';
import { type BinaryModifiers, isBinaryOp, joinBinary, readModifiers } from './binary.ts';
import { buildLabels, buildSelector } from './build-selector.ts';
import { type BuildContext, childrenOf, offsetDuration, positiveDuration } from './duration-expr.ts';
import { FUNCTIONS } from './functions.ts';
import { quote, unquote } from './go-string.ts';
import { isDurationText, numberValue } from './number.ts';
import { joinChain, type Link } from './operator-chain.ts';
import { withAt, withExtension, withOffset, withRange, withSubquery } from './suffixes.ts';

const WITH_PARAM: ReadonlySet<string> = new Set([
  'topk',
  'bottomk',
  'limitk',
  'limit_ratio',
  'count_values',
  'quantile',
]);
const EXPERIMENTAL_AGGREGATORS: ReadonlySet<string> = new Set(['limitk', 'limit_ratio']);
const FLAG = '--enable-feature=promql-experimental-functions';

export interface Built {
  readonly expr: Expr;
  /** Wrong already in the grammar's view: types were not looked at. */
  readonly errors: readonly Diagnostic[];
  /** Modifiers of vectors where there are none; of no account while there are `errors`. */
  readonly matchingErrors: readonly Diagnostic[];
}

export function buildExpr(top: SyntaxNode, text: string, experimental: boolean): Built {
  const builder = new Builder(text, experimental);
  const expr = builder.expr(top);
  return { expr, errors: builder.errors, matchingErrors: builder.matchingErrors };
}

class Builder {
  readonly errors: Diagnostic[] = [];
  readonly matchingErrors: Diagnostic[] = [];
  readonly #text: string;
  readonly #experimental: boolean;
  readonly #report = (message: string, span: Span): void => {
    this.errors.push({ message, span });
  };

  readonly #context: BuildContext;

  constructor(text: string, experimental: boolean) {
    this.#text = text;
    this.#context = { text, report: this.#report };
    this.#experimental = experimental;
  }

  expr(node: SyntaxNode): Expr {
    const links: Link<BinaryModifiers>[] = [];
    this.#flatten(node, links);
    return joinChain(links, {
      sign: (op, from, expr) => joinSign(op, from, expr, this.#text),
      operator: (link, left, right) => {
        if (link.modifiers.fill && !this.#experimental) {
          const span = { from: left.span.from, to: right.span.to };
          this.#report('binop fill modifiers are experimental and not enabled', span);
        }
        return joinBinary(link, left, right, (message, span) => this.matchingErrors.push({ message, span }));
      },
    });
  }

  #slice(node: Span): string {
    return this.#text.slice(node.from, node.to);
  }

  #flatten(node: SyntaxNode, links: Link<BinaryModifiers>[]): void {
    const [first, second] = childrenOf(node);
    switch (node.name) {
      case 'BinaryExpr':
        this.#flattenBinary(node, links);
        return;
      case 'UnaryExpr':
        if (first !== undefined) links.push(this.#sign(first));
        if (second !== undefined) this.#flatten(second, links);
        return;
      case 'NumberDurationLiteral':
        this.#flattenNumber(node, links);
        return;
      default:
    }
    const suffix = this.#suffix(node);
    if (suffix === null) links.push({ kind: 'operand', expr: this.#operand(node) });
    else {
      if (first !== undefined) this.#flatten(first, links);
      links.push({ kind: 'suffix', apply: suffix });
    }
  }

  #flattenBinary(node: SyntaxNode, links: Link<BinaryModifiers>[]): void {
    const children = childrenOf(node);
    const left = children[0];
    const operator = children[1];
    const right = children.at(-1);
    if (left === undefined || operator === undefined || right === undefined) throw new Error('a torn operation');
    this.#flatten(left, links);
    const op = this.#slice(operator).toLowerCase();
    if (!isBinaryOp(op)) throw new Error(`not an operator: ${op}`);
    const modifiers = readModifiers(children.slice(2, -1), {
      labels: (labels) => buildLabels(labels, this.#context),
      number: (literal) => this.#signedNumber(literal),
    });
    links.push({ kind: 'operator', op, opSpan: { from: operator.from, to: operator.to }, modifiers });
    this.#flatten(right, links);
  }

  #sign(node: SyntaxNode): Link<BinaryModifiers> {
    const op: UnaryOp = this.#text.charAt(node.from) === '-' ? '-' : '+';
    return { kind: 'sign', op, span: { from: node.from, to: node.from + 1 } };
  }

  /** The grammar takes a sign into the literal, the engine's grammar does not: `-1^2` is `-(1^2)`. */
  #flattenNumber(node: SyntaxNode, links: Link<BinaryModifiers>[]): void {
    const char = this.#text.charAt(node.from);
    if (char === '-' || char === '+') links.push(this.#sign(node));
    links.push({ kind: 'operand', expr: this.#number(unsigned(node, this.#text)) });
  }

  #number(span: Span): NumberLiteral {
    const text = this.#slice(span);
    const read = numberValue({ kind: isDurationText(text) ? 'duration' : 'number', text });
    if ('message' in read) this.#report(read.message, span);
    return { kind: 'number', value: 'value' in read ? read.value : 0, text, span };
  }

  #signedNumber(node: SyntaxNode): number {
    const { value } = this.#number(unsigned(node, this.#text));
    return this.#text.charAt(node.from) === '-' ? -value : value;
  }

  /** What a suffix does to the operand before it; null when the node is none. */
  #suffix(node: SyntaxNode): ((expr: Expr) => Expr) | null {
    const context = this.#context;
    const [first, second, third] = childrenOf(node);
    switch (node.name) {
      case 'MatrixSelector':
        return (expr) =>
          withRange(expr, positiveDuration(second ?? node, context), this.#brackets(node, first), this.#report);
      case 'SubqueryExpr':
        return (expr) => {
          const range = positiveDuration(second ?? node, context);
          const step = third === undefined ? null : positiveDuration(third, context);
          return withSubquery(expr, { range, step }, node.to);
        };
      case 'OffsetExpr':
        return (expr) => withOffset(expr, offsetDuration(third ?? node, context), node.to, this.#report);
      case 'StepInvariantExpr':
        return (expr) => withAt(expr, this.#at(third ?? node, expr), node.to, this.#report);
      case 'AnchoredExpr':
        return (expr) => this.#extend(expr, 'anchored', node.to);
      case 'SmoothedExpr':
        return (expr) => this.#extend(expr, 'smoothed', node.to);
      default:
        return null;
    }
  }

  #brackets(node: SyntaxNode, operand: SyntaxNode | undefined): Span {
    return { from: this.#text.indexOf('[', operand?.to ?? node.from), to: node.to };
  }

  #at(node: SyntaxNode, expr: Expr): AtModifier {
    if (node.name === 'AtModifierPreprocessors') {
      return { kind: this.#slice(node).toLowerCase() === 'start' ? 'start' : 'end' };
    }
    const seconds = this.#signedNumber(node);
    if (!(Math.abs(seconds) < 2 ** 63)) {
      this.#report(`timestamp out of bounds for @ modifier: ${goFloat(seconds)}`, expr.span);
    }
    return { kind: 'time', timeMs: Math.sign(seconds) * Math.round(Math.abs(seconds) * 1000) + 0 };
  }

  #extend(expr: Expr, extension: 'anchored' | 'smoothed', to: number): Expr {
    if (this.#experimental) return withExtension(expr, extension, to, this.#report);
    this.#report(`${extension} modifier is experimental and not enabled`, expr.span);
    return expr;
  }

  #operand(node: SyntaxNode): Expr {
    const span = { from: node.from, to: node.to };
    const [first] = childrenOf(node);
    switch (node.name) {
      case 'StringLiteral':
        return { kind: 'string', value: unquote(this.#slice(node)), span };
      case 'ParenExpr':
        return { kind: 'paren', expr: this.expr(first ?? node), span };
      case 'VectorSelector':
        return buildSelector(node, this.#context);
      case 'FunctionCall':
        return this.#call(node, span);
      case 'AggregateExpr':
        return this.#aggregate(node, span);
      default:
        throw new Error(`not an operand: ${node.name}`);
    }
  }

  #call(node: SyntaxNode, span: Span): Call {
    const identifier = node.getChild('FunctionIdentifier') ?? node;
    const fn = this.#slice(identifier);
    if (FUNCTIONS.get(fn)?.experimental === true && !this.#experimental) {
      this.#report(`function ${quote(fn)} is not enabled`, { from: identifier.from, to: identifier.to });
    }
    return { kind: 'call', fn, args: this.#arguments(node), span };
  }

  #arguments(node: SyntaxNode): Expr[] {
    const body = node.getChild('FunctionCallBody');
    return body === null ? [] : childrenOf(body).map((child) => this.expr(child));
  }

  #aggregate(node: SyntaxNode, span: Span): Aggregate {
    const op = aggregateOp(this.#slice(node.getChild('AggregateOp') ?? node));
    const modifier = node.getChild('AggregateModifier');
    const grouping = modifier?.getChild('GroupingLabels') ?? null;
    const args = this.#arguments(node);
    const want = WITH_PARAM.has(op) ? 2 : 1;
    if (args.length === 0) this.#report('no arguments for aggregate expression provided', span);
    else if (EXPERIMENTAL_AGGREGATORS.has(op) && !this.#experimental) {
      this.#report(`${op}() is experimental and must be enabled with ${FLAG}`, span);
    } else if (args.length !== want) {
      const counts = `expected ${want}, got ${args.length}`;
      this.#report(`wrong number of arguments for aggregate expression provided, ${counts}`, span);
    }
    return {
      kind: 'aggregate',
      op,
      expr: args[want - 1] ?? { kind: 'number', value: 0, text: '0', span },
      param: want === 2 ? (args[0] ?? null) : null,
      without: modifier?.getChild('Without') != null,
      grouping: grouping === null ? [] : buildLabels(grouping, this.#context),
      span,
    };
  }
}

/** A sign before a number belongs to it; before anything else it is an operation. */
function joinSign(op: UnaryOp, from: number, expr: Expr, text: string): Expr {
  const span = { from, to: expr.span.to };
  if (expr.kind !== 'number') return { kind: 'unary', op, expr, span };
  return { kind: 'number', value: op === '-' ? -expr.value : expr.value, text: text.slice(from, expr.span.to), span };
}

function unsigned(node: SyntaxNode, text: string): Span {
  const sign = /^[+-]\s*/.exec(text.slice(node.from, node.to))?.[0].length ?? 0;
  return { from: node.from + sign, to: node.to };
}

const AGGREGATE_OPS = [
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'group',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'limitk',
  'limit_ratio',
  'count_values',
  'quantile',
] as const satisfies readonly AggregateOp[];

function aggregateOp(text: string): AggregateOp {
  const lower = text.toLowerCase();
  for (const op of AGGREGATE_OPS) if (op === lower) return op;
  throw new Error(`not an aggregation: ${text}`);
}

/** Go's %f. */
function goFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return BigInt(Math.trunc(value)).toString().concat('.000000');
}
