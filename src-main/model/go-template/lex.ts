/** Tokens of a Go template (text/template/parse/lex.go). Positions are UTF-16 offsets into the source. */
import type { TemplateError } from './errors.ts';

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'identifier'
  | 'keyword'
  | 'field'
  | 'variable'
  | 'dot'
  | 'number'
  | 'char'
  | 'string'
  | 'raw'
  | 'bool'
  | 'pipe'
  | 'declare'
  | 'assign'
  | 'comma'
  | '('
  | ')'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

const KEYWORDS = new Set([
  'if',
  'else',
  'end',
  'range',
  'with',
  'define',
  'template',
  'block',
  'break',
  'continue',
  'nil',
]);

/** Sticky patterns tried in order inside an action. */
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['number', /[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y],
  ['string', /"(?:[^"\\\n]|\\.)*"/y],
  ['raw', /`[^`]*`/y],
  ['char', /'(?:[^'\\\n]|\\.)+'/y],
  ['declare', /:=/y],
  ['assign', /=/y],
  ['pipe', /\|/y],
  ['comma', /,/y],
  ['(', /\(/y],
  [')', /\)/y],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['dot', /\./y],
  ['identifier', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
];

export function lex(source: string, fail: (at: number, reason: string) => TemplateError): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    const end = open === -1 ? source.length : open;
    pushText(tokens, source, { from: at, to: end, trimNext, trimEnd: open !== -1 && isTrimOpen(source, open) });
    if (open === -1) break;
    const inside = open + (isTrimOpen(source, open) ? 3 : 2);
    const action = lexAction(source, open, inside, fail);
    tokens.push(...action.tokens);
    at = action.next;
    trimNext = action.trim;
  }
  tokens.push({ kind: 'end', text: '', at: source.length });
  return tokens;
}

function isTrimOpen(source: string, open: number): boolean {
  return source[open + 2] === '-' && /\s/.test(source[open + 3] ?? '');
}

interface TextSpan {
  readonly from: number;
  readonly to: number;
  readonly trimNext: boolean;
  readonly trimEnd: boolean;
}

function pushText(tokens: Token[], source: string, { from, to, trimNext, trimEnd }: TextSpan): void {
  let text = source.slice(from, to);
  if (trimNext) text = text.replace(/^[ \t\r\n]+/, '');
  if (trimEnd) text = text.replace(/[ \t\r\n]+$/, '');
  if (text !== '') tokens.push({ kind: 'text', text, at: from });
}

interface LexedAction {
  readonly tokens: readonly Token[];
  readonly next: number;
  readonly trim: boolean;
}

type Fail = (at: number, reason: string) => TemplateError;

function lexAction(source: string, open: number, inside: number, fail: Fail): LexedAction {
  const comment = /\s*\/\*[\s\S]*?\*\//y;
  comment.lastIndex = inside;
  if (/^\s*\/\*/.test(source.slice(inside, inside + 200))) return lexComment(source, inside, comment, fail);
  const tokens: Token[] = [{ kind: 'open', text: '{{', at: open }];
  let at = inside;
  for (;;) {
    const close = closeAt(source, at);
    if (close !== null) {
      tokens.push({ kind: 'close', text: '}}', at });
      return { tokens, next: close.next, trim: close.trim };
    }
    if (at >= source.length) throw fail(open, 'unclosed action');
    const token = nextToken(source, at, fail);
    tokens.push(token);
    at += token.text.length;
  }
}

function lexComment(source: string, inside: number, pattern: RegExp, fail: Fail): LexedAction {
  if (!pattern.test(source)) throw fail(inside, 'unclosed comment');
  const close = closeAt(source, pattern.lastIndex);
  if (close === null) throw fail(inside, 'comment ends before closing delimiter');
  return { tokens: [], next: close.next, trim: close.trim };
}

function closeAt(source: string, at: number): { readonly next: number; readonly trim: boolean } | null {
  if (source.startsWith('}}', at)) return { next: at + 2, trim: false };
  const trimmed = /[ \t\r\n]+-\}\}/y;
  trimmed.lastIndex = at;
  return trimmed.test(source) ? { next: trimmed.lastIndex, trim: true } : null;
}

function nextToken(source: string, at: number, fail: Fail): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text === undefined) continue;
    if (kind !== 'identifier') return { kind, text, at };
    if (KEYWORDS.has(text)) return { kind: 'keyword', text, at };
    return { kind: text === 'true' || text === 'false' ? 'bool' : 'identifier', text, at };
  }
  const char = source[at] ?? '';
  if (char === '"') throw fail(at, 'unterminated quoted string');
  if (char === '`') throw fail(at, 'unterminated raw quoted string');
  throw fail(at, `unexpected ${JSON.stringify(char)} in command`);
}
