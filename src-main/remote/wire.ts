/** What both versions of remote write share on the wire (prompb/types.proto, io/prometheus/write/v2/types.proto). */
import { type BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { SampleColumns } from '../model/sample-columns.ts';

const SAMPLE = { value: 1, timestamp: 2 } as const;

/** The end of a length-delimited field that begins here. */
export function endOf(reader: BinaryReader, limit: number): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > limit) throw new RangeError('a field ends beyond its message');
  return end;
}

export function readSample(reader: BinaryReader, bytes: Uint8Array, samples: SampleColumns, limit: number): void {
  const end = endOf(reader, limit);
  samples.reserve(1);
  const at = samples.length++;
  samples.times[at] = 0;
  samples.values[at] = 0;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === SAMPLE.value && type === WireType.Bit64) {
      // As bits: a staleness marker does not survive being a number.
      const low = reader.pos;
      reader.skip(type, field);
      samples.halves[2 * at] = littleEndian(bytes, low);
      samples.halves[2 * at + 1] = littleEndian(bytes, low + 4);
    } else if (field === SAMPLE.timestamp && type === WireType.Varint) samples.times[at] = Number(reader.int64());
    else reader.skip(type, field);
  }
}

export function littleEndian(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0
  );
}

/** A repeated number, packed or not. */
export function readRepeated(
  reader: BinaryReader,
  type: WireType,
  limit: number,
  read: (reader: BinaryReader) => void,
): void {
  if (type !== WireType.LengthDelimited) {
    read(reader);
    return;
  }
  const end = endOf(reader, limit);
  while (reader.pos < end) read(reader);
}
