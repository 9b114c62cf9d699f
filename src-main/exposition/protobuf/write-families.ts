/** Prints families as io.prometheus.client.MetricFamily, delimited: what /federate answers with (web/federate.go). */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type Labels, labelEntries, METRIC_NAME } from '../../model/labels.ts';
import { CUSTOM_BUCKETS_SCHEMA, type HistogramBuckets, type NativeHistogram } from '../../model/native-histogram.ts';
import { TYPE } from './family-head.ts';

export interface FamilySample {
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value: number | NativeHistogram;
}

/** Samples of one metric name, all of them values or all of them histograms of one kind. */
export interface FamilyOfSamples {
  readonly name: string;
  readonly samples: readonly FamilySample[];
}

const NESTED = WireType.LengthDelimited;

export function writeFamilies(families: Iterable<FamilyOfSamples>): Uint8Array {
  const body = new BinaryWriter();
  for (const { name, samples } of families) {
    body.fork().tag(1, NESTED).string(name).tag(3, WireType.Varint).int32(typeOf(samples));
    for (const sample of samples) writeMetric(body.tag(4, NESTED).fork(), sample);
    body.join();
  }
  return body.finish();
}

function typeOf([first]: readonly FamilySample[]): number {
  if (first === undefined || typeof first.value === 'number') return TYPE.untyped;
  return first.value.counterReset === 'gauge' ? TYPE.gaugeHistogram : TYPE.histogram;
}

function writeMetric(w: BinaryWriter, { labels, timeMs, value }: FamilySample): void {
  for (const [name, text] of labelEntries(labels))
    if (name !== METRIC_NAME) w.tag(1, NESTED).fork().tag(1, NESTED).string(name).tag(2, NESTED).string(text).join();
  if (typeof value === 'number') w.tag(5, NESTED).fork().tag(1, WireType.Bit64).double(value).join();
  w.tag(6, WireType.Varint).int64(timeMs);
  if (typeof value !== 'number') writeHistogram(w.tag(7, NESTED).fork(), value);
  w.join();
}

/** Counts are told as floats, whatever they are; custom buckets have no form of their own and become classic ones. */
function writeHistogram(w: BinaryWriter, h: NativeHistogram): void {
  w.tag(2, WireType.Bit64).double(h.sum);
  if (h.schema === CUSTOM_BUCKETS_SCHEMA)
    for (const [upper, count] of cumulativeBuckets(h))
      w.tag(3, NESTED).fork().tag(2, WireType.Bit64).double(upper).tag(4, WireType.Bit64).double(count).join();
  w.tag(4, WireType.Bit64).double(h.count);
  if (h.schema !== CUSTOM_BUCKETS_SCHEMA) {
    w.tag(5, WireType.Varint).sint32(h.schema).tag(6, WireType.Bit64).double(h.zeroThreshold);
    w.tag(8, WireType.Bit64).double(h.zeroCount);
    writeBuckets(w, { spans: 9, counts: 11 }, h.negative);
    writeBuckets(w, { spans: 12, counts: 14 }, h.positive);
  }
  w.join();
}

function writeBuckets(
  w: BinaryWriter,
  fields: { readonly spans: number; readonly counts: number },
  { spans, counts }: HistogramBuckets,
): void {
  for (let i = 0; i < spans.length; i += 2) {
    w.tag(fields.spans, NESTED).fork();
    w.tag(1, WireType.Varint).sint32(spans[i]!);
    w.tag(2, WireType.Varint)
      .uint32(spans[i + 1]!)
      .join();
  }
  for (const count of counts) w.tag(fields.counts, WireType.Bit64).double(count);
}

/** The classic buckets that custom ones stand for: every bound, the empty ones too, up to +Inf. */
export function cumulativeBuckets({ positive, customValues }: NativeHistogram): [upper: number, count: number][] {
  const counts = new Float64Array(customValues.length + 1);
  let index = 0;
  let at = 0;
  for (let i = 0; i < positive.spans.length; i += 2) {
    index += positive.spans[i]!;
    for (const end = at + positive.spans[i + 1]!; at < end; at++, index++) counts[index] = positive.counts[at]!;
  }
  let sum = 0;
  return Array.from(counts, (count, i) => {
    sum += count;
    return [customValues[i] ?? Number.POSITIVE_INFINITY, sum];
  });
}
