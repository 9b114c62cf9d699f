/** Selectors and lists of labels. */
import type { SyntaxNode } from '@lezer/common';
import type { LabelMatcher, MatchType, VectorSelector } from './ast.ts';
import { type BuildContext, childrenOf } from './duration-expr.ts';
import { quote, unquote } from './go-string.ts';
import { regexError } from './matcher-regex.ts';

/** Words that the engine's lexer never takes for a label in a grouping. */
const NO_LABELS = /^(?:without|inf|nan)$/i;

export function buildSelector(node: SyntaxNode, context: BuildContext): VectorSelector {
  const span = { from: node.from, to: node.to };
  const identifier = node.getChild('Identifier');
  const braces = node.getChild('LabelMatchers');
  const matchers = braces === null ? [] : childrenOf(braces).map((child) => buildMatcher(child, context));
  const name = identifier === null ? '' : slice(identifier, context);
  if (identifier !== null) {
    matchers.push({ name: '__name__', type: '=', value: name, span: { from: identifier.from, to: identifier.to } });
  }
  const plain = { offset: null, at: null, anchored: false, smoothed: false };
  return { kind: 'vectorSelector', name, matchers, ...plain, span };
}

/** The names within `by (...)`, `on (...)` and the like. */
export function buildLabels(node: SyntaxNode, context: BuildContext): string[] {
  return childrenOf(node).map((child) => {
    const span = { from: child.from, to: child.to };
    const written = slice(child, context);
    const name = child.name === 'QuotedLabelName' ? unquote(written) : written;
    if (name === '') context.report(`invalid label name for grouping: ${quote(name)}`, span);
    if (child.name === 'LabelName' && NO_LABELS.test(name)) {
      const what = /^w/i.test(name) ? `<${name}>` : `number ${quote(name)}`;
      context.report(`unexpected ${what} in grouping opts, expected label`, span);
    }
    return name;
  });
}

function buildMatcher(node: SyntaxNode, context: BuildContext): LabelMatcher {
  const span = { from: node.from, to: node.to };
  const [label, operator, literal] = childrenOf(node);
  if (node.name === 'QuotedLabelName') {
    return { name: '__name__', type: '=', value: unquote(slice(node, context)), span };
  }
  if (label === undefined || operator === undefined || literal === undefined) throw new Error('a torn matcher');
  const name = label.name === 'QuotedLabelName' ? unquote(slice(label, context)) : slice(label, context);
  const type = matchType(slice(operator, context));
  const value = unquote(slice(literal, context));
  const wrong = type === '=~' || type === '!~' ? regexError(value) : null;
  if (wrong !== null) context.report(wrong, span);
  return { name, type, value, span };
}

function slice(node: SyntaxNode, { text }: BuildContext): string {
  return text.slice(node.from, node.to);
}

function matchType(text: string): MatchType {
  for (const type of ['=', '!=', '=~', '!~'] as const) if (type === text) return type;
  throw new Error(`not a match operator: ${text}`);
}
