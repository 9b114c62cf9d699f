/**
 * The tokens of a query, with the states and messages of Prometheus's lexer (promql/parser/lex.go). The grammar proper
 * is lezer's; these tokens say what a syntax error stumbled over, and iron out where lezer's tokens are narrower.
 */
import type { Diagnostic, Span } from './ast.ts';
import { quote, quoteRune, readString } from './go-string.ts';

export type TokenKind =
  | 'identifier'
  | 'metricIdentifier'
  | 'keyword'
  | 'preprocessor'
  | 'aggregator'
  | 'operator'
  | 'punctuation'
  | 'number'
  | 'duration'
  | 'string'
  | 'comment';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly span: Span;
}

/** All tokens up to the first lexical error, and that error. */
export interface Lexed {
  readonly tokens: readonly Token[];
  readonly error: Diagnostic | null;
}

export const AGGREGATORS: readonly string[] = [
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
  'count_values',
  'quantile',
  'limitk',
  'limit_ratio',
];

const WORDS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ...['and', 'or', 'unless', 'atan2'].map((word) => [word, 'operator'] as const),
  ...AGGREGATORS.map((word) => [word, 'aggregator'] as const),
  ...['offset', 'smoothed', 'anchored', 'by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'bool'].map(
    (word) => [word, 'keyword'] as const,
  ),
  ...['start', 'end', 'step', 'range'].map((word) => [word, 'preprocessor'] as const),
  ['inf', 'number'],
  ['nan', 'number'],
]);

const FILL_WORDS: ReadonlySet<string> = new Set(['fill', 'fill_left', 'fill_right']);
const DURATION_WORDS: ReadonlySet<string> = new Set(['step', 'range', 'min_of', 'max_of']);
const TWO_CHAR_OPERATORS: ReadonlySet<string> = new Set(['==', '!=', '<=', '>=', '</', '>/']);

