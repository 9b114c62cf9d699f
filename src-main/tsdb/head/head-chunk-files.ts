/** `chunks_head/`: chunks that Prometheus moved out of its head's memory (tsdb/chunks/head_chunks.go). */
import fs from 'node:fs';
import path from 'node:path';
import { crc32cOf } from '../../kernels/crc32c.ts';
import { ByteReader } from '../byte-reader.ts';
import { sampleCountOf } from '../chunk/decode-chunk.ts';
import { CorruptionError } from '../errors.ts';
import type { FinishedChunk } from './chunk-table.ts';
import type { Head } from './head.ts';

const MAGIC = 0x0130bc91;
const HEADER_BYTES = 8;
const OUT_OF_ORDER = 0x80;
const TWO_32 = 4294967296;

/** `place`: the number of its file, and in the lower four bytes where in that it begins. */
export interface PlacedChunk {
  readonly place: number;
  readonly chunk: FinishedChunk;
}

export interface HeadChunkReport {
  /** Chunks by the series they belong to, ascending in time; their bytes lie in the head's memory. */
  readonly chunks: Map<number, FinishedChunk[]>;
  /** Chunks of samples that came out of order, likewise, in the order they were written. */
  readonly outOfOrder: Map<number, PlacedChunk[]>;
  /** What stopped the reading of a file: the log holds the same samples. */
  readonly damages: string[];
  readonly files: { readonly file: string; maxTimeMs: number }[];
}

/** Reads every chunk that the head's valid time touches into its memory. */
export function readHeadChunks(dir: string, head: Head): HeadChunkReport {
  const report: HeadChunkReport = { chunks: new Map(), outOfOrder: new Map(), damages: [], files: [] };
  if (!fs.existsSync(dir)) return report;
  for (const name of fs
    .readdirSync(dir)
    .filter((entry) => /^\d+$/.test(entry))
    .sort()) {
    const file = path.join(dir, name);
    const entry = { file, maxTimeMs: Number.NEGATIVE_INFINITY };
    report.files.push(entry);
    try {
      readFile({ bytes: fs.readFileSync(file), number: Number(name) }, head, report, (maxTimeMs) => {
        entry.maxTimeMs = Math.max(entry.maxTimeMs, maxTimeMs);
      });
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      report.damages.push(`${file}: ${error.message}`);
    }
  }
  return report;
}

function readFile(
  { bytes, number }: { readonly bytes: Buffer; readonly number: number },
  head: Head,
  report: HeadChunkReport,
  onChunk: (maxTimeMs: number) => void,
): void {
  if (bytes.length === 0) return;
  if (bytes.length < HEADER_BYTES || bytes.readUInt32BE(0) !== MAGIC || bytes[4] !== 1) {
    throw new CorruptionError('not a head chunk file of version 1');
  }
  const reader = new ByteReader(bytes, HEADER_BYTES);
  while (reader.left > 0) {
    const from = reader.at;
    if (reader.left < 25 || isZeros(bytes, from)) return;
    const ref = reader.u64();
    const minTimeMs = reader.i64();
    const maxTimeMs = reader.i64();
    const encoding = reader.u8();
    const length = reader.uvarint();
    const start = reader.at;
    reader.skip(length);
    if (crc32cOf(bytes, from, reader.at) !== reader.u32())
      throw new CorruptionError(`checksum mismatch at byte ${from}`);
    head.series.reserveRef(ref);
    onChunk(maxTimeMs);
    const data = bytes.subarray(start, start + length);
    if ((encoding & OUT_OF_ORDER) !== 0) {
      if (length <= 2) continue;
      const chunk = keep(head, data, { minTimeMs, maxTimeMs, encoding: encoding & ~OUT_OF_ORDER });
      addTo(report.outOfOrder, ref, { place: number * TWO_32 + from, chunk });
    } else if (length > 2 && maxTimeMs >= head.minValidTimeMs) {
      const chunk = keep(head, data, { minTimeMs, maxTimeMs, encoding });
      addTo(report.chunks, ref, chunk);
    }
  }
}

function addTo<T>(lists: Map<number, T[]>, ref: number, item: T): void {
  const list = lists.get(ref);
  if (list === undefined) lists.set(ref, [item]);
  else list.push(item);
}

/** Files are given their whole length before they are written. */
function isZeros(bytes: Buffer, from: number): boolean {
  for (let i = from; i < from + 25; i++) if (bytes[i] !== 0) return false;
  return true;
}

function keep(
  head: Head,
  data: Buffer,
  rest: Pick<FinishedChunk, 'minTimeMs' | 'maxTimeMs' | 'encoding'>,
): FinishedChunk {
  const address = head.arena.allocate(data.length, 'finished');
  head.arena.memory.u8.set(data, address);
  return { address, bytes: data.length, count: sampleCountOf(rest.encoding, data, 0), ...rest };
}
