/** Remote write 1.0: prometheus.WriteRequest (prompb/remote.proto, types.proto), decoded field by field. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { SampleColumns } from '../model/sample-columns.ts';

/** One time series of a request. Labels as sent: flat name/value pairs. */
export interface WrittenSeries {
  readonly labels: readonly string[];
  /** Its samples are samples[from, to) of the request's columns. */
  readonly from: number;
  readonly to: number;
  readonly hasHistograms: boolean;
}

const FIELD = {
  timeseries: 1,
  labels: 1,
  samples: 2,
  histograms: 4,
  name: 1,
  text: 2,
  value: 1,
  timestamp: 2,
} as const;

/** Decodes a whole request; the samples are appended to `samples` bit by bit. Throws for anything that is no such message. */
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

/** The end of a length-delimited field that begins here. */
function endOf(reader: BinaryReader, limit: number): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > limit) throw new RangeError('a field ends beyond its message');
  return end;
}

function readSeries(reader: BinaryReader, bytes: Uint8Array, samples: SampleColumns): WrittenSeries {
  const end = endOf(reader, reader.len);
  const labels: string[] = [];
  const from = samples.length;
  let hasHistograms = false;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === FIELD.labels && type === WireType.LengthDelimited) readLabel(reader, labels, end);
    else if (field === FIELD.samples && type === WireType.LengthDelimited) readSample(reader, bytes, samples, end);
    else {
      hasHistograms ||= field === FIELD.histograms;
      reader.skip(type, field);
    }
  }
  return { labels, from, to: samples.length, hasHistograms };
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

function readSample(reader: BinaryReader, bytes: Uint8Array, samples: SampleColumns, limit: number): void {
  const end = endOf(reader, limit);
  samples.reserve(1);
  const at = samples.length++;
  samples.times[at] = 0;
  samples.values[at] = 0;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === FIELD.value && type === WireType.Bit64) {
      // As bits: a staleness marker does not survive being a number.
      const low = reader.pos;
      reader.skip(type, field);
      samples.halves[2 * at] = littleEndian(bytes, low);
      samples.halves[2 * at + 1] = littleEndian(bytes, low + 4);
    } else if (field === FIELD.timestamp && type === WireType.Varint) samples.times[at] = Number(reader.int64());
    else reader.skip(type, field);
  }
}

function littleEndian(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0
  );
}
