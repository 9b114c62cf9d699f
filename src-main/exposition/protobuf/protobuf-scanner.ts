/**
 * The protobuf exposition, `proto=io.prometheus.client.MetricFamily; encoding=delimited`, as Prometheus's
 * model/textparse reads it.
 */
import type { ProtobufSink } from '../sink.ts';
import { ExemplarMessage } from './exemplar-message.ts';
import { FamilyHead, type Place, TYPE } from './family-head.ts';
import { HistogramMessage } from './histogram-message.ts';
import { MetricKey, PART, type Part } from './metric-key.ts';
import { readTimestamp } from './timestamp-message.ts';
import { WireReader } from './wire-reader.ts';

const FAMILY_TAG = { name: 0x0a, help: 0x12, type: 0x18, metric: 0x22, unit: 0x2a } as const;
const METRIC_TAG = {
  label: 0x0a,
  gauge: 0x12,
  counter: 0x1a,
  summary: 0x22,
  untyped: 0x2a,
  timestampMs: 0x30,
  histogram: 0x3a,
} as const;
const VALUE = 0x09;
const COUNTER_TAG = { exemplar: 0x12, created: 0x1a } as const;
const SUMMARY_TAG = { sampleCount: 0x08, sampleSum: 0x11, quantile: 0x1a, created: 0x22 } as const;
const QUANTILE_TAG = { quantile: 0x09, value: 0x11 } as const;

export interface ProtobufOptions {
  /** Native histograms are told; else what they have in classic buckets. */
  readonly native: boolean;
  /** The classic buckets of a native histogram are told too. */
  readonly classicToo: boolean;
}

/** Scans one body after the other; what it reads into is kept. */
export class ProtobufScanner {
  readonly #options: ProtobufOptions;
  readonly #head = new FamilyHead();
  readonly #key = new MetricKey();
  readonly #histogram = new HistogramMessage();
  readonly #exemplar = new ExemplarMessage();
  readonly #quantiles: number[] = [];
  /** Of the family under way. */
  #familyEnd = 0;
  #type = 0;
  readonly #name: Place = { start: 0, end: 0 };
  readonly #help: Place = { start: 0, end: 0 };
  readonly #unit: Place = { start: 0, end: 0 };
  /** Of the metric under way: the message with its value, and its time, NaN when it has none. */
  readonly #value: Place = { start: 0, end: 0 };
  #timeMs = Number.NaN;

  constructor(options: ProtobufOptions) {
    this.#options = options;
  }

