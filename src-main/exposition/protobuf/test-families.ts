/** For tests: io.prometheus.client.MetricFamily messages, delimited, as client_golang sends them. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

type Labels = Readonly<Record<string, string>>;

export interface SentExemplar {
  readonly labels: Labels;
  readonly value: number;
  readonly timeMs?: number;
}

export interface SentHistogram {
  readonly count?: number;
  readonly countFloat?: number;
  readonly sum?: number;
  readonly buckets?: readonly { readonly le: number; readonly count: number; readonly exemplar?: SentExemplar }[];
  readonly schema?: number;
  readonly zeroThreshold?: number;
  readonly zeroCount?: number;
  readonly positive?: { readonly spans: readonly (readonly [number, number])[]; readonly deltas: readonly number[] };
  readonly negative?: { readonly spans: readonly (readonly [number, number])[]; readonly deltas: readonly number[] };
  /** Instead of deltas, for a histogram of floats. */
  readonly positiveCounts?: readonly number[];
  readonly createdMs?: number;
  readonly exemplars?: readonly SentExemplar[];
}

export interface SentMetric {
  readonly labels?: Labels;
  readonly timeMs?: number;
  readonly counter?: { readonly value: number; readonly exemplar?: SentExemplar; readonly createdMs?: number };
  readonly gauge?: number;
  readonly untyped?: number;
  readonly summary?: {
    readonly count: number;
    readonly sum: number;
    readonly quantiles: readonly (readonly [number, number])[];
  };
  readonly histogram?: SentHistogram;
}

export interface SentFamily {
  readonly name: string;
  readonly help?: string;
  readonly type: number;
  readonly unit?: string;
  readonly metrics: readonly SentMetric[];
}

const nested = WireType.LengthDelimited;

export function encodeFamilies(families: readonly SentFamily[]): Uint8Array {
  const body = new BinaryWriter();
  for (const family of families) {
    body.fork();
    body.tag(1, nested).string(family.name);
    if (family.help !== undefined) body.tag(2, nested).string(family.help);
    body.tag(3, WireType.Varint).int32(family.type);
    for (const metric of family.metrics) writeMetric(body.tag(4, nested).fork(), metric);
    if (family.unit !== undefined) body.tag(5, nested).string(family.unit);
    body.join();
  }
  return body.finish();
}

function writeMetric(w: BinaryWriter, metric: SentMetric): void {
  writeLabels(w, metric.labels ?? {});
  if (metric.gauge !== undefined) double(w.tag(2, nested).fork(), 1, metric.gauge).join();
  if (metric.counter !== undefined) {
    const { value, exemplar, createdMs } = metric.counter;
    double(w.tag(3, nested).fork(), 1, value);
    if (exemplar !== undefined) writeExemplar(w.tag(2, nested).fork(), exemplar);
    if (createdMs !== undefined) writeTimestamp(w.tag(3, nested).fork(), createdMs);
    w.join();
  }
  if (metric.summary !== undefined) {
    const { count, sum, quantiles } = metric.summary;
    double(w.tag(4, nested).fork().tag(1, WireType.Varint).uint64(count), 2, sum);
    for (const [quantile, value] of quantiles) double(double(w.tag(3, nested).fork(), 1, quantile), 2, value).join();
    w.join();
  }
  if (metric.untyped !== undefined) double(w.tag(5, nested).fork(), 1, metric.untyped).join();
  if (metric.timeMs !== undefined) w.tag(6, WireType.Varint).int64(metric.timeMs);
  if (metric.histogram !== undefined) writeHistogram(w.tag(7, nested).fork(), metric.histogram);
  w.join();
}

function writeHistogram(w: BinaryWriter, h: SentHistogram): void {
  if (h.count !== undefined) w.tag(1, WireType.Varint).uint64(h.count);
  if (h.sum !== undefined) double(w, 2, h.sum);
  for (const { le, count, exemplar } of h.buckets ?? []) {
    double(w.tag(3, nested).fork().tag(1, WireType.Varint).uint64(count), 2, le);
    if (exemplar !== undefined) writeExemplar(w.tag(3, nested).fork(), exemplar);
    w.join();
  }
  if (h.countFloat !== undefined) double(w, 4, h.countFloat);
  if (h.schema !== undefined) w.tag(5, WireType.Varint).sint32(h.schema);
  if (h.zeroThreshold !== undefined) double(w, 6, h.zeroThreshold);
  if (h.zeroCount !== undefined) w.tag(7, WireType.Varint).uint64(h.zeroCount);
  writeSpans(w, 9, h.negative?.spans ?? []);
  for (const delta of h.negative?.deltas ?? []) w.tag(10, WireType.Varint).sint64(delta);
  writeSpans(w, 12, h.positive?.spans ?? []);
  const deltas = h.positive?.deltas ?? [];
  if (deltas.length > 0) deltas.reduce((p, delta) => p.sint64(delta), w.tag(13, nested).fork()).join();
  for (const count of h.positiveCounts ?? []) double(w, 14, count);
  if (h.createdMs !== undefined) writeTimestamp(w.tag(15, nested).fork(), h.createdMs);
  for (const exemplar of h.exemplars ?? []) writeExemplar(w.tag(16, nested).fork(), exemplar);
  w.join();
}

function writeSpans(w: BinaryWriter, field: number, spans: readonly (readonly [number, number])[]): void {
  for (const [offset, length] of spans)
    w.tag(field, nested).fork().tag(1, WireType.Varint).sint32(offset).tag(2, WireType.Varint).uint32(length).join();
}

function writeLabels(w: BinaryWriter, labels: Labels): void {
  for (const [name, value] of Object.entries(labels))
    w.tag(1, nested).fork().tag(1, nested).string(name).tag(2, nested).string(value).join();
}

function writeExemplar(w: BinaryWriter, { labels, value, timeMs }: SentExemplar): void {
  writeLabels(w, labels);
  double(w, 2, value);
  if (timeMs !== undefined) writeTimestamp(w.tag(3, nested).fork(), timeMs);
  w.join();
}

function writeTimestamp(w: BinaryWriter, timeMs: number): void {
  w.tag(1, WireType.Varint).int64(Math.floor(timeMs / 1000));
  w.tag(2, WireType.Varint)
    .int32((timeMs - 1000 * Math.floor(timeMs / 1000)) * 1e6)
    .join();
}

function double(w: BinaryWriter, field: number, value: number): BinaryWriter {
  return w.tag(field, WireType.Bit64).double(value);
}
