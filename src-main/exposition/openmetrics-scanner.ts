/**
 * OpenMetrics 1.0 and 0.0.1 as Prometheus's model/textparse reads it: one space between tokens, `# EOF` at the end.
 * Exemplars are checked and passed over.
 */
import { BRACE_OPEN, HASH, NEWLINE, SPACE } from './ascii.ts';
import { ExpositionError, lineAt, quoteBytes, refusal, unexpected } from './errors.ts';
import { unescapeText } from './escaping.ts';
import { decodeHelp, lineEnd, metricTypeOf, scanMetadataName, startsWith, withNewline } from './metadata-line.ts';
import { parseGoFloat, scanDecimal } from './number.ts';
import { scanLabels, scanSeries } from './series-scanner.ts';
import type { ExpositionSink } from './sink.ts';

/** Scans body[from, length); as scanText does in all else. */
export function scanOpenMetrics(body: Uint8Array, length: number, sink: ExpositionSink, from = 0): number {
  const text = withNewline(body, length);
  const number = new Float64Array(2);
  let pos = from;
  while (pos < length) {
    if (text[pos] === HASH) {
      const known = sink.expectMetadata(text, pos);
      if (known > 0) pos = known;
      else if (startsWith(text, pos, '# EOF')) {
        checkNothingAfter(text, pos, length);
        return length;
      } else pos = scanMetadata(text, pos, sink);
      continue;
    }
    const known = sink.expect(text, pos);
    const end = known > 0 && text[known] === SPACE ? known : scanSeries(text, pos, 'strict');
    const next = scanTail(text, pos, end, number, sink);
    if (end === known) {
      sink.repeat(number[0]!, number[1]!);
      pos = next;
    } else {
      sink.sample(text, pos, end, number[0]!, number[1]!);
      pos = next;
      if (pos < length && sink.pausesHere?.()) return pos;
    }
  }
  throw new ExpositionError('data does not end with # EOF', lineAt(text, length));
}

function checkNothingAfter(body: Uint8Array, pos: number, length: number): void {
  const end = pos + '# EOF'.length;
  if (end >= length || (body[end] === NEWLINE && end + 1 === length)) return;
  throw refusal(body, end, 'unexpected data after # EOF');
}

/** ` value`, ` timestamp` and an exemplar from `at` on; returns the start of the next line. */
function scanTail(body: Uint8Array, start: number, at: number, number: Float64Array, sink: ExpositionSink): number {
  number[1] = Number.NaN;
  if (body[at] !== SPACE) throw unexpected(body, start, at, 'expected value after metric');
  let pos = scanNumber(body, start, at + 1, number);
  if (body[pos] === NEWLINE) return pos + 1;
  if (body[pos + 1] !== HASH) {
    const value = number[0]!;
    pos = scanNumber(body, start, pos + 1, number);
    number[1] = milliseconds(body, start, pos, number[0]!);
    number[0] = value;
    if (body[pos] === NEWLINE) return pos + 1;
  }
  return scanExemplar(body, start, pos, sink);
}

/** A number that ends at a space or newline; returns that position. */
function scanNumber(body: Uint8Array, start: number, at: number, number: Float64Array): number {
  const simple = scanDecimal(body, at, number);
  if (simple !== -1 && (body[simple] === SPACE || body[simple] === NEWLINE)) return simple;
  let end = at;
  while (body[end] !== SPACE && body[end] !== NEWLINE) end++;
  if (end === at) throw unexpected(body, start, at, 'expected value after metric');
  const value = parseGoFloat(Buffer.from(body.subarray(at, end)).toString());
  if (typeof value === 'string') throw refusal(body, at, `${value} while parsing: ${quoteBytes(body, start, end)}`);
  number[0] = value;
  return end;
}

function milliseconds(body: Uint8Array, start: number, pos: number, seconds: number): number {
  if (!Number.isFinite(seconds))
    throw refusal(body, start, `invalid timestamp while parsing: ${quoteBytes(body, start, pos)}`);
  return Math.trunc(seconds * 1000);
}

/** ` # {labels} value [timestamp]` at `at`. */
function scanExemplar(body: Uint8Array, start: number, at: number, sink: ExpositionSink): number {
  if (!startsWith(body, at, ' # ') || body[at + 3] !== BRACE_OPEN)
    throw unexpected(body, start, at, 'expected timestamp or # symbol');
  const number = new Float64Array(1);
  const end = scanLabels(body, { start, brace: at + 3, named: true, dialect: 'strict' });
  let pos = end;
  if (body[pos] !== SPACE) throw unexpected(body, start, pos, 'expected value after exemplar labels');
  pos = scanNumber(body, start, pos + 1, number);
  const value = number[0]!;
  let timeMs = Number.NaN;
  if (body[pos] === SPACE) {
    pos = scanNumber(body, start, pos + 1, number);
    timeMs = milliseconds(body, start, pos, number[0]!);
  }
  if (body[pos] !== NEWLINE) throw unexpected(body, start, pos, 'expected next entry after exemplar timestamp');
  sink.exemplar?.(body, at + 3, end, value, timeMs);
  return pos + 1;
}

const KINDS = { HELP: 'help', TYPE: 'type', UNIT: 'unit' } as const;

function scanMetadata(body: Uint8Array, start: number, sink: ExpositionSink): number {
  const word = (['HELP', 'TYPE', 'UNIT'] as const).find((w) => startsWith(body, start, `# ${w} `));
  if (word === undefined) throw unexpected(body, start, start + 2, 'expected a valid start token');
  const end = lineEnd(body, start);
  const { metric, end: nameEnd } = scanMetadataName(body, start, start + 7, word);
  if (body[nameEnd] !== SPACE) throw unexpected(body, start, nameEnd, `expected text in ${word}`);
  const raw = decodeHelp(body, nameEnd + 1, end - 1);
  const text = word === 'HELP' ? unescapeText(raw) : raw;
  if (word === 'TYPE' && (metricTypeOf(text) === null || text === 'untyped'))
    throw refusal(body, start, `invalid metric type ${JSON.stringify(text)}`);
  if (word === 'UNIT' && text !== '' && !metric.endsWith(`_${text}`))
    throw refusal(body, start, `unit ${JSON.stringify(text)} not a suffix of metric ${JSON.stringify(metric)}`);
  sink.metadata(body, { kind: KINDS[word], metric, text, start, end });
  return end;
}