  /**
   * Scans body[from, length) up to its end or to where the sink pauses, and returns that position: the next call takes
   * it up there. Throws ExpositionError.
   */
  scan(body: Uint8Array, length: number, sink: ProtobufSink, from = 0): number {
    const reader = new WireReader(body, length);
    if (from === 0) this.#familyEnd = 0;
    let pos = from;
    while (pos < length) {
      if (pos >= this.#familyEnd) {
        reader.seek(pos, length);
        const size = reader.length();
        pos = reader.pos;
        this.#familyEnd = pos + size;
        if (!this.#readHead(reader)) pos = this.#familyEnd;
        else this.#tellHead(body, sink);
      }
      pos = this.#readMetrics(reader, pos, sink);
      if (pos < this.#familyEnd) return pos;
    }
    return length;
  }

  /** Everything but the metrics; false when there are none. */
  #readHead(reader: WireReader): boolean {
    const end = this.#familyEnd;
    reader.end = end;
    this.#type = TYPE.counter;
    for (const place of [this.#name, this.#help, this.#unit]) place.start = place.end = 0;
    let hasMetrics = false;
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === FAMILY_TAG.type) this.#type = reader.varint();
      else if (tag === FAMILY_TAG.name) readPlace(reader, this.#name);
      else if (tag === FAMILY_TAG.help) readPlace(reader, this.#help);
      else if (tag === FAMILY_TAG.unit) readPlace(reader, this.#unit);
      else {
        if (tag === FAMILY_TAG.metric) hasMetrics = true;
        reader.skip(tag);
      }
    }
    return hasMetrics;
  }

  #tellHead(body: Uint8Array, sink: ProtobufSink): void {
    const head = this.#head;
    head.set(body, { name: this.#name, help: this.#help, unit: this.#unit, type: this.#type });
    if (sink.expectMetadata(head.bytes, 0) !== head.length) sink.family(head.bytes, head.parse());
    this.#key.startFamily(body, this.#name.start, this.#name.end);
  }

  /** The metrics from `pos` on; returns the end of the family, or where the sink pauses. */
  #readMetrics(reader: WireReader, from: number, sink: ProtobufSink): number {
    let pos = from;
    while (pos < this.#familyEnd) {
      reader.seek(pos, this.#familyEnd);
      const tag = reader.tag();
      if (tag !== FAMILY_TAG.metric) {
        reader.skip(tag);
        pos = reader.pos;
        continue;
      }
      const length = reader.length();
      pos = reader.pos + length;
      this.#readMetric(reader, pos);
      this.#tellMetric(reader, sink);
      if (sink.pausesHere?.()) return pos;
    }
    return pos;
  }

  #readMetric(reader: WireReader, end: number): void {
    const key = this.#key;
    const valueTag = valueTagOf(this.#type);
    reader.end = end;
    key.startMetric();
    this.#value.start = this.#value.end = end;
    this.#timeMs = Number.NaN;
    while (reader.pos < end) {
      const start = reader.pos;
      const tag = reader.tag();
      if (tag === METRIC_TAG.label) {
        const length = reader.length();
        reader.pos += length;
        key.addLabel(reader.bytes, start, reader.pos);
      } else if (tag === valueTag) readPlace(reader, this.#value);
      else if (tag === METRIC_TAG.timestampMs) {
        const timeMs = reader.int64();
        // Zero stands for none: the format cannot tell them apart.
        if (timeMs !== 0) this.#timeMs = timeMs;
      } else reader.skip(tag);
    }
  }

  #tellMetric(reader: WireReader, sink: ProtobufSink): void {
    const { start, end } = this.#value;
    sink.created?.(0);
    switch (this.#type) {
      case TYPE.summary:
        this.#tellSummary(reader, sink);
        return;
      case TYPE.histogram:
      case TYPE.gaugeHistogram:
        this.#histogram.read(reader, start, end);
        this.#tellHistogram(reader, sink);
        return;
      default:
        this.#tellValue(reader, sink);
    }
  }

  /** A counter, a gauge or a value of no type. */
  #tellValue(reader: WireReader, sink: ProtobufSink): void {
    const { start, end } = this.#value;
    const isCounter = this.#type === TYPE.counter;
    let value = 0;
    reader.seek(start, end);
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === VALUE) value = reader.double();
      else if (isCounter && tag === COUNTER_TAG.exemplar) {
        const length = reader.length();
        const exemplarStart = reader.pos;
        this.#tellExemplar(reader, sink, exemplarStart, exemplarStart + length);
        reader.seek(exemplarStart + length, end);
      } else if (isCounter && tag === COUNTER_TAG.created) sink.created?.(readTimestamp(reader));
      else reader.skip(tag);
    }
    this.#tellSample(sink, PART.value, 0, value);
  }

  #tellSummary(reader: WireReader, sink: ProtobufSink): void {
    const { start, end } = this.#value;
    let count = 0;
    let sum = 0;
    this.#quantiles.length = 0;
    reader.seek(start, end);
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === SUMMARY_TAG.sampleCount) count = reader.varint();
      else if (tag === SUMMARY_TAG.sampleSum) sum = reader.double();
      else if (tag === SUMMARY_TAG.quantile) readQuantile(reader, this.#quantiles);
      else if (tag === SUMMARY_TAG.created) sink.created?.(readTimestamp(reader));
      else reader.skip(tag);
    }
    this.#tellSample(sink, PART.count, 0, count);
    this.#tellSample(sink, PART.sum, 0, sum);
    for (let i = 0; i < this.#quantiles.length; i += 2)
      this.#tellSample(sink, PART.quantile, this.#quantiles[i]!, this.#quantiles[i + 1]!);
  }

  #tellHistogram(reader: WireReader, sink: ProtobufSink): void {
    const histogram = this.#histogram;
    if (histogram.createdMs !== 0) sink.created?.(histogram.createdMs);
    const native = this.#options.native && histogram.isNative;
    if (native) this.#tellNative(reader, sink);
    if (!native || (this.#options.classicToo && histogram.bounds.length > 0)) this.#tellClassic(reader, sink);
  }

  #tellNative(reader: WireReader, sink: ProtobufSink): void {
    const { nativeExemplars, exemplarStarts, exemplarEnds } = this.#histogram;
    const told = this.#histogram.toNative(this.#type === TYPE.gaugeHistogram);
    for (let i = 0; i < nativeExemplars.length; i += 2)
      this.#tellTimedExemplar(reader, sink, nativeExemplars[i]!, nativeExemplars[i + 1]!);
    if (nativeExemplars.length === 0)
      for (let i = 0; i < exemplarStarts.length; i++)
        if (exemplarStarts[i] !== -1) this.#tellTimedExemplar(reader, sink, exemplarStarts[i]!, exemplarEnds[i]!);
    const key = this.#key;
    key.setPart(PART.histogram, 0);
    if (sink.expect(key.bytes, 0) === key.length) sink.repeatHistogram(told, this.#timeMs);
    else sink.histogram(key.bytes, 0, key.length, told, this.#timeMs);
  }

  /** As text would have it: `_count`, `_sum`, buckets, and the last one of them where it is only implied. */
  #tellClassic(reader: WireReader, sink: ProtobufSink): void {
    const { bounds, cumulativeCounts, exemplarStarts, exemplarEnds, count, sum } = this.#histogram;
    this.#tellSample(sink, PART.count, 0, count);
    this.#tellSample(sink, PART.sum, 0, sum);
    for (let i = 0; i < bounds.length; i++) {
      if (exemplarStarts[i] !== -1) this.#tellExemplar(reader, sink, exemplarStarts[i]!, exemplarEnds[i]!);
      this.#tellSample(sink, PART.bucket, bounds[i]!, cumulativeCounts[i]!);
    }
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY)
      this.#tellSample(sink, PART.bucket, Number.POSITIVE_INFINITY, count);
  }

  #tellSample(sink: ProtobufSink, part: Part, bound: number, value: number): void {
    const key = this.#key;
    key.setPart(part, bound);
    if (sink.expect(key.bytes, 0) === key.length) sink.repeat(value, this.#timeMs);
    else sink.sample(key.bytes, 0, key.length, value, this.#timeMs);
  }

  #tellExemplar(reader: WireReader, sink: ProtobufSink, start: number, end: number): void {
    if (sink.exemplar === undefined) return;
    this.#exemplar.read(reader, start, end);
    sink.exemplar(reader.bytes, start, end, this.#exemplar.value, this.#exemplar.timeMs);
  }

  /** Native histograms get exemplars only with a time: there may be several, and else none could be told from another. */
  #tellTimedExemplar(reader: WireReader, sink: ProtobufSink, start: number, end: number): void {
    if (sink.exemplar === undefined) return;
    this.#exemplar.read(reader, start, end);
    if (!Number.isNaN(this.#exemplar.timeMs))
      sink.exemplar(reader.bytes, start, end, this.#exemplar.value, this.#exemplar.timeMs);
  }
}

function valueTagOf(type: number): number {
  switch (type) {
    case TYPE.counter:
      return METRIC_TAG.counter;
    case TYPE.gauge:
      return METRIC_TAG.gauge;
    case TYPE.summary:
      return METRIC_TAG.summary;
    case TYPE.untyped:
      return METRIC_TAG.untyped;
    default:
      return METRIC_TAG.histogram;
  }
}

function readPlace(reader: WireReader, place: Place): void {
  const length = reader.length();
  place.start = reader.pos;
  place.end = reader.pos += length;
}

function readQuantile(reader: WireReader, into: number[]): void {
  const length = reader.length();
  const outer = reader.end;
  const end = reader.pos + length;
  reader.end = end;
  let quantile = 0;
  let value = 0;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === QUANTILE_TAG.quantile) quantile = reader.double();
    else if (tag === QUANTILE_TAG.value) value = reader.double();
    else reader.skip(tag);
  }
  reader.end = outer;
  into.push(quantile, value);
}
