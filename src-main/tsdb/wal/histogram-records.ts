/** Records of native histograms in the write-ahead log (tsdb/record/record.go). */
import {
  type CounterReset,
  CUSTOM_BUCKETS_SCHEMA,
  type HistogramBuckets,
  type NativeHistogram,
  NO_BUCKETS,
  STALE_HISTOGRAM,
} from '../../model/native-histogram.ts';
import { STALE_NAN_HIGH, STALE_NAN_LOW } from '../../model/staleness.ts';
import { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { CorruptionError } from '../errors.ts';
import { skipStartTime } from './records.ts';

const RECORD_HISTOGRAMS = 7;
const RECORD_FLOAT_HISTOGRAMS = 8;
const RECORD_CUSTOM_HISTOGRAMS = 9;
const RECORD_CUSTOM_FLOAT_HISTOGRAMS = 10;
/** With start times, which are passed over. */
const RECORD_HISTOGRAMS_V2 = 12;
const RECORD_FLOAT_HISTOGRAMS_V2 = 13;

const HISTOGRAM_RECORDS = [
  RECORD_HISTOGRAMS,
  RECORD_FLOAT_HISTOGRAMS,
  RECORD_CUSTOM_HISTOGRAMS,
  RECORD_CUSTOM_FLOAT_HISTOGRAMS,
] as const;

export function isHistogramRecord(type: number): boolean {
  return (
    (type >= RECORD_HISTOGRAMS && type <= RECORD_CUSTOM_FLOAT_HISTOGRAMS) ||
    type === RECORD_HISTOGRAMS_V2 ||
    type === RECORD_FLOAT_HISTOGRAMS_V2
  );
}

/** Which kind of record a histogram belongs into. */
export function recordTypeOf(h: NativeHistogram): number {
  if (h.schema === CUSTOM_BUCKETS_SCHEMA) return h.integer ? RECORD_CUSTOM_HISTOGRAMS : RECORD_CUSTOM_FLOAT_HISTOGRAMS;
  return h.integer ? RECORD_HISTOGRAMS : RECORD_FLOAT_HISTOGRAMS;
}

/** A record is kept well below what a segment and a reader's memory can take. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;
const HINTS: readonly CounterReset[] = ['unknown', 'reset', 'not-reset', 'gauge'];
/** Go's NaN: what Prometheus stores for a NaN that is no staleness marker. */
const NAN_HIGH = 0x7ff80000;
const NAN_LOW = 1;

/** Histograms by column. */
export interface RefHistograms {
  readonly refs: readonly number[];
  readonly times: readonly number[];
  readonly histograms: readonly NativeHistogram[];
}

export interface RefHistogram {
  readonly ref: number;
  readonly timeMs: number;
  readonly histogram: NativeHistogram;
}

/**
 * Histograms `from`..`to` as records, one kind after the other: no series may have two kinds among them. `out` holds the
 * record during the call of `onRecord`.
 */
export function encodeHistograms(
  out: ByteWriter,
  { refs, times, histograms }: RefHistograms,
  { from, to }: { readonly from: number; readonly to: number },
  onRecord: () => void,
): void {
  for (const type of HISTOGRAM_RECORDS) {
    let first = -1;
    for (let i = from; i < to; i++) {
      const h = histograms[i]!;
      if (recordTypeOf(h) !== type) continue;
      if (first < 0) {
        first = i;
        out.clear();
        out.u8(type);
        out.i64(refs[i]!);
        out.i64(times[i]!);
      }
      out.varint(refs[i]! - refs[first]!);
      out.varint(times[i]! - times[first]!);
      encodeHistogram(out, h);
      if (out.length < MAX_RECORD_BYTES) continue;
      onRecord();
      first = -1;
    }
    if (first >= 0) onRecord();
  }
}

function encodeHistogram(out: ByteWriter, h: NativeHistogram): void {
  const { positive, negative } = h;
  out.u8(HINTS.indexOf(h.counterReset));
  out.varint(h.schema);
  putDouble(out, h.zeroThreshold);
  if (h.integer) {
    out.uvarint(h.zeroCount);
    out.uvarint(h.count);
  } else {
    putDouble(out, h.zeroCount);
    putDouble(out, h.count);
  }
  if (h.stale) putHalves(out, STALE_NAN_LOW, STALE_NAN_HIGH);
  else putDouble(out, h.sum);
  encodeSpans(out, positive.spans);
  encodeSpans(out, negative.spans);
  encodeCounts(out, positive.counts, h.integer);
  encodeCounts(out, negative.counts, h.integer);
  if (h.schema !== CUSTOM_BUCKETS_SCHEMA) return;
  out.uvarint(h.customValues.length);
  for (const bound of h.customValues) putDouble(out, bound);
}

function encodeSpans(out: ByteWriter, spans: Int32Array): void {
  out.uvarint(spans.length / 2);
  for (let s = 0; s < spans.length; s += 2) {
    out.varint(spans[s]!);
    out.uvarint(spans[s + 1]!);
  }
}

/** Of integers the differences of neighbours. */
function encodeCounts(out: ByteWriter, counts: Float64Array, isInteger: boolean): void {
  out.uvarint(counts.length);
  let last = 0;
  for (let i = 0; i < counts.length; i++) {
    if (isInteger) out.varint(counts[i]! - last);
    else putDouble(out, counts[i]!);
    last = counts[i]!;
  }
}

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

function putDouble(out: ByteWriter, value: number): void {
  double[0] = value;
  if (Number.isNaN(value)) putHalves(out, NAN_LOW, NAN_HIGH);
  else putHalves(out, halves[0]!, halves[1]!);
}

function putHalves(out: ByteWriter, low: number, high: number): void {
  out.u32(high);
  out.u32(low);
}

/** Throws CorruptionError. */
export function decodeHistograms(record: Buffer): RefHistogram[] {
  const type = record[0]!;
  const reader = new ByteReader(record, 1);
  if (reader.left === 0) return [];
  if (type >= RECORD_HISTOGRAMS_V2) return decodeV2(reader, type === RECORD_HISTOGRAMS_V2);
  const isInteger = type === RECORD_HISTOGRAMS || type === RECORD_CUSTOM_HISTOGRAMS;
  const found: RefHistogram[] = [];
  const firstRef = reader.u64();
  const firstMs = reader.i64();
  while (reader.left > 0) {
    const ref = firstRef + reader.varint();
    const timeMs = firstMs + reader.varint();
    found.push({ ref, timeMs, histogram: decodeHistogram(reader, isInteger) });
  }
  return found;
}

function decodeV2(reader: ByteReader, isInteger: boolean): RefHistogram[] {
  const found: RefHistogram[] = [];
  let ref = 0;
  let firstMs = 0;
  while (reader.left > 0) {
    ref += reader.varint();
    let timeMs = reader.varint();
    if (found.length === 0) {
      firstMs = timeMs;
      reader.varint();
    } else {
      timeMs += firstMs;
      skipStartTime(reader);
    }
    found.push({ ref, timeMs, histogram: decodeHistogram(reader, isInteger) });
  }
  return found;
}

function decodeHistogram(reader: ByteReader, integer: boolean): NativeHistogram {
  const counterReset = HINTS[reader.u8()];
  if (counterReset === undefined) throw new CorruptionError('a histogram has an unknown counter reset hint');
  const schema = reader.varint();
  if (schema !== CUSTOM_BUCKETS_SCHEMA && (schema < -4 || schema > 52)) {
    throw new CorruptionError(`histogram schema ${schema} is not known`);
  }
  const zeroThreshold = getDouble(reader);
  const zeroCount = integer ? reader.uvarint() : getDouble(reader);
  const count = integer ? reader.uvarint() : getDouble(reader);
  const sum = getDouble(reader);
  const stale = halves[0] === STALE_NAN_LOW && halves[1] === STALE_NAN_HIGH;
  const positiveSpans = decodeSpans(reader);
  const negativeSpans = decodeSpans(reader);
  const positive = bucketsOf(positiveSpans, decodeCounts(reader, integer));
  const negative = bucketsOf(negativeSpans, decodeCounts(reader, integer));
  const customValues = new Float64Array(schema === CUSTOM_BUCKETS_SCHEMA ? countOf(reader, 8) : 0);
  for (let i = 0; i < customValues.length; i++) customValues[i] = getDouble(reader);
  if (stale) return { ...STALE_HISTOGRAM, integer, counterReset };
  return {
    schema,
    integer,
    counterReset,
    zeroThreshold,
    zeroCount,
    count,
    sum,
    stale,
    positive,
    negative,
    customValues,
  };
}

function decodeSpans(reader: ByteReader): Int32Array {
  const spans = new Int32Array(2 * countOf(reader, 2));
  for (let s = 0; s < spans.length; s += 2) {
    spans[s] = reader.varint();
    const length = reader.uvarint();
    if (length > reader.left) throw new CorruptionError('a histogram counts more than it holds');
    spans[s + 1] = length;
  }
  return spans;
}

function decodeCounts(reader: ByteReader, isInteger: boolean): Float64Array {
  const counts = new Float64Array(countOf(reader, isInteger ? 1 : 8));
  let last = 0;
  for (let i = 0; i < counts.length; i++) {
    last = isInteger ? last + reader.varint() : getDouble(reader);
    counts[i] = last;
  }
  return counts;
}

function bucketsOf(spans: Int32Array, counts: Float64Array): HistogramBuckets {
  let buckets = 0;
  for (let s = 1; s < spans.length; s += 2) buckets += spans[s]!;
  if (buckets !== counts.length) throw new CorruptionError('spans and buckets of a histogram do not belong together');
  return buckets === 0 ? NO_BUCKETS : { spans, counts };
}

/** How many follow, of at least so many bytes each. */
function countOf(reader: ByteReader, bytes: number): number {
  const count = reader.uvarint();
  if (count * bytes > reader.left) throw new CorruptionError('a histogram counts more than it holds');
  return count;
}

/** Leaves the bits in `halves`. */
function getDouble(reader: ByteReader): number {
  halves[1] = reader.u32();
  halves[0] = reader.u32();
  return double[0]!;
}
