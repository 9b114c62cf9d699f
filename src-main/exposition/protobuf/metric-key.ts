/**
 * What tells the series of a protobuf body apart, as bytes: a line that never was, so that the memory of text lines
 * serves here too. It begins with a byte that no text line begins with.
 *
 *   u8      0
 *   u8      part
 *   f64 LE  upper bound of a bucket, rank of a quantile; else 0
 *   u32 LE  length of the name
 *   name    of the metric family
 *   labels  as on the wire, tags and all
 *   u8      space: ends the key and is not part of it
 */
import { isUtf8 } from 'node:buffer';
import { METRIC_NAME } from '../../model/labels.ts';
import { SPACE } from '../ascii.ts';
import { ExpositionError } from '../errors.ts';
import { formatOpenMetricsFloat } from '../format-float.ts';
import { WireReader } from './wire-reader.ts';

/** Which series of a metric. */
export const PART = { value: 0, count: 1, sum: 2, bucket: 3, quantile: 4, histogram: 5 } as const;
export type Part = (typeof PART)[keyof typeof PART];

const PART_AT = 1;
const BOUND_AT = 2;
const NAME_LENGTH_AT = 10;
const NAME_AT = 14;
const FIRST_CAPACITY = 1024;

const LABEL = 0x0a;
const LABEL_NAME = 0x0a;
const LABEL_VALUE = 0x12;

export class MetricKey {
  bytes = new Uint8Array(FIRST_CAPACITY);
  length = 0;
  #view = new DataView(this.bytes.buffer);
  #labelsAt = NAME_AT;

  startFamily(body: Uint8Array, start: number, end: number): void {
    this.#labelsAt = NAME_AT + end - start;
    this.#reserve(this.#labelsAt + 1);
    this.bytes[0] = 0;
    this.#view.setUint32(NAME_LENGTH_AT, end - start, true);
    this.bytes.set(body.subarray(start, end), NAME_AT);
  }

  startMetric(): void {
    this.length = this.#labelsAt;
  }

  /** A label field, from its tag on. */
  addLabel(body: Uint8Array, start: number, end: number): void {
    const from = this.length;
    this.length += end - start;
    this.#reserve(this.length + 1);
    const { bytes } = this;
    for (let i = start, to = from; i < end; i++, to++) bytes[to] = body[i]!;
  }

  setPart(part: Part, bound: number): void {
    this.bytes[PART_AT] = part;
    this.#view.setFloat64(BOUND_AT, bound, true);
    this.bytes[this.length] = SPACE;
  }

  #reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const wider = new Uint8Array(2 * size);
    wider.set(this.bytes);
    this.bytes = wider;
    this.#view = new DataView(wider.buffer);
  }
}

/** Whether bytes begin a MetricKey and not a text line. */
export function isMetricKey(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === 0;
}

/** The labels of a key, as parseSeries gives those of a line: flat pairs in the order sent, the metric name first. */
export function parseMetricKey(bytes: Uint8Array, start: number, end: number): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  const nameEnd = start + NAME_AT + view.getUint32(NAME_LENGTH_AT, true);
  const part = view.getUint8(PART_AT);
  const name = text(bytes, start + NAME_AT, nameEnd, 'metric name');
  const labels = [METRIC_NAME, name + suffixOf(part), ...readLabels(bytes, nameEnd, end)];
  const bound = view.getFloat64(BOUND_AT, true);
  if (part === PART.bucket) labels.push('le', formatOpenMetricsFloat(bound));
  if (part === PART.quantile) labels.push('quantile', formatOpenMetricsFloat(bound));
  return labels;
}

/** The key of a native histogram with these labels, flat pairs. */
export function histogramKey(name: string, labels: readonly string[]): Uint8Array {
  const fields: Uint8Array[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const pair = Buffer.concat([field(LABEL_NAME, labels[i] ?? ''), field(LABEL_VALUE, labels[i + 1] ?? '')]);
    fields.push(field(LABEL, pair));
  }
  const nameBytes = Buffer.from(name);
  const key = new MetricKey();
  key.startFamily(nameBytes, 0, nameBytes.length);
  key.startMetric();
  const sent = Buffer.concat(fields);
  key.addLabel(sent, 0, sent.length);
  key.setPart(PART.histogram, 0);
  return key.bytes.slice(0, key.length);
}

function field(tag: number, content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const head = [tag];
  let length = bytes.length;
  for (; length >= 0x80; length = Math.floor(length / 128)) head.push((length & 0x7f) | 0x80);
  return Buffer.concat([Uint8Array.of(...head, length), bytes]);
}

function suffixOf(part: number): string {
  switch (part) {
    case PART.count:
      return '_count';
    case PART.sum:
      return '_sum';
    case PART.bucket:
      return '_bucket';
    default:
      return '';
  }
}

/** The label fields (LabelPair: name 1, value 2) of a message, flat pairs as sent; its other fields are passed over. */
export function readLabels(bytes: Uint8Array, start: number, end: number): string[] {
  const reader = new WireReader(bytes, end);
  reader.pos = start;
  const labels: string[] = [];
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === LABEL) readLabel(reader, labels);
    else reader.skip(tag);
  }
  return labels;
}

function readLabel(reader: WireReader, labels: string[]): void {
  const length = reader.length();
  const outer = reader.end;
  const end = reader.pos + length;
  reader.end = end;
  let name = '';
  let value = '';
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === LABEL_NAME || tag === LABEL_VALUE) {
      const size = reader.length();
      const from = reader.pos;
      reader.pos += size;
      if (tag === LABEL_NAME) name = text(reader.bytes, from, reader.pos, 'label name');
      else value = text(reader.bytes, from, reader.pos, 'label value');
    } else reader.skip(tag);
  }
  reader.end = outer;
  labels.push(name, value);
}

function text(bytes: Uint8Array, start: number, end: number, what: string): string {
  const raw = bytes.subarray(start, end);
  if (!isUtf8(raw)) throw new ExpositionError(`invalid UTF-8 ${what}`, 0);
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8');
}