const SPACE = /[ \t\n\r]+/y;
const COMMENT = /#[^\n\r]*/y;
const WORD = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const HEX = /0[xX]_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*/y;
const DECIMAL = /(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?/y;
const DURATION = /\d+[smhdwy]s?(?:\d+[smhdw]s?)*/y;
const DURATION_START = /\d+(?:[smhdwy]s?(?:\d+[smhdw]s?)*\d*[a-zA-Z0-9_]?)?/y;
/** What of a broken number is shown: up to and with what broke it. */
const NUMBER_START = /0[xX][\da-fA-F_]*|\d?[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?\.?/y;
const ALPHANUMERIC = /[a-zA-Z0-9_]/;

function matchAt(pattern: RegExp, text: string, pos: number): string | null {
  pattern.lastIndex = pos;
  return pattern.exec(text)?.[0] ?? null;
}

export function lex(text: string): Lexed {
  return new Lexer(text).run();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #pos = 0;
  #error: Diagnostic | null = null;
  #parenDepth = 0;
  #braceOpen = false;
  /** Inside `[...]`: before anything that ends an operand, the narrower state for duration expressions holds. */
  #bracket: 'closed' | 'operand' | 'after' = 'closed';
  #gotColon = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Lexed {
    while (this.#error === null && this.#skipBlank()) this.#scan();
    return { tokens: this.#tokens, error: this.#error };
  }

  /** Skips spaces and takes comments; false at the end of the text. */
  #skipBlank(): boolean {
    this.#pos += matchAt(SPACE, this.#text, this.#pos)?.length ?? 0;
    if (this.#pos < this.#text.length) return true;
    if (this.#braceOpen) this.#fail('unexpected end of input inside braces');
    else if (this.#bracket === 'operand') this.#fail('unexpected end of input in duration expression');
    else if (this.#parenDepth !== 0) this.#fail('unclosed left parenthesis');
    else if (this.#bracket !== 'closed') this.#fail('unclosed left bracket');
    return false;
  }

  #scan(): void {
    const comment = matchAt(COMMENT, this.#text, this.#pos);
    if (comment !== null) this.#emit('comment', comment);
    else if (this.#braceOpen) this.#scanInBraces();
    else if (this.#bracket !== 'closed') this.#scanInBrackets();
    else this.#scanStatement();
  }

  #emit(kind: TokenKind, text: string): void {
    const from = this.#pos;
    this.#pos += text.length;
    this.#tokens.push({ kind, text, span: { from, to: this.#pos } });
  }

  #fail(message: string): void {
    this.#error = { message, span: { from: this.#pos, to: this.#text.length } };
  }

  #charAt(pos: number): string {
    const code = this.#text.codePointAt(pos);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  #scanString(): void {
    const read = readString(this.#text, this.#pos);
    if (read.ok) this.#emit('string', this.#text.slice(this.#pos, read.to));
    else this.#fail(read.message);
  }

  #scanInBraces(): void {
    const char = this.#charAt(this.#pos);
    const next = this.#charAt(this.#pos + 1);
    const label = matchAt(LABEL, this.#text, this.#pos);
    if (label !== null) this.#emit('identifier', label);
    else if (char === ',') this.#emit('punctuation', char);
    else if (isQuote(char)) this.#scanString();
    else if (char === '=') this.#emit(next === '~' ? 'operator' : 'punctuation', next === '~' ? '=~' : '=');
    else if (char === '!' && (next === '~' || next === '=')) this.#emit('operator', char + next);
    else if (char === '!') this.#fail(`unexpected character after '!' inside braces: ${quoteRune(next)}`);
    else if (char === '{') this.#fail(`unexpected left brace ${quoteRune(char)}`);
    else if (char === '}') {
      this.#emit('punctuation', char);
      this.#braceOpen = false;
    } else this.#fail(`unexpected character inside braces: ${quoteRune(char)}`);
  }

  /** Some refusals are noticed only behind the character, and say so in their position. */
  #failAfter(char: string, message: string): void {
    this.#pos += char.length;
    this.#fail(message);
  }

  #scanStatement(): void {
    const char = this.#charAt(this.#pos);
    const next = this.#charAt(this.#pos + 1);
    if (TWO_CHAR_OPERATORS.has(char + next)) this.#emit('operator', char + next);
    else if ('+-*/%^<>@'.includes(char)) this.#emit('operator', char);
    else if (char === '=' && next === '~') this.#fail(`unexpected character after '=': ${quoteRune(next)}`);
    else if (char === '=' || char === ',') this.#emit('punctuation', char);
    else if (char === '!') this.#fail(`unexpected character after '!': ${quoteRune(next)}`);
    else if (startsNumber(char, next)) this.#scanNumber();
    else if (isQuote(char)) this.#scanString();
    else if (matchAt(WORD, this.#text, this.#pos) !== null) this.#scanWord();
    else this.#scanOpenOrClose(char);
  }

  #scanOpenOrClose(char: string): void {
    if (char === '(') {
      this.#parenDepth++;
      this.#emit('punctuation', char);
    } else if (char === ')') {
      if (--this.#parenDepth < 0) this.#failAfter(char, `unexpected right parenthesis ${quoteRune(char)}`);
      else this.#emit('punctuation', char);
    } else if (char === '{') {
      this.#braceOpen = true;
      this.#emit('punctuation', char);
    } else if (char === '[') {
      this.#bracket = 'operand';
      this.#gotColon = false;
      this.#emit('punctuation', char);
    } else if (char === ']') this.#fail(`unexpected right bracket ${quoteRune(char)}`);
    else this.#fail(`unexpected character: ${quoteRune(char)}`);
  }

  #scanInBrackets(): void {
    const char = this.#charAt(this.#pos);
    const word = matchAt(LABEL, this.#text, this.#pos);
    if (word !== null && DURATION_WORDS.has(word.toLowerCase())) this.#emit('preprocessor', word);
    else if (startsNumber(char, this.#charAt(this.#pos + 1))) {
      this.#bracket = 'after';
      this.#scanNumber();
    } else if ('+-*/%^'.includes(char)) this.#emit('operator', char);
    else if (char === ',') this.#emit('punctuation', char);
    else if (char === '(' || char === ')') this.#scanOpenOrClose(char);
    else if (char === ':') this.#scanColon();
    else if (char === ']') {
      this.#emit('punctuation', char);
      this.#bracket = 'closed';
    } else if (char === '[') this.#fail(`unexpected left bracket ${quoteRune(char)}`);
    else if (this.#bracket === 'operand') {
      this.#fail(`unexpected character in duration expression: ${quoteRune(char)}`);
    } else if (word !== null) this.#fail(`unexpected character: ${quoteRune(char)}, expected ':'`);
    else this.#scanStatement();
  }

  #scanColon(): void {
    if (this.#bracket === 'operand' && this.#tokens.at(-1)?.text === '[') {
      this.#failAfter(':', 'unexpected colon before duration in duration expression');
    } else if (this.#gotColon) this.#fail("unexpected colon ':'");
    else {
      this.#gotColon = true;
      this.#bracket = 'after';
      this.#emit('punctuation', ':');
    }
  }

  #scanNumber(): void {
    const text = this.#text;
    for (const [kind, pattern] of [
      ['number', HEX],
      ['number', DECIMAL],
      ['duration', DURATION],
    ] as const) {
      const found = matchAt(pattern, text, this.#pos);
      if (found === null || ALPHANUMERIC.test(text.charAt(this.#pos + found.length))) continue;
      if (kind === 'number' && text.charAt(this.#pos + found.length) === '.') continue;
      this.#emit(kind, found);
      return;
    }
    const duration = matchAt(DURATION_START, text, this.#pos) ?? '';
    const number = matchAt(NUMBER_START, text, this.#pos) ?? '';
    const bad = duration.length > number.length ? duration : number;
    this.#failAfter('', `bad number or duration syntax: ${quote(bad)}`);
  }

  #scanWord(): void {
    const word = matchAt(WORD, this.#text, this.#pos) ?? '';
    const lower = word.toLowerCase();
    const known = WORDS.get(lower);
    if (known !== undefined) this.#emit(known, word);
    else if (FILL_WORDS.has(lower) && this.#parenFollows(word.length)) this.#emit('keyword', word);
    else this.#emit(word.includes(':') ? 'metricIdentifier' : 'identifier', word);
  }

  #parenFollows(length: number): boolean {
    const from = this.#pos + length;
    const blank = matchAt(SPACE, this.#text, from)?.length ?? 0;
    return this.#text.charAt(from + blank) === '(';
  }
}

function isQuote(char: string): boolean {
  return char === '"' || char === "'" || char === '`';
}

function startsNumber(char: string, next: string): boolean {
  return /\d/.test(char) || (char === '.' && /\d/.test(next));
}

/** The token as Prometheus names it in `unexpected ...`. */
export function describeToken(token: Token | undefined): string {
  if (token === undefined) return 'end of input';
  const { kind, text } = token;
  switch (kind) {
    case 'keyword':
      return `<${text}>`;
    case 'operator':
      return `<op:${text}>`;
    case 'aggregator':
      return `<aggr:${text}>`;
    case 'punctuation':
    case 'preprocessor':
      return quote(text);
    case 'identifier':
      return `identifier ${quote(text)}`;
    case 'metricIdentifier':
      return `metric identifier ${quote(text)}`;
    default:
      return `${kind} ${text.length > 10 ? `${quote([...text].slice(0, 10).join(''))}...` : quote(text)}`;
  }
}
