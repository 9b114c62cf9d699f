/**
 * Remote write 2.0: io.prometheus.write.v2.Request. Texts are sent once and referred to by their place; what a reference
 * means is known only when all of the message has been read.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { labelEntries, labelsOf } from '../model/labels.ts';
import type { MetricMetadata, MetricType } from '../model/metadata.ts';
import type { SampleColumns } from '../model/sample-columns.ts';
import type { Exemplar } from '../model/storage.ts';
import { readHistogram, type TimedHistogram } from './histogram-message.ts';
import { endOf, readRepeated, readSample } from './wire.ts';

const FIELD = { symbols: 4, timeseries: 5 } as const;
const SERIES = { labels: 1, samples: 2, histograms: 3, exemplars: 4, metadata: 5 } as const;
const EXEMPLAR = { labels: 1, value: 2, timestamp: 3 } as const;
const METADATA = { type: 1, help: 3, unit: 4 } as const;

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

/** Labels stay references: a wrong one costs only what it belongs to. */
export interface ReferringSeries {
  readonly labels: readonly number[];
  /** Its samples are samples[from, to) of the request's columns. */
  readonly from: number;
  readonly to: number;
  readonly histograms: readonly TimedHistogram[];
  readonly exemplars: readonly {
    readonly labels: readonly number[];
    readonly value: number;
    readonly timeMs: number;
  }[];
  readonly metadata: { readonly type: number; readonly help: number; readonly unit: number };
}

export interface WriteRequestV2 {
  readonly symbols: readonly string[];
  readonly series: readonly ReferringSeries[];
}

/** Decodes a whole request; the samples are appended to `samples` bit by bit. Throws for anything that is no such message. */
export function decodeWriteRequestV2(bytes: Uint8Array, samples: SampleColumns): WriteRequestV2 {
  const reader = new BinaryReader(bytes);
  const symbols: string[] = [];
  const series: ReferringSeries[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === FIELD.symbols && type === WireType.LengthDelimited) symbols.push(reader.string());
    else if (field === FIELD.timeseries && type === WireType.LengthDelimited)
      series.push(readSeries(reader, bytes, samples));
    else reader.skip(type, field);
  }
  return { symbols, series };
}

function readSeries(reader: BinaryReader, bytes: Uint8Array, samples: SampleColumns): ReferringSeries {
  const end = endOf(reader, reader.len);
  const labels: number[] = [];
  const histograms: TimedHistogram[] = [];
  const exemplars: ReferringSeries['exemplars'][number][] = [];
  let metadata: ReferringSeries['metadata'] = { type: 0, help: 0, unit: 0 };
  const from = samples.length;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    const nested = type === WireType.LengthDelimited;
    if (field === SERIES.labels) readRepeated(reader, type, end, (r) => labels.push(r.uint32()));
    else if (field === SERIES.samples && nested) readSample(reader, bytes, samples, end);
    else if (field === SERIES.histograms && nested) histograms.push(readHistogram(reader, bytes, end));
    else if (field === SERIES.exemplars && nested) exemplars.push(readExemplar(reader, end));
    else if (field === SERIES.metadata && nested) metadata = readMetadata(reader, end);
    else reader.skip(type, field);
  }
  return { labels, from, to: samples.length, histograms, exemplars, metadata };
}

function readExemplar(reader: BinaryReader, limit: number): ReferringSeries['exemplars'][number] {
  const end = endOf(reader, limit);
  const labels: number[] = [];
  let value = 0;
  let timeMs = 0;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === EXEMPLAR.labels) readRepeated(reader, type, end, (r) => labels.push(r.uint32()));
    else if (field === EXEMPLAR.value && type === WireType.Bit64) value = reader.double();
    else if (field === EXEMPLAR.timestamp && type === WireType.Varint) timeMs = Number(reader.int64());
    else reader.skip(type, field);
  }
  return { labels, value, timeMs };
}

function readMetadata(reader: BinaryReader, limit: number): ReferringSeries['metadata'] {
  const end = endOf(reader, limit);
  let type = 0;
  let help = 0;
  let unit = 0;
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    if (field === METADATA.type && wireType === WireType.Varint) type = reader.uint32();
    else if (field === METADATA.help && wireType === WireType.Varint) help = reader.uint32();
    else if (field === METADATA.unit && wireType === WireType.Varint) unit = reader.uint32();
    else reader.skip(wireType, field);
  }
  return { type, help, unit };
}

/** The flat name/value pairs that references stand for; a string is the reason why they stand for none. */
export function referredLabels(refs: readonly number[], symbols: readonly string[]): readonly string[] | string {
  if (refs.length % 2 !== 0) return `invalid labelRefs length ${refs.length}`;
  const pairs: string[] = [];
  for (const ref of refs) {
    const symbol = symbols[ref];
    if (symbol === undefined) return `labelRefs ${ref} outside of symbols table (size ${symbols.length})`;
    pairs.push(symbol);
  }
  return pairs;
}

export function referredExemplar(
  { labels, value, timeMs }: ReferringSeries['exemplars'][number],
  symbols: readonly string[],
): Exemplar | string {
  const pairs = referredLabels(labels, symbols);
  return typeof pairs === 'string' ? pairs : { labels: labelsOf(labelEntries(pairs)), value, timeMs };
}

export function referredMetadata(
  { type, help, unit }: ReferringSeries['metadata'],
  symbols: readonly string[],
): MetricMetadata {
  return { type: TYPES[type] ?? 'unknown', help: symbols[help] ?? '', unit: symbols[unit] ?? '' };
}
