/** Chunk segments of a block (tsdb/chunks/chunks.go). */
import fs from 'node:fs';
import path from 'node:path';
import { crc32cOf } from '../../kernels/crc32c.ts';
import { OutputFile } from './output-file.ts';

export const CHUNKS_MAGIC = 0x85bd40dd;
export const CHUNKS_HEADER_BYTES = 8;
const MAX_SEGMENT_BYTES = 512 * 1024 * 1024;

/** Where a chunk lies: `segment` counts from 0, `offset` is in that file. */
export interface ChunkPlace {
  readonly segment: number;
  readonly offset: number;
}

export class ChunkFilesWriter {
  readonly #dir: string;
  #segment = -1;
  #file: OutputFile | null = null;

  /** `dir` is the block's `chunks` directory, which must exist and be empty. */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Writes one chunk whose data is bytes[start..end). */
  write(encoding: number, bytes: Uint8Array, start: number, end: number): ChunkPlace {
    const file = this.#fileWithRoom(end - start + 16);
    const { out } = file;
    const offset = file.offset;
    out.uvarint(end - start);
    const from = out.length;
    out.u8(encoding);
    out.raw(bytes.subarray(start, end));
    out.u32(crc32cOf(out.bytes, from, out.length));
    file.settle();
    return { segment: this.#segment, offset };
  }

  #fileWithRoom(bytes: number): OutputFile {
    if (this.#file !== null && this.#file.offset + bytes <= MAX_SEGMENT_BYTES) return this.#file;
    this.#file?.close();
    this.#segment++;
    const file = new OutputFile(path.join(this.#dir, String(this.#segment + 1).padStart(6, '0')));
    file.out.u32(CHUNKS_MAGIC);
    file.out.u32(0x01000000);
    this.#file = file;
    return file;
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  /** Gives the files up; does nothing after `close()`. */
  abandon(): void {
    this.#file?.abandon();
  }
}

/** Files of a `chunks` directory in order. */
export function listChunkFiles(dir: string): string[] {
  return fs
    .readdirSync(dir)
    .filter((name) => /^\d+$/.test(name))
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => path.join(dir, name));
}
