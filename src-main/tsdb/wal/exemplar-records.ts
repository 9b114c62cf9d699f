/** Records of exemplars and metadata (tsdb/record/record.go). */
import type { Labels } from '../../model/labels.ts';
import type { MetricMetadata, MetricType } from '../../model/metadata.ts';
import type { Exemplar, SeriesRef } from '../../model/storage.ts';
import { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { CorruptionError } from '../errors.ts';
import { RECORD_EXEMPLARS, RECORD_METADATA } from './records.ts';

export interface RefExemplar {
  readonly ref: SeriesRef;
  readonly exemplar: Exemplar;
}

export interface RefMetadata {
  readonly ref: SeriesRef;
  readonly metadata: MetricMetadata;
}

export function encodeExemplars(out: ByteWriter, exemplars: readonly RefExemplar[]): void {
  out.clear();
  out.u8(RECORD_EXEMPLARS);
  const [first] = exemplars;
  if (first === undefined) return;
  out.i64(first.ref);
  out.i64(first.exemplar.timeMs);
  for (const { ref, exemplar } of exemplars) {
    out.varint(ref - first.ref);
    out.varint(exemplar.timeMs - first.exemplar.timeMs);
    out.reserve(8);
    out.length = out.bytes.writeDoubleBE(exemplar.value, out.length);
    out.uvarint(exemplar.labels.length / 2);
    for (const text of exemplar.labels) out.string(text);
  }
}

export function decodeExemplars(record: Buffer): RefExemplar[] {
  const exemplars: RefExemplar[] = [];
  if (record.length === 1) return exemplars;
  const reader = new ByteReader(record, 1);
  const firstRef = reader.u64();
  const firstTime = reader.i64();
  while (reader.left > 0) {
    const ref = firstRef + reader.varint();
    const timeMs = firstTime + reader.varint();
    reader.skip(8);
    const value = reader.bytes.readDoubleBE(reader.at - 8);
    exemplars.push({ ref, exemplar: { labels: readLabels(reader), value, timeMs } });
  }
  return exemplars;
}

function readLabels(reader: ByteReader): Labels {
  const count = reader.uvarint();
  if (count * 2 > reader.left) throw new CorruptionError('an exemplars record names more labels than it holds');
  return Array.from({ length: 2 * count }, () => reader.string());
}

/** By the number in the record. */
const TYPES: readonly MetricType[] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

export function encodeMetadata(out: ByteWriter, entries: readonly RefMetadata[]): void {
  out.clear();
  out.u8(RECORD_METADATA);
  for (const { ref, metadata } of entries) {
    out.uvarint(ref);
    out.u8(TYPES.indexOf(metadata.type));
    out.uvarint(2);
    out.string('UNIT');
    out.string(metadata.unit);
    out.string('HELP');
    out.string(metadata.help);
  }
}

/** Types and fields that are not known are passed over. */
export function decodeMetadata(record: Buffer): RefMetadata[] {
  const entries: RefMetadata[] = [];
  const reader = new ByteReader(record, 1);
  while (reader.left > 0) {
    const ref = reader.uvarint();
    const type = TYPES[reader.u8()] ?? 'unknown';
    const fields = new Map<string, string>();
    for (let count = reader.uvarint(); count > 0; count--) fields.set(reader.string(), reader.string());
    entries.push({ ref, metadata: { type, unit: fields.get('UNIT') ?? '', help: fields.get('HELP') ?? '' } });
  }
  return entries;
}
