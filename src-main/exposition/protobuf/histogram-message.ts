/** io.prometheus.client.Histogram: a classic histogram, a native one, or both in one message. */
import type { HistogramBuckets, NativeHistogram } from '../../model/native-histogram.ts';
import { NO_BUCKETS } from '../../model/native-histogram.ts';
import { ExpositionError } from '../errors.ts';
import { readTimestamp } from './timestamp-message.ts';
import type { WireReader } from './wire-reader.ts';

const TAG = {
  sampleCount: 0x08,
  sampleSum: 0x11,
  bucket: 0x1a,
  sampleCountFloat: 0x21,
  schema: 0x28,
  zeroThreshold: 0x31,
  zeroCount: 0x38,
  zeroCountFloat: 0x41,
  negativeSpan: 0x4a,
  negativeDelta: 0x50,
  negativeDeltas: 0x52,
  negativeCount: 0x59,
  negativeCounts: 0x5a,
  positiveSpan: 0x62,
  positiveDelta: 0x68,
  positiveDeltas: 0x6a,
  positiveCount: 0x71,
  positiveCounts: 0x72,
  created: 0x7a,
  exemplar: 0x82,
} as const;

const BUCKET_TAG = { cumulativeCount: 0x08, upperBound: 0x11, exemplar: 0x1a, cumulativeCountFloat: 0x21 } as const;
const SPAN_TAG = { offset: 0x08, length: 0x10 } as const;

const NO_CUSTOM_VALUES = new Float64Array(0);

/** The buckets of one sign as they are sent: spans as pairs, and deltas or counts. */
interface SentBuckets {
  readonly spans: number[];
  readonly deltas: number[];
  readonly counts: number[];
}

/** One message at a time; reading the next one overwrites it. */
export class HistogramMessage {
  sum = 0;
  createdMs = 0;
  /** Of the classic buckets, as many entries as there are: bound, cumulative count, and where the exemplar lies (-1: none). */
  readonly bounds: number[] = [];
  readonly cumulativeCounts: number[] = [];
  readonly exemplarStarts: number[] = [];
  readonly exemplarEnds: number[] = [];
  /** Those of the native histogram, by pairs of start and end. */
  readonly nativeExemplars: number[] = [];
  #sampleCount = 0;
  #sampleCountFloat = 0;
  #schema = 0;
  #zeroThreshold = 0;
  #zeroCount = 0;
  #zeroCountFloat = 0;
  readonly #positive: SentBuckets = { spans: [], deltas: [], counts: [] };
  readonly #negative: SentBuckets = { spans: [], deltas: [], counts: [] };

  get count(): number {
    return this.#sampleCountFloat === 0 ? this.#sampleCount : this.#sampleCountFloat;
  }

  /** A native histogram without observations has at least a span of no length. */
  get isNative(): boolean {
    return (
      this.#positive.spans.length > 0 ||
      this.#negative.spans.length > 0 ||
      this.#zeroThreshold > 0 ||
      this.#zeroCount > 0
    );
  }

  /** The message at reader.bytes[start, end). */
  read(reader: WireReader, start: number, end: number): void {
    this.#clear();
    reader.seek(start, end);
    while (reader.pos < end) this.#readField(reader);
  }

  #clear(): void {
    this.sum = this.createdMs = 0;
    this.#sampleCount = this.#sampleCountFloat = this.#schema = 0;
    this.#zeroThreshold = this.#zeroCount = this.#zeroCountFloat = 0;
    this.bounds.length = this.cumulativeCounts.length = this.exemplarStarts.length = this.exemplarEnds.length = 0;
    this.nativeExemplars.length = 0;
    for (const { spans, deltas, counts } of [this.#positive, this.#negative])
      spans.length = deltas.length = counts.length = 0;
  }

  #readField(reader: WireReader): void {
    const tag = reader.tag();
    switch (tag) {
      case TAG.bucket:
        this.#readBucket(reader);
        return;
      case TAG.sampleCount:
        this.#sampleCount = reader.varint();
        return;
      case TAG.sampleSum:
        this.sum = reader.double();
        return;
      case TAG.sampleCountFloat:
        this.#sampleCountFloat = reader.double();
        return;
      case TAG.created:
        this.createdMs = readTimestamp(reader);
        return;
      default:
        this.#readNativeField(reader, tag);
    }
  }

