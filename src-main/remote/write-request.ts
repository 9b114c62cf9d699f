/** Remote write 1.0: prometheus.WriteRequest (prompb/remote.proto, types.proto), decoded field by field. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { labelEntries, labelsOf } from '../model/labels.ts';
import type { SampleColumns } from '../model/sample-columns.ts';
import type { Exemplar } from '../model/storage.ts';
import { readHistogram, type TimedHistogram } from './histogram-message.ts';
import { endOf, readSample } from './wire.ts';

/** One time series of a request. Labels as sent: flat name/value pairs. */
export interface WrittenSeries {
  readonly labels: readonly string[];
  /** Its samples are samples[from, to) of the request's columns. */
  readonly from: number;
  readonly to: number;
  readonly histograms: readonly TimedHistogram[];
  readonly exemplars: readonly Exemplar[];
}

const FIELD = {
  timeseries: 1,
  labels: 1,
  samples: 2,
  exemplars: 3,
  histograms: 4,
  name: 1,
  text: 2,
} as const;

const EXEMPLAR = { labels: 1, value: 2, timestamp: 3 } as const;

/**
 * Decodes a whole request; the samples are appended to `samples` bit by bit. Its metadata, which is of families and not
 * of series, is passed over, as Prometheus does. Throws for anything that is no such message.
 */
export function decodeWriteRequest(bytes: Uint8Array, samples: SampleColumns): WrittenSeries[] {
  const reader = new BinaryReader(bytes);
  const series: WrittenSeries[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === FIELD.timeseries && type === WireType.LengthDelimited)
      series.push(readSeries(reader, bytes, samples));
    else reader.skip(type, field);
  }
  return series;
}

function readSeries(reader: BinaryReader, bytes: Uint8Array, samples: SampleColumns): WrittenSeries {
  const end = endOf(reader, reader.len);
  const labels: string[] = [];
  const histograms: TimedHistogram[] = [];
  const exemplars: Exemplar[] = [];
  const from = samples.length;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    const nested = type === WireType.LengthDelimited;
    if (field === FIELD.labels && nested) readLabel(reader, labels, end);
    else if (field === FIELD.samples && nested) readSample(reader, bytes, samples, end);
    else if (field === FIELD.exemplars && nested) exemplars.push(readExemplar(reader, end));
    else if (field === FIELD.histograms && nested) histograms.push(readHistogram(reader, bytes, end));
    else reader.skip(type, field);
  }
  return { labels, from, to: samples.length, histograms, exemplars };
}

function readLabel(reader: BinaryReader, labels: string[], limit: number): void {
  const end = endOf(reader, limit);
  let name = '';
  let value = '';
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === FIELD.name && type === WireType.LengthDelimited) name = reader.string();
    else if (field === FIELD.text && type === WireType.LengthDelimited) value = reader.string();
    else reader.skip(type, field);
  }
  labels.push(name, value);
}

function readExemplar(reader: BinaryReader, limit: number): Exemplar {
  const end = endOf(reader, limit);
  const labels: string[] = [];
  let value = 0;
  let timeMs = 0;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === EXEMPLAR.labels && type === WireType.LengthDelimited) readLabel(reader, labels, end);
    else if (field === EXEMPLAR.value && type === WireType.Bit64) value = reader.double();
    else if (field === EXEMPLAR.timestamp && type === WireType.Varint) timeMs = Number(reader.int64());
    else reader.skip(type, field);
  }
  return { labels: labelsOf(labelEntries(labels)), value, timeMs };
}
