/** Durations within brackets and behind `offset`, which since 3.14 may be calculated. */
import type { SyntaxNode } from '@lezer/common';
import type { Duration, DurationExpr, Span } from './ast.ts';
import { isDurationText, numberValue } from './number.ts';
import type { Report } from './suffixes.ts';

/** Go's int64 nanoseconds, in seconds. */
const MAX_SECONDS = 2 ** 63 / 1e9;

/** The text a tree is of, and where to say what is wrong with it. */
export interface BuildContext {
  readonly text: string;
  readonly report: Report;
}

/** The range or step of a selector: more than nothing. */
export function positiveDuration(node: SyntaxNode, context: BuildContext): Duration {
  const expression = buildDuration(node, context);
  if (expression.kind === 'literal' && expression.seconds <= 0) {
    context.report('duration must be greater than 0', expression.span);
  }
  return toDuration(expression);
}

export function offsetDuration(node: SyntaxNode, context: BuildContext): Duration {
  return toDuration(buildDuration(node, context));
}

function toDuration(expression: DurationExpr): Duration {
  if (expression.kind !== 'literal') return { kind: 'expression', expression };
  return { kind: 'fixed', ms: Math.trunc(Math.round(expression.seconds * 1e9) / 1e6) };
}

function buildDuration(node: SyntaxNode, context: BuildContext): DurationExpr {
  const span = { from: node.from, to: node.to };
  const [first, second, third] = childrenOf(node);
  if (first === undefined) throw new Error('an empty duration');
  switch (first.name) {
    case 'NumberDurationLiteralInDurationContext':
      return literal(span, context);
    case 'UnaryOp':
      return signed(context.text.charAt(first.from) === '-', buildDuration(second ?? first, context), span);
    case 'DurationStep':
      return { kind: 'call', fn: 'step', span };
    case 'DurationRange':
      return { kind: 'call', fn: 'range', span };
    case 'DurationMinOf':
    case 'DurationMaxOf': {
      const fn = first.name === 'DurationMinOf' ? 'min_of' : 'max_of';
      const left = buildDuration(second ?? first, context);
      return { kind: 'call2', fn, left, right: buildDuration(third ?? first, context), span };
    }
    default:
      return binaryOrParen([first, second, third], span, context);
  }
}

function binaryOrParen(
  [first, operator, right]: readonly [SyntaxNode, SyntaxNode | undefined, SyntaxNode | undefined],
  span: Span,
  context: BuildContext,
): DurationExpr {
  const left = buildDuration(first, context);
  if (operator === undefined || right === undefined) return { kind: 'paren', inner: left, span };
  const op = durationOp(context.text.slice(operator.from, operator.to));
  return { kind: 'binary', op, left, right: buildDuration(right, context), span };
}

function durationOp(text: string): '+' | '-' | '*' | '/' | '%' | '^' {
  for (const op of ['+', '-', '*', '/', '%', '^'] as const) if (op === text) return op;
  throw new Error(`not an operator of durations: ${text}`);
}

function literal(span: Span, { text, report }: BuildContext): DurationExpr {
  const written = text.slice(span.from, span.to);
  const read = numberValue({ kind: isDurationText(written) ? 'duration' : 'number', text: written });
  if ('message' in read) report(read.message, span);
  else if (!(read.value <= MAX_SECONDS)) report('duration out of range', span);
  return { kind: 'literal', seconds: 'value' in read ? read.value : 1, text: written, span };
}

/** A sign and a literal are one literal; a plus before anything else is nothing. */
function signed(minus: boolean, operand: DurationExpr, span: Span): DurationExpr {
  if (operand.kind === 'literal') {
    const { seconds, text } = operand;
    if (!minus) return { ...operand, span };
    const flipped = text.startsWith('-') ? text.slice(1) : `-${text}`;
    return { kind: 'literal', seconds: -seconds, text: flipped, span };
  }
  return { kind: 'unary', op: minus ? '-' : '+', operand, span };
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}
