/**
 * The syntax tree of a query by the official grammar (@prometheus-io/lezer-promql). Its tokens are narrower than the
 * engine's (no `0X1F`, no `1_000` in hexadecimal, `offset` never a metric, `min_of` never a function), so lezer is
 * handed a text in which each token is replaced by a plain one of the same kind and length: every node's place holds
 * for the original text, and names and values are read from that.
 */

import type { Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Diagnostic } from './ast.ts';
import { FUNCTIONS } from './functions.ts';
import { quote } from './go-string.ts';
import { describeToken, type Lexed, type Token } from './lexer.ts';
import { isOperandPlace, syntaxContext, trailingComma } from './syntax-context.ts';

/** A function of the grammar as long as `min_of` and `max_of`, which it knows in durations only. */
const SIX_LETTER_FUNCTION = 'idelta';
const NOT_IN_GRAMMAR: ReadonlySet<string> = new Set(['min_of', 'max_of']);

export function parseTree(text: string, tokens: readonly Token[]): Tree {
  const parse = parser.startParse(plainText(text, tokens));
  for (;;) {
    const tree = parse.advance();
    if (tree !== null) return tree;
    // lezer breaks off chains of some hundred operators lest the tree be too deep; how deep is too deep is said in
    // parse.ts, and the counter it does so by starts anew.
    Object.assign(parse, { bigReductionCount: 0 });
  }
}

/** All syntax errors, first to last: what lezer stumbled over, unknown functions, and the lexer's refusal. */
export function syntaxErrors(tree: Tree, lexed: Lexed, textLength: number): Diagnostic[] {
  const tokens = lexed.tokens.filter((token) => token.kind !== 'comment');
  const end = lexed.error?.span.from ?? textLength;
  const unknown = unknownFunctions(tokens);
  const found = new Map<number, Diagnostic>(unknown.map((diagnostic) => [diagnostic.span.from, diagnostic]));
  for (const from of errorPlaces(tree)) {
    // What follows an unknown function is judged by a grammar that took it for a selector.
    if (unknown[0] !== undefined && from >= unknown[0].span.from) break;
    const index = tokens.findIndex((token) => token.span.to > from);
    const token = tokens[index];
    // Behind a lexical error the text was cut off: what is missing there is no error of its own.
    if (token === undefined && lexed.error !== null) continue;
    const at = index < 0 ? tokens.length : index;
    const comma = trailingComma(tokens, at);
    if (comma !== null) {
      found.set(comma.span.from, { message: 'trailing commas not allowed in function call args', span: comma.span });
      if (token?.text === ')') continue;
    }
    const span = token?.span ?? { from: end, to: end };
    if (!found.has(span.from)) found.set(span.from, { message: unexpected(tokens, at), span });
  }
  if (lexed.error !== null) found.set(lexed.error.span.from, lexed.error);
  return [...found.values()].sort((a, b) => a.span.from - b.span.from);
}

function errorPlaces(tree: Tree): number[] {
  const places: number[] = [];
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) places.push(node.from);
    },
  });
  return places;
}

function unexpected(tokens: readonly Token[], index: number): string {
  const { context, expected } = syntaxContext(tokens, index);
  let message = `unexpected ${describeToken(tokens[index])}`;
  if (context !== '') message += ` in ${context}`;
  if (expected !== '') message += `, expected ${expected}`;
  return message;
}

function unknownFunctions(tokens: readonly Token[]): Diagnostic[] {
  return tokens.flatMap((token, i) =>
    token.kind === 'identifier' &&
    tokens[i + 1]?.text === '(' &&
    isOperandPlace(tokens, i) &&
    !FUNCTIONS.has(token.text)
      ? [{ message: `unknown function with name ${quote(token.text)}`, span: token.span }]
      : [],
  );
}

function plainText(text: string, tokens: readonly Token[]): string {
  const code = tokens.filter((token) => token.kind !== 'comment');
  const inDuration = durationTokens(code);
  let out = '';
  for (const [i, token] of code.entries()) {
    out = out.padEnd(token.span.from);
    out += plainToken(token, {
      duration: inDuration.has(i),
      operand: isOperandPlace(code, i),
      call: code[i + 1]?.text === '(',
    });
  }
  return out.padEnd(code.at(-1)?.span.to ?? text.length);
}

interface Place {
  readonly duration: boolean;
  readonly operand: boolean;
  readonly call: boolean;
}

function plainToken(token: Token, place: Place): string {
  const { kind, text } = token;
  if (kind === 'number' || kind === 'duration') return plainNumber(token);
  if (kind === 'string') return `"${' '.repeat(text.length - 2)}"`;
  if (place.duration) return text.toLowerCase();
  if (place.call && NOT_IN_GRAMMAR.has(text)) return SIX_LETTER_FUNCTION;
  if (place.operand && text.toLowerCase() === 'offset') return 'x'.repeat(text.length);
  return text;
}

/** Its first and last characters stay of their kind, so that it cannot join with what it adjoins. */
function plainNumber({ kind, text }: Token): string {
  if (/^[in]/i.test(text)) return text;
  if (kind === 'duration') return 'm'.padStart(text.length, '0');
  return text.startsWith('.') ? '.'.padEnd(text.length, '0') : '0'.repeat(text.length);
}

/** Indexes of the tokens of duration expressions: within brackets and behind `offset`. */
function durationTokens(tokens: readonly Token[]): ReadonlySet<number> {
  const found = new Set<number>();
  let inBrackets = false;
  for (let i = 0; i < tokens.length; i++) {
    const text = tokens[i]?.text.toLowerCase();
    if (text === '[') inBrackets = true;
    else if (text === ']') inBrackets = false;
    else if (inBrackets) found.add(i);
    else if (tokens[i]?.kind === 'keyword' && text === 'offset' && !isOperandPlace(tokens, i)) {
      for (const end = endOfOffset(tokens, i + 1); i < end; i++) found.add(i + 1);
    }
  }
  return found;
}

/** The last token of the duration that begins at `from`: signs, then a number, a parenthesis or a call. */
function endOfOffset(tokens: readonly Token[], from: number): number {
  let i = from;
  while (tokens[i]?.text === '-' || tokens[i]?.text === '+') i++;
  if (tokens[i]?.text !== '(' && tokens[i + 1]?.text === '(') i++;
  if (tokens[i]?.text !== '(') return i;
  for (let depth = 0; i < tokens.length; i++) {
    if (tokens[i]?.text === '(') depth++;
    if (tokens[i]?.text === ')' && --depth === 0) return i;
  }
  return tokens.length - 1;
}
