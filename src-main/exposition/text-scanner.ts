/**
 * Prometheus text exposition, versions 0.0.4 and 1.0.0: what Prometheus's model/textparse accepts, which is more than
 * the format's description allows.
 */
import { BRACE_OPEN, HASH, isDigit, MINUS, NEWLINE, SPACE, skipBlanks, TAB, ZERO } from './ascii.ts';
import { quoteBytes, refusal, unexpected } from './errors.ts';
import { unescapeHelp } from './escaping.ts';
import { decodeHelp, lineEnd, metricTypeOf, scanMetadataName, startsWith, withNewline } from './metadata-line.ts';
import { parseGoFloat, scanDecimal } from './number.ts';
import { scanSeries } from './series-scanner.ts';
import type { ExpositionSink } from './sink.ts';

/**
 * Scans body[from, length) up to its end or to where the sink pauses, and returns that position. A byte after `length`
 * may be overwritten with a newline: give the body room for one to save a copy. Throws ExpositionError at the first bad
 * line.
 */
export function scanText(body: Uint8Array, length: number, sink: ExpositionSink, from = 0): number {
  const text = withNewline(body, length);
  const number = new Float64Array(2);
  let pos = from;
  while (pos < length) {
    const c = text[pos]!;
    if (c === NEWLINE || c === SPACE || c === TAB) {
      pos++;
    } else if (c === HASH) {
      const known = sink.expectMetadata(text, pos);
      pos = known > 0 ? known : scanComment(text, pos, sink);
    } else {
      const known = sink.expect(text, pos);
      const at = known > 0 ? skipBlanks(text, known) : 0;
      // A blank before the brace is allowed, so a known bare name may turn out to be the start of another series.
      if (known > 0 && at > known && text[at] !== BRACE_OPEN) {
        pos = scanTail(text, pos, at, number);
        sink.repeat(number[0]!, number[1]!);
      } else {
        const end = scanSeries(text, pos, 'lenient');
        const next = scanTail(text, pos, skipBlanks(text, end), number);
        sink.sample(text, pos, end, number[0]!, number[1]!);
        pos = next;
        if (sink.pausesHere?.()) return pos;
      }
    }
  }
  return length;
}

/** Value and optional timestamp at `at`, into number[0] and number[1] (NaN: none); returns the start of the next line. */
function scanTail(body: Uint8Array, start: number, at: number, number: Float64Array): number {
  let pos = scanDecimal(body, at, number);
  if (pos === -1 || !isValueEnd(body[pos]!)) pos = scanOddValue(body, start, at, number);
  number[1] = Number.NaN;
  if (body[pos] === NEWLINE) return pos + 1;
  pos = skipBlanks(body, pos);
  if (body[pos] === NEWLINE) return pos + 1;
  return scanTimestamp(body, start, pos, number);
}

function isValueEnd(c: number): boolean {
  return c === NEWLINE || c === SPACE || c === TAB || c === BRACE_OPEN;
}

/** The values that scanDecimal leaves: not finite, very long, or wrong. */
function scanOddValue(body: Uint8Array, start: number, at: number, number: Float64Array): number {
  let end = at;
  while (!isValueEnd(body[end]!)) end++;
  if (end === at) throw unexpected(body, start, at, 'expected value after metric');
  const value = parseGoFloat(Buffer.from(body.subarray(at, end)).toString());
  if (typeof value === 'string') throw refusal(body, at, `${value} while parsing: ${quoteBytes(body, start, end)}`);
  number[0] = value;
  return end;
}

function scanTimestamp(body: Uint8Array, start: number, at: number, number: Float64Array): number {
  const negative = body[at] === MINUS;
  const first = negative ? at + 1 : at;
  let pos = first;
  let timeMs = 0;
  for (; isDigit(body[pos]!); pos++) timeMs = timeMs * 10 + (body[pos]! - ZERO);
  if (pos === first) throw unexpected(body, start, at, 'expected timestamp or new record');
  if (timeMs > Number.MAX_SAFE_INTEGER) {
    const token = Buffer.from(body.subarray(at, pos)).toString();
    throw refusal(body, at, `strconv.ParseInt: parsing "${token}": value out of range`);
  }
  const end = skipBlanks(body, pos);
  if (body[end] !== NEWLINE) throw unexpected(body, start, end, 'expected next entry after timestamp');
  number[1] = negative ? -timeMs : timeMs;
  return end + 1;
}

/** HELP and TYPE lines; any other comment is skipped. Returns the start of the next line. */
function scanComment(body: Uint8Array, start: number, sink: ExpositionSink): number {
  const end = lineEnd(body, start);
  const wordStart = skipBlanks(body, start + 1);
  const wordEnd = wordStart + 4;
  const word = startsWith(body, wordStart, 'HELP') ? 'HELP' : 'TYPE';
  const blank = body[wordEnd] === SPACE || body[wordEnd] === TAB;
  if (wordStart === start + 1 || !blank || !startsWith(body, wordStart, word)) return end;
  const name = scanMetadataName(body, start, skipBlanks(body, wordEnd), word);
  const textStart = Math.min(name.end + 1, end - 1);
  const { metric } = name;
  if (word === 'HELP') {
    const text = unescapeHelp(decodeHelp(body, textStart, end - 1));
    sink.metadata(body, { kind: 'help', metric, text, start, end });
  } else {
    const type = metricTypeOf(Buffer.from(body.subarray(textStart, end - 1)).toString());
    if (type === null) throw refusal(body, start, `invalid metric type ${quoteBytes(body, textStart, end - 1)}`);
    sink.metadata(body, { kind: 'type', metric, text: type, start, end });
  }
  return end;
}
