import type { WireReader } from './wire-reader.ts';

const SECONDS = 0x08;
const NANOS = 0x10;

/** google.protobuf.Timestamp as a field that begins here, in whole milliseconds. */
export function readTimestamp(reader: WireReader): number {
  const length = reader.length();
  const outer = reader.end;
  const end = reader.pos + length;
  reader.end = end;
  let seconds = 0;
  let nanos = 0;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === SECONDS) seconds = reader.int64();
    else if (tag === NANOS) nanos = reader.int64();
    else reader.skip(tag);
  }
  reader.end = outer;
  return seconds * 1000 + Math.trunc(nanos / 1_000_000);
}
