/**
 * String literals and quoting as Go has them (go/scanner, strconv.Quote), which is what PromQL inherited.
 */

/** A string literal read from `from` on: its end and value, or why it cannot be read. */
export type ReadString =
  | { readonly ok: true; readonly to: number; readonly value: string }
  | { readonly ok: false; readonly message: string };

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** Reads the literal whose quote stands at `from`: `"`, `'` or a back-tick. */
export function readString(text: string, from: number): ReadString {
  const quote = text.charAt(from);
  return quote === '`' ? readRaw(text, from) : readQuoted(text, from, quote);
}

/** The value of a literal that the lexer accepted. */
export function unquote(literal: string): string {
  const read = readString(literal, 0);
  return read.ok ? read.value : '';
}

function readRaw(text: string, from: number): ReadString {
  const end = text.indexOf('`', from + 1);
  if (end < 0) return { ok: false, message: 'unterminated raw string' };
  // As in Go, a raw string has no carriage returns.
  return { ok: true, to: end + 1, value: text.slice(from + 1, end).replaceAll('\r', '') };
}

function readQuoted(text: string, from: number, quote: string): ReadString {
  let value = '';
  let bytes = '';
  let pos = from + 1;
  for (;;) {
    const char = text.charAt(pos);
    if (char === '' || char === '\n') return { ok: false, message: 'unterminated quoted string' };
    if (char === '\\') {
      const escaped = readEscape(text, pos + 1, quote);
      if (!escaped.ok) return escaped;
      if (escaped.byte !== null) bytes += `%${escaped.byte.toString(16).padStart(2, '0')}`;
      else {
        value += decodeBytes(bytes) + escaped.value;
        bytes = '';
      }
      pos = escaped.to;
      continue;
    }
    value += decodeBytes(bytes);
    bytes = '';
    if (char === quote) return { ok: true, to: pos + 1, value };
    value += char;
    pos++;
  }
}

/**
 * Bytes written as `\x..` or octal are UTF-8. A byte that belongs to no character becomes a lone surrogate (U+DC80 for
 * 0x80 and so on): nothing is lost, and such a string is not well-formed.
 */
function decodeBytes(percentEncoded: string): string {
  if (percentEncoded === '') return '';
  try {
    return decodeURIComponent(percentEncoded);
  } catch {
    const code = Number.parseInt(percentEncoded.slice(1, 3), 16);
    const first = String.fromCharCode(code < 0x80 ? code : LONE_BYTE + code);
    return first + decodeBytes(percentEncoded.slice(3));
  }
}

const LONE_BYTE = 0xdc00;

type ReadEscape =
  | { readonly ok: true; readonly to: number; readonly value: string; readonly byte: number | null }
  | { readonly ok: false; readonly message: string };

/** `pos` stands behind the backslash. */
function readEscape(text: string, pos: number, quote: string): ReadEscape {
  const char = text.charAt(pos);
  if (char === '') return { ok: false, message: 'escape sequence not terminated' };
  const simple = char === quote ? quote : SIMPLE_ESCAPES[char];
  if (simple !== undefined) return { ok: true, to: pos + 1, value: simple, byte: null };
  if (char >= '0' && char <= '7') return readDigits(text, pos, { count: 3, base: 8, max: 255 });
  if (char === 'x') return readDigits(text, pos + 1, { count: 2, base: 16, max: 255 });
  if (char === 'u') return readDigits(text, pos + 1, { count: 4, base: 16, max: 0x10ffff });
  if (char === 'U') return readDigits(text, pos + 1, { count: 8, base: 16, max: 0x10ffff });
  return { ok: false, message: `unknown escape sequence ${describeRune(text, pos)}` };
}

interface EscapeForm {
  readonly count: number;
  readonly base: 8 | 16;
  readonly max: number;
}

function readDigits(text: string, from: number, form: EscapeForm): ReadEscape {
  let code = 0;
  for (let pos = from; pos < from + form.count; pos++) {
    const char = text.charAt(pos);
    if (char === '') return { ok: false, message: 'escape sequence not terminated' };
    const digit = /[0-9a-fA-F]/.test(char) ? Number.parseInt(char, 16) : 16;
    if (digit >= form.base) {
      return { ok: false, message: `illegal character ${describeRune(text, pos)} in escape sequence` };
    }
    code = code * form.base + digit;
  }
  if (code > form.max || (code >= 0xd800 && code < 0xe000)) {
    return { ok: false, message: 'escape sequence is an invalid Unicode code point' };
  }
  const to = from + form.count;
  if (form.max === 255) return { ok: true, to, value: '', byte: code };
  return { ok: true, to, value: String.fromCodePoint(code), byte: null };
}

/** `U+0071 'q'` (Go's %#U). */
function describeRune(text: string, pos: number): string {
  const code = text.codePointAt(pos) ?? 0xfffd;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCodePoint(code)}'`;
}

const SHORT_QUOTES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** strconv.Quote: in double quotes, what is not printable escaped. */
export function quote(value: string): string {
  return `"${escapeFor(value, '"')}"`;
}

/** Go's %q of one character: in single quotes. */
export function quoteRune(char: string): string {
  return `'${escapeFor(char === '' ? '\ufffd' : char, "'")}'`;
}

function escapeFor(value: string, quoteChar: string): string {
  let out = '';
  for (const char of value) {
    const short = char === quoteChar ? `\\${char}` : SHORT_QUOTES[char];
    out += short ?? (PRINTABLE.test(char) ? char : escapeCode(char.codePointAt(0) ?? 0));
  }
  return out;
}

function escapeCode(code: number): string {
  if (code >= LONE_BYTE + 0x80 && code <= LONE_BYTE + 0xff) return `\\x${(code - LONE_BYTE).toString(16)}`;
  const hex = code.toString(16);
  if (code < 0x80) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
