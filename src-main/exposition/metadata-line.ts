import { isUtf8 } from 'node:buffer';
import type { MetricType } from '../model/metadata.ts';
import { BACKSLASH, metricNameEnd, NEWLINE, QUOTE } from './ascii.ts';
import { quoteBytes, refusal, unexpected } from './errors.ts';
import { unescapeText } from './escaping.ts';

/** The body with a newline after its last byte, in place when there is room for it. */
export function withNewline(body: Uint8Array, length: number): Uint8Array {
  if (body.length <= length) {
    const copy = new Uint8Array(length + 1);
    copy.set(body.subarray(0, length));
    copy[length] = NEWLINE;
    return copy;
  }
  body[length] = NEWLINE;
  return body.subarray(0, length + 1);
}

/** The position after the newline that ends the line of `pos`. */
export function lineEnd(body: Uint8Array, pos: number): number {
  return body.indexOf(NEWLINE, pos) + 1;
}

export function startsWith(body: Uint8Array, pos: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (body[pos + i] !== word.charCodeAt(i)) return false;
  return true;
}

/** The metric name of a metadata line, quoted or not, and where it ends. */
export function scanMetadataName(
  body: Uint8Array,
  start: number,
  at: number,
  word: string,
): { readonly metric: string; readonly end: number } {
  const quoted = body[at] === QUOTE;
  const end = quoted ? closingQuote(body, at) : metricNameEnd(body, at);
  if (end === at) throw unexpected(body, start, at, `expected metric name after ${word}`);
  const name = Buffer.from(quoted ? body.subarray(at + 1, end - 1) : body.subarray(at, end)).toString();
  return { metric: quoted ? unescapeText(name) : name, end };
}

/** The position after the quote that closes the one at `open`, on the same line; `open` itself when there is none. */
function closingQuote(body: Uint8Array, open: number): number {
  for (let pos = open + 1; pos < body.length && body[pos] !== NEWLINE; pos++) {
    if (body[pos] === BACKSLASH) pos++;
    else if (body[pos] === QUOTE) return pos + 1;
  }
  return open;
}

export function decodeHelp(body: Uint8Array, start: number, end: number): string {
  const raw = body.subarray(start, end);
  if (!isUtf8(raw)) throw refusal(body, start, `help text ${quoteBytes(body, start, end)} is not a valid utf8 string`);
  return Buffer.from(raw).toString();
}

/** The type that a TYPE line names; null for a word that is none. `untyped` is the text format's word for unknown. */
export function metricTypeOf(word: string): MetricType | null {
  switch (word) {
    case 'counter':
    case 'gauge':
    case 'histogram':
    case 'gaugehistogram':
    case 'summary':
    case 'info':
    case 'stateset':
    case 'unknown':
      return word;
    case 'untyped':
      return 'unknown';
    default:
      return null;
  }
}
