/** For tests: requests of both versions as bytes; samples carry the bits of their value. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

export interface SentSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly samples: readonly (readonly [timeMs: number, bits: bigint])[];
  /** Empty ones, or these. */
  readonly histograms?: number | readonly SentHistogram[];
  readonly exemplars?: readonly SentExemplar[];
  /** Of version 2. */
  readonly metadata?: { readonly type: number; readonly help: string; readonly unit: string };
}

export interface SentHistogram {
  readonly timeMs: number;
  readonly count: number;
  readonly sum: number;
  readonly schema: number;
  readonly spans: readonly (readonly [offset: number, length: number])[];
  readonly deltas: readonly number[];
  readonly customValues?: readonly number[];
  /** Instead of integers. */
  readonly counts?: readonly number[];
}

export interface SentExemplar {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
  readonly timeMs: number;
}

export function encodeWriteRequest(series: readonly SentSeries[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const one of series) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writeLabels(writer, one.labels);
    writeSamples(writer, one);
    for (const { labels, value, timeMs } of one.exemplars ?? []) {
      writeLabels(writer.tag(3, WireType.LengthDelimited).fork(), labels);
      writer.tag(2, WireType.Bit64).double(value).tag(3, WireType.Varint).int64(timeMs).join();
    }
    writeHistograms(writer, 4, one.histograms ?? 0);
    writer.join();
  }
  // Metadata: a field that is known and left alone.
  return writer
    .tag(3, WireType.LengthDelimited)
    .bytes(new Uint8Array([8, 1]))
    .finish();
}

/** io.prometheus.write.v2.Request. */
export function encodeWriteRequestV2(series: readonly SentSeries[]): Uint8Array {
  const symbols = [''];
  const refOf = (text: string) => {
    if (!symbols.includes(text)) symbols.push(text);
    return symbols.indexOf(text);
  };
  const writer = new BinaryWriter();
  for (const one of series) {
    writer.tag(5, WireType.LengthDelimited).fork();
    writeRefs(writer, one.labels.flat().map(refOf));
    writeSamples(writer, one);
    writeHistograms(writer, 3, one.histograms ?? 0);
    for (const { labels, value, timeMs } of one.exemplars ?? []) {
      writeRefs(writer.tag(4, WireType.LengthDelimited).fork(), labels.flat().map(refOf));
      writer.tag(2, WireType.Bit64).double(value).tag(3, WireType.Varint).int64(timeMs).join();
    }
    if (one.metadata !== undefined) {
      const { type, help, unit } = one.metadata;
      writer.tag(5, WireType.LengthDelimited).fork().tag(1, WireType.Varint).uint32(type);
      writer.tag(3, WireType.Varint).uint32(refOf(help)).tag(4, WireType.Varint).uint32(refOf(unit)).join();
    }
    writer.join();
  }
  for (const symbol of symbols) writer.tag(4, WireType.LengthDelimited).string(symbol);
  return writer.finish();
}

function writeRefs(writer: BinaryWriter, refs: readonly number[]): void {
  writer.tag(1, WireType.LengthDelimited).fork();
  for (const ref of refs) writer.uint32(ref);
  writer.join();
}

function writeLabels(writer: BinaryWriter, labels: SentSeries['labels']): void {
  for (const [name, value] of labels) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(name).tag(2, WireType.LengthDelimited).string(value).join();
  }
}

function writeSamples(writer: BinaryWriter, { samples }: SentSeries): void {
  for (const [timeMs, bits] of samples) {
    writer.tag(2, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Bit64).fixed64(bits).tag(2, WireType.Varint).int64(timeMs).join();
  }
}

function writeHistograms(writer: BinaryWriter, field: number, sent: number | readonly SentHistogram[]): void {
  if (typeof sent === 'number') {
    for (let i = 0; i < sent; i++) writer.tag(field, WireType.LengthDelimited).bytes(new Uint8Array());
    return;
  }
  for (const h of sent) {
    writer.tag(field, WireType.LengthDelimited).fork();
    if (h.counts === undefined) writer.tag(1, WireType.Varint).uint64(h.count);
    else writer.tag(2, WireType.Bit64).double(h.count);
    writer.tag(3, WireType.Bit64).double(h.sum).tag(4, WireType.Varint).sint32(h.schema);
    for (const [offset, length] of h.spans) {
      writer.tag(11, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.Varint).sint32(offset).tag(2, WireType.Varint).uint32(length).join();
    }
    writer.tag(12, WireType.LengthDelimited).fork();
    for (const delta of h.deltas) writer.sint64(delta);
    writer.join();
    for (const count of h.counts ?? []) writer.tag(13, WireType.Bit64).double(count);
    writer.tag(15, WireType.Varint).int64(h.timeMs);
    for (const bound of h.customValues ?? []) writer.tag(16, WireType.Bit64).double(bound);
    writer.join();
  }
}

export function bitsOf(value: number): bigint {
  return new BigUint64Array(new Float64Array([value]).buffer)[0] ?? 0n;
}
