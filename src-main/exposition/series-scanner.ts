/** The part that both text formats share: `name{label="value", ...}` as bytes (model/textparse of Prometheus). */
import { isUtf8 } from 'node:buffer';
import {
  BACKSLASH,
  BRACE_CLOSE,
  BRACE_OPEN,
  COMMA,
  EQUAL,
  labelNameEnd,
  metricNameEnd,
  NEWLINE,
  QUOTE,
  skipBlanks,
} from './ascii.ts';
import { quoteBytes, refusal, unexpected } from './errors.ts';

/** `lenient`: blanks between tokens and newlines within quotes, as the Prometheus format has them. */
export type Dialect = 'lenient' | 'strict';

/** Checks the series part at `start` and returns its end. The body ends with a newline. Throws ExpositionError. */
export function scanSeries(body: Uint8Array, start: number, dialect: Dialect): number {
  const nameEnd = metricNameEnd(body, start);
  const brace = dialect === 'lenient' ? skipBlanks(body, nameEnd) : nameEnd;
  if (body[brace] === BRACE_OPEN) return scanLabels(body, { start, brace, named: nameEnd > start, dialect });
  if (nameEnd === start) throw unexpected(body, start, start, 'expected a valid start token');
  return nameEnd;
}

/** `start`: of the entry, for errors. `named`: a name stood before the brace, so none may stand within. */
interface LabelsPlace {
  readonly start: number;
  readonly brace: number;
  readonly named: boolean;
  readonly dialect: Dialect;
}

/** Checks `{...}` and returns the position after the closing brace. */
export function scanLabels(body: Uint8Array, place: LabelsPlace): number {
  const { start, dialect } = place;
  const blanks = (pos: number) => (dialect === 'lenient' ? skipBlanks(body, pos) : pos);
  let named = place.named;
  let pos = blanks(place.brace + 1);
  while (body[pos] !== BRACE_CLOSE) {
    const quoted = body[pos] === QUOTE;
    const nameEnd = quoted ? quotedEnd(body, place, pos, 'expected label name') : labelNameEnd(body, pos);
    if (nameEnd === pos) throw unexpected(body, start, pos, 'expected label name');
    const afterName = blanks(nameEnd);
    if (quoted && (body[afterName] === COMMA || body[afterName] === BRACE_CLOSE)) {
      if (named) throw refusal(body, pos, `metric name already set while parsing: ${quoteBytes(body, start, nameEnd)}`);
      named = true;
      pos = afterName;
    } else {
      pos = scanLabelValue(body, place, afterName);
    }
    if (body[pos] === COMMA) pos = blanks(pos + 1);
    else if (body[pos] !== BRACE_CLOSE) throw unexpected(body, start, pos, 'expected comma or brace close');
  }
  if (!named) throw refusal(body, pos, `metric name not set while parsing: ${quoteBytes(body, start, pos + 1)}`);
  return pos + 1;
}

/** From the `=` to the first byte that belongs to the next token. */
function scanLabelValue(body: Uint8Array, place: LabelsPlace, equal: number): number {
  if (body[equal] !== EQUAL) throw unexpected(body, place.start, equal, 'expected equal');
  const lenient = place.dialect === 'lenient';
  const open = lenient ? skipBlanks(body, equal + 1) : equal + 1;
  if (body[open] !== QUOTE) throw unexpected(body, place.start, open, 'expected label value');
  const end = quotedEnd(body, place, open, 'expected label value');
  return lenient ? skipBlanks(body, end) : end;
}

/** The position after the closing quote of the string that opens at `open`; its bytes are UTF-8. */
function quotedEnd(body: Uint8Array, place: LabelsPlace, open: number, expectation: string): number {
  const last = body.length - 1;
  let ascii = true;
  for (let pos = open + 1; pos < last; pos++) {
    const c = body[pos]!;
    if (c === BACKSLASH) pos++;
    else if (c === QUOTE) {
      if (!ascii && !isUtf8(body.subarray(open, pos)))
        throw refusal(body, open, `invalid UTF-8 label value: ${quoteBytes(body, open, pos + 1)}`);
      return pos + 1;
    } else if (c >= 0x80) ascii = false;
    else if (c === NEWLINE && place.dialect === 'strict') break;
  }
  throw unexpected(body, place.start, open, expectation);
}
