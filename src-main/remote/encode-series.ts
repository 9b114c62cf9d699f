/** Series as remote read answers with them (prompb/types.proto, remote.proto). */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type Labels, labelEntries } from '../model/labels.ts';
import type { CounterReset, HistogramBuckets, NativeHistogram } from '../model/native-histogram.ts';
import type { SampleColumns } from '../model/sample-columns.ts';

const TIME_SERIES = { labels: 1, samples: 2, histograms: 4 } as const;
const HISTOGRAM = {
  countInt: 1,
  countFloat: 2,
  sum: 3,
  schema: 4,
  zeroThreshold: 5,
  zeroCountInt: 6,
  zeroCountFloat: 7,
  negative: { spans: 8, deltas: 9, counts: 10 },
  positive: { spans: 11, deltas: 12, counts: 13 },
  resetHint: 14,
  timestamp: 15,
  customValues: 16,
} as const;
const RESET_HINTS: readonly CounterReset[] = ['unknown', 'reset', 'not-reset', 'gauge'];

export interface EncodedChunk {
  readonly encoding: number;
  readonly bytes: Uint8Array;
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

/** A TimeSeries message with all samples of the columns. */
export function encodeTimeSeries(labels: Labels, columns: SampleColumns): Uint8Array {
  const writer = new BinaryWriter();
  writeLabels(writer, TIME_SERIES.labels, labels);
  const bits = new BigUint64Array(columns.values.buffer, columns.values.byteOffset, columns.length);
  for (let i = 0; i < columns.length; i++) {
    const timeMs = columns.times[i] ?? 0;
    const histogram = columns.histograms?.[i];
    if (histogram !== undefined) {
      writeHistogram(writer.tag(TIME_SERIES.histograms, WireType.LengthDelimited).fork(), histogram, {
        timeMs,
        sumBits: bits[i] ?? 0n,
      });
      continue;
    }
    writer.tag(TIME_SERIES.samples, WireType.LengthDelimited).fork();
    // As bits: a staleness marker does not survive being a number.
    writer.tag(1, WireType.Bit64).fixed64(bits[i] ?? 0n);
    writer.tag(2, WireType.Varint).int64(timeMs).join();
  }
  return writer.finish();
}

/** A ChunkedReadResponse message: one series, or a part of one. */
export function encodeChunkedSeries(labels: Labels, chunks: readonly EncodedChunk[], queryIndex: number): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).fork();
  writeLabels(writer, 1, labels);
  for (const { encoding, bytes, minTimeMs, maxTimeMs } of chunks) {
    writer.tag(2, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Varint).int64(minTimeMs).tag(2, WireType.Varint).int64(maxTimeMs);
    writer.tag(3, WireType.Varint).int32(encoding).tag(4, WireType.LengthDelimited).bytes(bytes).join();
  }
  writer.join();
  if (queryIndex !== 0) writer.tag(2, WireType.Varint).int64(queryIndex);
  return writer.finish();
}

function writeLabels(writer: BinaryWriter, field: number, labels: Labels): void {
  for (const [name, value] of labelEntries(labels)) {
    writer.tag(field, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(name).tag(2, WireType.LengthDelimited).string(value).join();
  }
}

function writeHistogram(
  w: BinaryWriter,
  h: NativeHistogram,
  { timeMs, sumBits }: { readonly timeMs: number; readonly sumBits: bigint },
): void {
  if (h.integer) w.tag(HISTOGRAM.countInt, WireType.Varint).uint64(h.count);
  else w.tag(HISTOGRAM.countFloat, WireType.Bit64).double(h.count);
  w.tag(HISTOGRAM.sum, WireType.Bit64).fixed64(sumBits);
  w.tag(HISTOGRAM.schema, WireType.Varint).sint32(h.schema);
  w.tag(HISTOGRAM.zeroThreshold, WireType.Bit64).double(h.zeroThreshold);
  if (h.integer) w.tag(HISTOGRAM.zeroCountInt, WireType.Varint).uint64(h.zeroCount);
  else w.tag(HISTOGRAM.zeroCountFloat, WireType.Bit64).double(h.zeroCount);
  writeBuckets(w, HISTOGRAM.negative, h.negative, h.integer);
  writeBuckets(w, HISTOGRAM.positive, h.positive, h.integer);
  w.tag(HISTOGRAM.resetHint, WireType.Varint).int32(Math.max(0, RESET_HINTS.indexOf(h.counterReset)));
  w.tag(HISTOGRAM.timestamp, WireType.Varint).int64(timeMs);
  if (h.customValues.length === 0) {
    w.join();
    return;
  }
  w.tag(HISTOGRAM.customValues, WireType.LengthDelimited).fork();
  for (const bound of h.customValues) w.double(bound);
  w.join().join();
}

function writeBuckets(
  w: BinaryWriter,
  fields: { readonly spans: number; readonly deltas: number; readonly counts: number },
  { spans, counts }: HistogramBuckets,
  integer: boolean,
): void {
  for (let i = 0; i < spans.length; i += 2) {
    w.tag(fields.spans, WireType.LengthDelimited).fork();
    w.tag(1, WireType.Varint).sint32(spans[i] ?? 0);
    w.tag(2, WireType.Varint)
      .uint32(spans[i + 1] ?? 0)
      .join();
  }
  if (counts.length === 0) return;
  w.tag(integer ? fields.deltas : fields.counts, WireType.LengthDelimited).fork();
  let before = 0;
  for (const count of counts) {
    if (integer) w.sint64(count - before);
    else w.double(count);
    before = count;
  }
  w.join();
}
