/** Go string literals (strconv.Quote and strconv.Unquote). */

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

export function goQuote(text: string): string {
  let quoted = '"';
  for (const char of text) {
    const short = ESCAPES[char];
    if (short !== undefined) quoted += short;
    else if (UNPRINTABLE.test(char)) quoted += escapeCode(char.codePointAt(0) ?? 0);
    else quoted += char;
  }
  return `${quoted}"`;
}

function escapeCode(code: number): string {
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** The content of an interpreted literal without its quotes; null when an escape is bad. `\xNN` are UTF-8 bytes. */
export function goUnquote(body: string): string | null {
  if (!body.includes('\\')) return body;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (let i = 0; i < body.length; ) {
    if (body[i] !== '\\') {
      const char = String.fromCodePoint(body.codePointAt(i) ?? 0);
      bytes.push(...encoder.encode(char));
      i += char.length;
      continue;
    }
    const read = readEscape(body, i + 1);
    if (read === null) return null;
    if (read.isByte) bytes.push(read.code);
    else bytes.push(...encoder.encode(String.fromCodePoint(read.code)));
    i = read.next;
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array(bytes));
}

interface Escape {
  readonly code: number;
  readonly isByte: boolean;
  readonly next: number;
}

const HEX_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function readEscape(body: string, at: number): Escape | null {
  const kind = body[at] ?? '';
  const simple = SIMPLE[kind];
  if (simple !== undefined) return { code: simple.charCodeAt(0), isByte: false, next: at + 1 };
  const length = HEX_LENGTH[kind];
  if (length !== undefined) {
    const digits = body.slice(at + 1, at + 1 + length);
    if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) return null;
    const code = Number.parseInt(digits, 16);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null;
    return { code, isByte: kind === 'x', next: at + 1 + length };
  }
  const octal = /^[0-7]{3}/.exec(body.slice(at))?.[0];
  if (octal === undefined || Number.parseInt(octal, 8) > 255) return null;
  return { code: Number.parseInt(octal, 8), isByte: true, next: at + 3 };
}
