/** The bytes that the exposition formats give a meaning to. */
export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const EQUAL = 0x3d;
export const BACKSLASH = 0x5c;
export const UNDERSCORE = 0x5f;
export const BRACE_OPEN = 0x7b;
export const BRACE_CLOSE = 0x7d;

const DIGIT = 1;
const LETTER = 2;
const COLON_CLASS = 4;

const CLASSES = new Uint8Array(256);
for (let c = 0x30; c <= 0x39; c++) CLASSES[c] = DIGIT;
for (let c = 0x41; c <= 0x5a; c++) CLASSES[c] = CLASSES[c + 0x20] = LETTER;
CLASSES[UNDERSCORE] = LETTER;
CLASSES[COLON] = COLON_CLASS;

/** The end of the unquoted label name that starts at `pos`; `pos` itself when none starts there. */
export function labelNameEnd(body: Uint8Array, pos: number): number {
  return nameEnd(body, pos, LETTER);
}

/** The end of the unquoted metric name that starts at `pos` (colons allowed); `pos` itself when none starts there. */
export function metricNameEnd(body: Uint8Array, pos: number): number {
  return nameEnd(body, pos, LETTER | COLON_CLASS);
}

function nameEnd(body: Uint8Array, start: number, first: number): number {
  if ((CLASSES[body[start]!]! & first) === 0) return start;
  let pos = start + 1;
  while ((CLASSES[body[pos]!]! & (first | DIGIT)) !== 0) pos++;
  return pos;
}

export function isDigit(c: number): boolean {
  return CLASSES[c] === DIGIT;
}

/** The first byte from `pos` on that is neither space nor tab. */
export function skipBlanks(body: Uint8Array, start: number): number {
  let pos = start;
  while (body[pos] === SPACE || body[pos] === TAB) pos++;
  return pos;
}
