/** The selectors around the cursor, as far as they are written: they narrow which labels and values are offered. */
import type { Token } from './lexer.ts';
import { lex } from './lexer.ts';
import { enclosing } from './syntax-context.ts';

const MAX_SELECTORS = 8;

/**
 * The selector whose `{` is at index `opening`, of the complete matchers before the cursor, without the one that begins
 * at `without`. '' when nothing narrows it.
 */
export function selectorText(text: string, before: readonly Token[], opening: number, without: number | null): string {
  const matchers = matchersFrom(text, before.slice(opening + 1), without);
  const name = metricBefore(before, opening);
  return joinSelector(name, matchers);
}

function joinSelector(name: string, matchers: readonly string[]): string {
  return matchers.length === 0 ? name : `${name}{${matchers.join(',')}}`;
}

function metricBefore(tokens: readonly Token[], opening: number): string {
  const name = tokens[opening - 1];
  const adjoins = name !== undefined && (name.kind === 'identifier' || name.kind === 'metricIdentifier');
  return adjoins ? name.text : '';
}

/** Label, operator and string, three by three; a string alone is the metric's name. */
function matchersFrom(text: string, inside: readonly Token[], without: number | null): string[] {
  const found: string[] = [];
  for (let i = 0; i < inside.length; i++) {
    const [label, , value] = inside.slice(i, i + 3);
    if (label === undefined || label.text === '}') break;
    if (label.text === ',' || label.span.from === without) continue;
    if (value?.kind === 'string' && label.kind !== 'punctuation') {
      found.push(text.slice(label.span.from, value.span.to));
      i += 2;
    } else if (label.kind === 'string' && isEnd(inside[i + 1])) found.push(label.text);
  }
  return found;
}

function isEnd(token: Token | undefined): boolean {
  return token === undefined || token.text === ',' || token.text === '}';
}

/**
 * The selectors that a grouping at the cursor is about: those of the operand in whose parentheses or next to whose
 * they stand. Simply all of the query's within the innermost enclosing expression, `(` to `)`, that has any.
 */
export function selectorsNear(text: string, before: readonly Token[]): string[] {
  const all = lex(text).tokens.filter((token) => token.kind !== 'comment');
  const code = all.length >= before.length ? all : before;
  let opening = enclosing(before, before.length - 1);
  for (;;) {
    opening = enclosing(before, opening - 1);
    const from = Math.max(opening, 0);
    const found = selectorsIn(text, code.slice(from, opening < 0 ? code.length : closingOf(code, opening)));
    if (found.length > 0 || opening < 0) return found;
  }
}

function closingOf(code: readonly Token[], opening: number): number {
  let depth = 0;
  for (let i = opening; i < code.length; i++) {
    const text = code[i]?.kind === 'punctuation' ? code[i]?.text : '';
    if (text === '(' || text === '{' || text === '[') depth++;
    if ((text === ')' || text === '}' || text === ']') && --depth === 0) return i;
  }
  return code.length;
}

function selectorsIn(text: string, code: readonly Token[]): string[] {
  const found = new Set<string>();
  for (let i = 0; i < code.length && found.size < MAX_SELECTORS; i++) {
    const token = code[i];
    const next = code[i + 1]?.text;
    if (token?.text === '{') {
      const inside = code.slice(i + 1);
      const selector = joinSelector(metricBefore(code, i), matchersFrom(text, inside, null));
      if (selector !== '') found.add(selector);
      i += Math.max(
        0,
        inside.findIndex((one) => one.text === '}'),
      );
    } else if (isGroupingWord(token) && next === '(') i = closingOf(code, i + 1);
    else if ((token?.kind === 'identifier' || token?.kind === 'metricIdentifier') && next !== '(' && next !== '{') {
      found.add(token.text);
    }
  }
  return [...found];
}

function isGroupingWord(token: Token | undefined): boolean {
  return token?.kind === 'keyword' && /^(?:by|without|on|ignoring|group_left|group_right)$/i.test(token.text);
}
