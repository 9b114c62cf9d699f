/** Histogram of both versions of remote write. */
import { type BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { CounterReset, HistogramBuckets, NativeHistogram } from '../model/native-histogram.ts';
import { STALE_NAN_HIGH, STALE_NAN_LOW } from '../model/staleness.ts';
import { endOf, littleEndian, readRepeated } from './wire.ts';

const FIELD = {
  countInt: 1,
  countFloat: 2,
  sum: 3,
  schema: 4,
  zeroThreshold: 5,
  zeroCountInt: 6,
  zeroCountFloat: 7,
  negativeSpans: 8,
  negativeDeltas: 9,
  negativeCounts: 10,
  positiveSpans: 11,
  positiveDeltas: 12,
  positiveCounts: 13,
  resetHint: 14,
  timestamp: 15,
  customValues: 16,
} as const;

const SPAN = { offset: 1, length: 2 } as const;

const RESET_HINTS: readonly CounterReset[] = ['unknown', 'reset', 'not-reset', 'gauge'];

export interface TimedHistogram {
  readonly timeMs: number;
  readonly histogram: NativeHistogram;
}

interface Sent {
  integer: boolean;
  count: number;
  sum: number;
  stale: boolean;
  schema: number;
  zeroThreshold: number;
  zeroCount: number;
  reset: number;
  timeMs: number;
  readonly customValues: number[];
  readonly positive: SentBuckets;
  readonly negative: SentBuckets;
}

interface SentBuckets {
  readonly spans: number[];
  readonly deltas: number[];
  readonly counts: number[];
}

/** A histogram field that begins here. Whether spans and buckets belong together, the storage says. */
export function readHistogram(reader: BinaryReader, bytes: Uint8Array, limit: number): TimedHistogram {
  const end = endOf(reader, limit);
  const sent: Sent = {
    integer: true,
    count: 0,
    sum: 0,
    stale: false,
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    reset: 0,
    timeMs: 0,
    customValues: [],
    positive: { spans: [], deltas: [], counts: [] },
    negative: { spans: [], deltas: [], counts: [] },
  };
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (!readScalar(reader, bytes, field, type, sent) && !readBuckets(reader, field, type, end, sent))
      reader.skip(type, field);
  }
  return { timeMs: sent.timeMs, histogram: histogramOf(sent) };
}

function histogramOf(sent: Sent): NativeHistogram {
  const { integer, count, sum, stale, schema, zeroThreshold, zeroCount } = sent;
  return {
    schema,
    integer,
    counterReset: RESET_HINTS[sent.reset] ?? 'unknown',
    zeroThreshold,
    zeroCount,
    count,
    sum,
    stale,
    positive: bucketsOf(sent.positive, integer),
    negative: bucketsOf(sent.negative, integer),
    customValues: Float64Array.from(sent.customValues),
  };
}

function bucketsOf({ spans, deltas, counts }: SentBuckets, integer: boolean): HistogramBuckets {
  if (!integer) return { spans: Int32Array.from(spans), counts: Float64Array.from(counts) };
  let count = 0;
  const absolute = Float64Array.from(deltas, (delta) => {
    count += delta;
    return count;
  });
  return { spans: Int32Array.from(spans), counts: absolute };
}

function readScalar(reader: BinaryReader, bytes: Uint8Array, field: number, type: WireType, sent: Sent): boolean {
  switch (type) {
    case WireType.Bit64:
      return readDouble(reader, bytes, field, sent);
    case WireType.Varint:
      return readInteger(reader, field, sent);
    default:
      return false;
  }
}

function readDouble(reader: BinaryReader, bytes: Uint8Array, field: number, sent: Sent): boolean {
  switch (field) {
    case FIELD.countFloat:
      sent.integer = false;
      sent.count = reader.double();
      return true;
    case FIELD.sum:
      sent.stale =
        littleEndian(bytes, reader.pos) === STALE_NAN_LOW && littleEndian(bytes, reader.pos + 4) === STALE_NAN_HIGH;
      sent.sum = reader.double();
      return true;
    case FIELD.zeroThreshold:
      sent.zeroThreshold = reader.double();
      return true;
    case FIELD.zeroCountFloat:
      sent.zeroCount = reader.double();
      return true;
    default:
      return false;
  }
}

function readInteger(reader: BinaryReader, field: number, sent: Sent): boolean {
  switch (field) {
    case FIELD.countInt:
      sent.count = Number(reader.uint64());
      return true;
    case FIELD.schema:
      sent.schema = reader.sint32();
      return true;
    case FIELD.zeroCountInt:
      sent.zeroCount = Number(reader.uint64());
      return true;
    case FIELD.resetHint:
      sent.reset = reader.uint32();
      return true;
    case FIELD.timestamp:
      sent.timeMs = Number(reader.int64());
      return true;
    default:
      return false;
  }
}

function readBuckets(reader: BinaryReader, field: number, type: WireType, limit: number, sent: Sent): boolean {
  switch (field) {
    case FIELD.positiveSpans:
    case FIELD.negativeSpans:
      if (type !== WireType.LengthDelimited) return false;
      readSpan(reader, limit, (field === FIELD.positiveSpans ? sent.positive : sent.negative).spans);
      return true;
    case FIELD.positiveDeltas:
    case FIELD.negativeDeltas: {
      const { deltas } = field === FIELD.positiveDeltas ? sent.positive : sent.negative;
      readRepeated(reader, type, limit, (r) => deltas.push(Number(r.sint64())));
      return true;
    }
    case FIELD.positiveCounts:
    case FIELD.negativeCounts:
    case FIELD.customValues: {
      const into = doublesOf(field, sent);
      readRepeated(reader, type, limit, (r) => into.push(r.double()));
      return true;
    }
    default:
      return false;
  }
}

function doublesOf(field: number, sent: Sent): number[] {
  if (field === FIELD.customValues) return sent.customValues;
  return field === FIELD.positiveCounts ? sent.positive.counts : sent.negative.counts;
}

function readSpan(reader: BinaryReader, limit: number, spans: number[]): void {
  const end = endOf(reader, limit);
  let offset = 0;
  let length = 0;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === SPAN.offset && type === WireType.Varint) offset = reader.sint32();
    else if (field === SPAN.length && type === WireType.Varint) length = reader.uint32();
    else reader.skip(type, field);
  }
  spans.push(offset, length);
}