  #readNativeField(reader: WireReader, tag: number): void {
    switch (tag) {
      case TAG.schema:
        this.#schema = reader.sint();
        return;
      case TAG.zeroThreshold:
        this.#zeroThreshold = reader.double();
        return;
      case TAG.zeroCount:
        this.#zeroCount = reader.varint();
        return;
      case TAG.zeroCountFloat:
        this.#zeroCountFloat = reader.double();
        return;
      case TAG.exemplar: {
        const length = reader.length();
        this.nativeExemplars.push(reader.pos, reader.pos + length);
        reader.pos += length;
        return;
      }
      default:
        if (!readBucketsField(reader, tag, this.#positive, this.#negative)) reader.skip(tag);
    }
  }

  #readBucket(reader: WireReader): void {
    const outer = reader.end;
    const end = enter(reader);
    let bound = 0;
    let count = 0;
    let countFloat = 0;
    let exemplarStart = -1;
    let exemplarEnd = -1;
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === BUCKET_TAG.cumulativeCount) count = reader.varint();
      else if (tag === BUCKET_TAG.upperBound) bound = reader.double();
      else if (tag === BUCKET_TAG.cumulativeCountFloat) countFloat = reader.double();
      else if (tag === BUCKET_TAG.exemplar) {
        const length = reader.length();
        exemplarStart = reader.pos;
        exemplarEnd = reader.pos += length;
      } else reader.skip(tag);
    }
    reader.end = outer;
    this.bounds.push(bound);
    this.cumulativeCounts.push(countFloat === 0 ? count : countFloat);
    this.exemplarStarts.push(exemplarStart);
    this.exemplarEnds.push(exemplarEnd);
  }

  /** Without empty buckets. Throws ExpositionError when spans and buckets do not belong together. */
  toNative(isGauge: boolean): NativeHistogram {
    const isFloat = this.#sampleCountFloat > 0 || this.#zeroCountFloat > 0;
    return {
      schema: this.#schema,
      integer: !isFloat,
      counterReset: isGauge ? 'gauge' : 'unknown',
      zeroThreshold: this.#zeroThreshold,
      zeroCount: isFloat ? this.#zeroCountFloat : this.#zeroCount,
      count: isFloat ? this.#sampleCountFloat : this.#sampleCount,
      sum: this.sum,
      stale: false,
      positive: packed(this.#positive, isFloat),
      negative: packed(this.#negative, isFloat),
      customValues: NO_CUSTOM_VALUES,
    };
  }
}

/** Begins a nested message: narrows the reader to it and returns its end. */
function enter(reader: WireReader): number {
  const length = reader.length();
  reader.end = reader.pos + length;
  return reader.end;
}

function readBucketsField(reader: WireReader, tag: number, positive: SentBuckets, negative: SentBuckets): boolean {
  switch (tag) {
    case TAG.positiveSpan:
    case TAG.negativeSpan:
      readSpan(reader, tag === TAG.positiveSpan ? positive.spans : negative.spans);
      return true;
    case TAG.positiveDelta:
    case TAG.negativeDelta:
      (tag === TAG.positiveDelta ? positive : negative).deltas.push(reader.sint());
      return true;
    case TAG.positiveDeltas:
    case TAG.negativeDeltas:
      readPacked(reader, (tag === TAG.positiveDeltas ? positive : negative).deltas, () => reader.sint());
      return true;
    case TAG.positiveCount:
    case TAG.negativeCount:
      (tag === TAG.positiveCount ? positive : negative).counts.push(reader.double());
      return true;
    case TAG.positiveCounts:
    case TAG.negativeCounts:
      readPacked(reader, (tag === TAG.positiveCounts ? positive : negative).counts, () => reader.double());
      return true;
    default:
      return false;
  }
}

function readSpan(reader: WireReader, spans: number[]): void {
  const outer = reader.end;
  const end = enter(reader);
  let offset = 0;
  let length = 0;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === SPAN_TAG.offset) offset = reader.sint();
    else if (tag === SPAN_TAG.length) length = reader.varint();
    else reader.skip(tag);
  }
  reader.end = outer;
  spans.push(offset, length);
}

function readPacked(reader: WireReader, into: number[], read: () => number): void {
  const outer = reader.end;
  const end = enter(reader);
  while (reader.pos < end) into.push(read());
  reader.end = outer;
}

function packed({ spans, deltas, counts }: SentBuckets, isFloat: boolean): HistogramBuckets {
  const sent = isFloat ? counts : deltas;
  let needed = 0;
  for (let span = 1; span < spans.length; span += 2) needed += spans[span]!;
  if (needed !== sent.length)
    throw new ExpositionError(
      `histogram spans specify different number of buckets than provided: spans need ${needed} buckets, have ${sent.length}`,
      0,
    );
  if (needed === 0) return NO_BUCKETS;
  const kept = new Float64Array(needed);
  const keptSpans: number[] = [];
  let length = 0;
  let index = 0;
  let next = 0;
  let at = 0;
  let count = 0;
  for (let span = 0; span < spans.length; span += 2) {
    index += spans[span]!;
    for (const end = at + spans[span + 1]!; at < end; at++, index++) {
      count = isFloat ? sent[at]! : count + sent[at]!;
      if (count === 0) continue;
      if (length > 0 && index === next) keptSpans[keptSpans.length - 1]!++;
      else keptSpans.push(index - next, 1);
      next = index + 1;
      kept[length++] = count;
    }
  }
  return { spans: Int32Array.from(keptSpans), counts: length === needed ? kept : kept.slice(0, length) };
}
