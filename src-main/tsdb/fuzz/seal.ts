/** Puts right checksums onto garbled bytes, so that what is behind the checksum is tried too. */
import { crc32c } from '@node-rs/crc32';
import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import type { Random } from './mutate.ts';
import { mutated } from './mutate.ts';

function crcOf(bytes: Uint8Array): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(crc32c(Buffer.from(bytes)));
  return out;
}

/** bytes[from..to) garbled, their checksum after them put right; lengths stay. */
function garbledWithin(bytes: Buffer, from: number, to: number, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  const piece = mutated(copy.subarray(from, to), random).bytes;
  piece.copy(copy, from, 0, Math.min(piece.length, to - from));
  crcOf(copy.subarray(from, to)).copy(copy, to);
  return copy;
}

/** The body between header and checksum. */
export function garbledTombstones(bytes: Buffer, random: Random): Buffer {
  const body = mutated(bytes.subarray(5, bytes.length - 4), random).bytes;
  return Buffer.concat([bytes.subarray(0, 5), body, crcOf(body)]);
}

/** One section of an index, or its contents, or one series' entry. */
export function garbledIndex(bytes: Buffer, random: Random): Buffer {
  const toc = bytes.length - 52;
  const [symbols, series, , labelTable, postings, postingsTable] = [0, 1, 2, 3, 4, 5].map((i) =>
    Number(bytes.readBigUInt64BE(toc + 8 * i)),
  );
  switch (random.below(5)) {
    case 0:
      return garbledWithin(bytes, toc, bytes.length - 4, random);
    case 1: {
      const at = random.pick(seriesPlaces(bytes, series ?? 0, labelTable ?? 0));
      const reader = new ByteReader(bytes, at);
      const length = reader.uvarint();
      return garbledWithin(bytes, reader.at, reader.at + length, random);
    }
    case 2:
      return garbledSection(bytes, symbols ?? 0, random);
    case 3:
      return garbledSection(bytes, postings ?? 0, random); // that of all series
    default:
      return garbledSection(bytes, postingsTable ?? 0, random);
  }
}

function garbledSection(bytes: Buffer, at: number, random: Random): Buffer {
  const length = bytes.readUInt32BE(at);
  return garbledWithin(bytes, at + 4, at + 4 + length, random);
}

function seriesPlaces(bytes: Buffer, from: number, to: number): number[] {
  const places: number[] = [];
  for (let at = Math.ceil(from / 16) * 16; at < to; ) {
    const reader = new ByteReader(bytes, at);
    const length = reader.uvarint();
    if (length === 0) break;
    places.push(at);
    at = Math.ceil((reader.at + length + 4) / 16) * 16;
    if (at + 16 > to || bytes[at] === 0) break;
  }
  return places;
}

/** A block's chunk file with one chunk garbled. */
export function garbledChunks(bytes: Buffer, random: Random): Buffer {
  const places: { readonly from: number; readonly to: number }[] = [];
  for (let at = 8; at < bytes.length; ) {
    const reader = new ByteReader(bytes, at);
    const length = reader.uvarint();
    places.push({ from: reader.at, to: reader.at + 1 + length });
    at = reader.at + 1 + length + 4;
  }
  const { from, to } = random.pick(places);
  return garbledWithin(bytes, from, to, random);
}

/** A head chunk file of the chunks given, one of them garbled. */
export function garbledHeadChunks(bytes: Buffer, random: Random): Buffer {
  const reader = new ByteReader(bytes, 8);
  const places: { readonly from: number; readonly to: number }[] = [];
  while (reader.left > 25) {
    const from = reader.at;
    reader.skip(25);
    reader.skip(reader.uvarint());
    places.push({ from, to: reader.at });
    reader.skip(4);
  }
  const { from, to } = random.pick(places);
  return garbledWithin(bytes, from, to, random);
}

/** A head chunk file of one series' chunks. */
export function headChunkFile(
  chunks: readonly { readonly ref: number; readonly times: readonly [number, number]; readonly data: Buffer }[],
): Buffer {
  const out = new ByteWriter();
  out.u32(0x0130bc91);
  out.u32(0x01000000);
  for (const { ref, times, data } of chunks) {
    const from = out.length;
    out.i64(ref);
    out.i64(times[0]);
    out.i64(times[1]);
    out.u8(1);
    out.uvarint(data.length);
    out.raw(data);
    out.raw(crcOf(out.written().subarray(from)));
  }
  return Buffer.from(out.written());
}
