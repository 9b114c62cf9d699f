/** `tombstones` of a block (tsdb/tombstones/tombstones.go). */
import fs from 'node:fs';
import path from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { CorruptionError } from '../errors.ts';
import { Tombstones } from '../tombstones.ts';

const MAGIC = 0x0130ba30;
const HEADER_BYTES = 5;

/** A missing file is an empty one. Throws CorruptionError. */
export function readTombstones(blockDir: string): Tombstones {
  const file = path.join(blockDir, 'tombstones');
  const stones = new Tombstones();
  if (!fs.existsSync(file)) return stones;
  const bytes = fs.readFileSync(file);
  const end = bytes.length - 4;
  if (end < HEADER_BYTES || bytes.readUInt32BE(0) !== MAGIC || bytes[4] !== 1) {
    throw new CorruptionError(`${file} is not a tombstones file of version 1`);
  }
  if (crc32c(bytes.subarray(HEADER_BYTES, end)) !== bytes.readUInt32BE(end)) {
    throw new CorruptionError(`${file}: checksum mismatch`);
  }
  const reader = new ByteReader(bytes, HEADER_BYTES, end);
  while (reader.left > 0) stones.add(reader.uvarint(), reader.varint(), reader.varint());
  return stones;
}

/** Written beside and renamed. */
export function writeTombstones(blockDir: string, stones: Tombstones): void {
  const out = new ByteWriter();
  out.u32(MAGIC);
  out.u8(1);
  for (const [id, intervals] of stones.entries()) {
    for (let i = 0; i < intervals.length; i += 2) {
      out.uvarint(id);
      out.varint(intervals[i]!);
      out.varint(intervals[i + 1]!);
    }
  }
  out.u32(crc32c(out.written().subarray(HEADER_BYTES)));
  const file = path.join(blockDir, 'tombstones');
  fs.writeFileSync(`${file}.tmp`, out.written(), { flush: true });
  fs.renameSync(`${file}.tmp`, file);
}
