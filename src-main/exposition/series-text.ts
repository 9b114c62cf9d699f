import { METRIC_NAME } from '../model/labels.ts';
import type { MetricType } from '../model/metadata.ts';
import { BACKSLASH, BRACE_CLOSE, COMMA, labelNameEnd, metricNameEnd, QUOTE, skipBlanks } from './ascii.ts';
import { ExpositionError } from './errors.ts';
import { unescapeText } from './escaping.ts';
import { formatOpenMetricsFloat } from './format-float.ts';
import { parseGoFloat } from './number.ts';

/**
 * The labels of a series part that a scanner found well formed: flat name/value pairs in the order written, the metric
 * name among them, empty values included. `type` is that of the metric family: `le` of histograms and `quantile` of
 * summaries get one spelling each. Throws ExpositionError when a name stands twice.
 */
export function parseSeries(body: Uint8Array, start: number, end: number, type: MetricType): string[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const labels: string[] = [];
  let pos = metricNameEnd(bytes, start);
  if (pos > start) labels.push(METRIC_NAME, bytes.toString('latin1', start, pos));
  pos = skipBlanks(bytes, pos) + 1;
  while (pos < end) {
    pos = skipBlanks(bytes, pos);
    if (bytes[pos] === BRACE_CLOSE) break;
    const quoted = bytes[pos] === QUOTE;
    const nameEnd = quoted ? closingQuote(bytes, pos) : labelNameEnd(bytes, pos);
    const name = quoted ? quotedText(bytes, pos, nameEnd) : bytes.toString('latin1', pos, nameEnd);
    pos = skipBlanks(bytes, nameEnd);
    if (bytes[pos] === COMMA || bytes[pos] === BRACE_CLOSE) {
      labels.push(METRIC_NAME, name);
    } else {
      const open = skipBlanks(bytes, pos + 1);
      const valueEnd = closingQuote(bytes, open);
      labels.push(name, normalised(type, name, quotedText(bytes, open, valueEnd)));
      pos = skipBlanks(bytes, valueEnd);
    }
    if (bytes[pos] === COMMA) pos++;
  }
  return checkedUnique(labels);
}

function closingQuote(bytes: Buffer, open: number): number {
  let pos = open + 1;
  while (bytes[pos] !== QUOTE) pos += bytes[pos] === BACKSLASH ? 2 : 1;
  return pos + 1;
}

function quotedText(bytes: Buffer, open: number, end: number): string {
  return unescapeText(bytes.toString('utf8', open + 1, end - 1));
}

function normalised(type: MetricType, name: string, value: string): string {
  if (!((type === 'histogram' && name === 'le') || (type === 'summary' && name === 'quantile'))) return value;
  const number = parseGoFloat(value);
  return typeof number === 'string' ? value : formatOpenMetricsFloat(number);
}

function checkedUnique(labels: string[]): string[] {
  for (let i = 2; i < labels.length; i += 2)
    for (let j = 0; j < i; j += 2)
      if (labels[i] === labels[j])
        throw new ExpositionError(`label name ${JSON.stringify(labels[i])} is not unique: invalid sample`, 0);
  return labels;
}
