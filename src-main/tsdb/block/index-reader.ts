/** The index file of a block, versions 1 to 3 (tsdb/index/index.go); drawn in tsdb/README.md. */
import { crc32c } from '@node-rs/crc32';
import { crc32cOf } from '../../kernels/crc32c.ts';
import { ByteReader } from '../byte-reader.ts';
import { CorruptionError } from '../errors.ts';
import type { LabelPostings } from '../matching.ts';
import { NO_POSTINGS } from '../postings.ts';
import type { CachedFile } from './file-cache.ts';
import { INDEX_MAGIC, TOC_BYTES } from './index-writer.ts';
import { PostingsTable } from './postings-table.ts';
import { SymbolTable } from './symbol-table.ts';

/** What one series entry takes at most on a first look; longer ones are looked at again. */
const SERIES_LOOK_BYTES = 1024;
/** Ids of postings kept decoded at a time, before all are let go of: 1 MiB a block. */
const MAX_KEPT_IDS = 262_144;
/** Up to this size a CRC is taken without a call into the native library. */
const SMALL_BYTES = 256;
/** What a list counts besides its ids. */
const LIST_COST = 32;

interface Toc {
  readonly symbols: number;
  readonly postingsTable: number;
}

export class IndexReader implements LabelPostings {
  readonly #file: CachedFile;
  readonly version: number;
  readonly #toc: Toc;
  #symbols: SymbolTable | null = null;
  #table: PostingsTable | null = null;
  /** Postings asked for lately, by their place in the file. */
  readonly #kept = new Map<number, Uint32Array>();
  #keptIds = 0;
  readonly #entry = new ByteReader(Buffer.alloc(0));

  /** Reads head and foot of the file; the rest when it is asked for. Throws CorruptionError. */
  constructor(file: CachedFile) {
    this.#file = file;
    if (file.sizeBytes < 5 + TOC_BYTES) throw new CorruptionError(`${file.path} is too short for an index`);
    const head = file.read(0, 5);
    this.version = head[4]!;
    if (head.readUInt32BE(0) !== INDEX_MAGIC || this.version < 1 || this.version > 3) {
      throw new CorruptionError(`${file.path} is not an index of version 1, 2 or 3`);
    }
    this.#toc = readToc(file);
  }

  get symbols(): SymbolTable {
    return this.loadSymbols();
  }

  loadSymbols(): SymbolTable {
    this.#symbols ??= new SymbolTable(this.#section(this.#toc.symbols), this.version, this.#toc.symbols);
    return this.#symbols;
  }

  get #postingsTable(): PostingsTable {
    this.#table ??= new PostingsTable(this.#section(this.#toc.postingsTable));
    return this.#table;
  }

  /** The content of a section, copied, its checksum checked. */
  #section(offset: number): Buffer {
    const length = this.#file.read(offset, 4).readUInt32BE(0);
    if (offset + 4 + length + 4 > this.#file.sizeBytes) {
      throw new CorruptionError(`${this.#file.path}: a section at ${offset} is longer than the file`);
    }
    const bytes = this.#file.read(offset + 4, length + 4);
    const content = bytes.subarray(0, length);
    if (crc32c(content) !== bytes.readUInt32BE(length)) {
      throw new CorruptionError(`${this.#file.path}: checksum mismatch in the section at ${offset}`);
    }
    return content;
  }

  all(): Uint32Array {
    return this.postings('', '');
  }

  names(): string[] {
    return this.#postingsTable.names();
  }

  values(name: string): readonly string[] {
    return this.#postingsTable.values(name);
  }

  postings(name: string, value: string): Uint32Array {
    const offset = this.#postingsTable.find(name, value);
    if (offset < 0) return NO_POSTINGS;
    const kept = this.#kept.get(offset);
    if (kept !== undefined) return kept;
    const ids = this.#readPostings(offset);
    this.#keep(offset, ids);
    return ids;
  }

  #keep(offset: number, ids: Uint32Array): void {
    const cost = ids.length + LIST_COST;
    if (cost > MAX_KEPT_IDS) return;
    if (this.#keptIds + cost > MAX_KEPT_IDS) {
      this.#kept.clear();
      this.#keptIds = 0;
    }
    this.#kept.set(offset, ids);
    this.#keptIds += cost;
  }

  /** Through the cache: the lists of neighbouring values lie side by side. */
  #readPostings(offset: number): Uint32Array {
    const head = this.#file.view(offset, 4);
    const length = u32At(head.bytes, head.at);
    const { bytes, at } = this.#file.view(offset + 4, length + 4);
    const end = at + length;
    if (crcOf(bytes, at, end) !== u32At(bytes, end)) {
      throw new CorruptionError(`${this.#file.path}: checksum mismatch in the section at ${offset}`);
    }
    const count = length < 4 ? -1 : u32At(bytes, at);
    if (count < 0 || length !== 4 + 4 * count) {
      throw new CorruptionError(`${this.#file.path}: postings at ${offset} have a wrong length`);
    }
    const ids = new Uint32Array(count);
    for (let i = 0; i < count; i++) ids[i] = u32At(bytes, at + 4 + 4 * i);
    return ids;
  }

  /** A reader over the entry of one series, its checksum checked; valid until the next call. */
  seriesEntry(id: number): ByteReader {
    const offset = this.version === 1 ? id : id * 16;
    const entry = this.#entry;
    let { bytes, at, left } = this.#file.viewUpTo(offset, SERIES_LOOK_BYTES);
    entry.bytes = bytes;
    entry.at = at;
    entry.end = at + left;
    const length = entry.uvarint();
    const headBytes = entry.at - at;
    if (headBytes + length + 4 > left) {
      ({ bytes, at } = this.#file.view(offset, headBytes + length + 4));
      left = headBytes + length + 4;
      entry.bytes = bytes;
      entry.at = at + headBytes;
    }
    entry.end = entry.at + length;
    if (!this.#file.isIntact(offset)) {
      if (crc32cOf(bytes, entry.at, entry.end) !== bytes.readUInt32BE(entry.end)) {
        throw new CorruptionError(`${this.#file.path}: checksum mismatch in the series at ${offset}`);
      }
      this.#file.setIntact(offset, headBytes + length + 4);
    }
    return entry;
  }
}

function readToc(file: CachedFile): Toc {
  const bytes = file.read(file.sizeBytes - TOC_BYTES, TOC_BYTES);
  const content = bytes.subarray(0, TOC_BYTES - 4);
  if (crc32c(content) !== bytes.readUInt32BE(TOC_BYTES - 4)) {
    throw new CorruptionError(`${file.path}: checksum mismatch in the table of contents`);
  }
  const reader = new ByteReader(content);
  const symbols = reader.u64();
  reader.skip(4 * 8);
  const postingsTable = reader.u64();
  return { symbols, postingsTable };
}

function u32At(bytes: Buffer, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function crcOf(bytes: Buffer, start: number, end: number): number {
  return end - start <= SMALL_BYTES ? crc32cOf(bytes, start, end) : crc32c(bytes.subarray(start, end));
}
