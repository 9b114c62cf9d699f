/** What to colour in a query: every token with its part in the language. Works on unfinished and wrong texts too. */
import type { Span } from './ast.ts';
import { FUNCTIONS } from './functions.ts';
import { lex, type Token, type TokenKind } from './lexer.ts';

export type HighlightKind =
  | 'metric'
  | 'label'
  | 'function'
  | 'aggregation'
  | 'keyword'
  | 'operator'
  | 'number'
  | 'duration'
  | 'string'
  | 'punctuation'
  | 'comment'
  | 'invalid';

export interface HighlightToken {
  readonly span: Span;
  readonly kind: HighlightKind;
}

const GROUPING = /^(?:by|without|on|ignoring|group_left|group_right)$/i;
const SAME: ReadonlySet<TokenKind> = new Set<TokenKind>(['number', 'duration', 'string', 'punctuation', 'comment']);

/** In the order of the text, without gaps but for white space. From a lexical error on, the rest is `invalid`. */
export function tokens(text: string): HighlightToken[] {
  const lexed = lex(text);
  const places = new Places();
  const found = lexed.tokens.map((token, i) => {
    const kind = places.kindOf(token, nextCode(lexed.tokens, i));
    return { span: token.span, kind };
  });
  const from = lexed.error?.span.from ?? text.length;
  const rest = text.slice(from).trimEnd();
  if (rest !== '') found.push({ span: { from, to: from + rest.length }, kind: restKind(rest) });
  return found;
}

/** A string still being typed is one already. */
function restKind(rest: string): HighlightKind {
  return /^["'`][^\n]*$/.test(rest) ? 'string' : 'invalid';
}

function nextCode(all: readonly Token[], index: number): Token | undefined {
  return all.slice(index + 1, index + 8).find((token) => token.kind !== 'comment');
}

/** Follows the brackets: a word within braces or behind `by (` is a label. */
class Places {
  readonly #open: ('braces' | 'labels' | 'other')[] = [];
  #previous: Token | null = null;

  kindOf(token: Token, next: Token | undefined): HighlightKind {
    const kind = this.#kindHere(token, next);
    if (token.kind === 'punctuation') this.#follow(token.text);
    if (token.kind !== 'comment') this.#previous = token;
    return kind;
  }

  #follow(bracket: string): void {
    if (bracket === '{') this.#open.push('braces');
    else if (bracket === '[') this.#open.push('other');
    else if (bracket === '(') this.#open.push(GROUPING.test(this.#previous?.text ?? '') ? 'labels' : 'other');
    else if (bracket === ')' || bracket === ']' || bracket === '}') this.#open.pop();
  }

  #kindHere(token: Token, next: Token | undefined): HighlightKind {
    const place = this.#open.at(-1) ?? 'other';
    if (SAME.has(token.kind)) return sameKind(token.kind);
    if (place === 'labels') return 'label';
    if (token.kind === 'operator') return /^[a-z]/i.test(token.text) ? 'keyword' : 'operator';
    if (place === 'braces') return 'label';
    const called = next?.text === '(';
    if (token.kind === 'aggregator')
      return called || /^(?:by|without)$/i.test(next?.text ?? '') ? 'aggregation' : 'metric';
    if (token.kind === 'keyword') return 'keyword';
    if (called && (token.kind === 'preprocessor' || FUNCTIONS.has(token.text))) return 'function';
    return called ? 'invalid' : 'metric';
  }
}

function sameKind(kind: TokenKind): HighlightKind {
  switch (kind) {
    case 'number':
    case 'duration':
    case 'string':
    case 'comment':
      return kind;
    default:
      return 'punctuation';
  }
}
