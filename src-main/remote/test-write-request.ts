/** For tests: a prometheus.WriteRequest as bytes; samples carry the bits of their value. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

export interface SentSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly samples: readonly (readonly [timeMs: number, bits: bigint])[];
  readonly histograms?: number;
}

export function encodeWriteRequest(series: readonly SentSeries[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const { labels, samples, histograms = 0 } of series) {
    writer.tag(1, WireType.LengthDelimited).fork();
    for (const [name, value] of labels) {
      writer.tag(1, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(name).tag(2, WireType.LengthDelimited).string(value).join();
    }
    for (const [timeMs, bits] of samples) {
      writer.tag(2, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.Bit64).fixed64(bits).tag(2, WireType.Varint).int64(timeMs).join();
    }
    for (let i = 0; i < histograms; i++) writer.tag(4, WireType.LengthDelimited).bytes(new Uint8Array());
    writer.join();
  }
  // Metadata: a field that is known and left alone.
  return writer
    .tag(3, WireType.LengthDelimited)
    .bytes(new Uint8Array([8, 1]))
    .finish();
}

export function bitsOf(value: number): bigint {
  return new BigUint64Array(new Float64Array([value]).buffer)[0] ?? 0n;
}
