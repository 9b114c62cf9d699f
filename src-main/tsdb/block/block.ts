import fs from 'node:fs';
import path from 'node:path';
import { CorruptionError } from '../errors.ts';
import type { Tombstones } from '../tombstones.ts';
import { CHUNKS_HEADER_BYTES, CHUNKS_MAGIC, listChunkFiles } from './chunk-files.ts';
import { CachedFile, type FileCache } from './file-cache.ts';
import { IndexReader } from './index-reader.ts';
import { type BlockMeta, readMeta, writeTombstoneCount } from './meta.ts';
import { syncDirectory } from './output-file.ts';
import { RememberedSeries } from './remembered-series.ts';
import { readTombstones, writeTombstones } from './tombstone-file.ts';

/** An open block: files stay open until the last reader is gone, though the directory may go before. */
export class Block {
  readonly dir: string;
  readonly index: IndexReader;
  readonly chunkFiles: readonly CachedFile[];
  readonly #files: readonly CachedFile[];
  readonly remembered: RememberedSeries;
  #meta: BlockMeta;
  #tombstones: Tombstones;
  #sizeBytes: number;
  #readers = 0;
  #isClosing = false;

  private constructor(parts: Pick<Block, 'dir' | 'meta' | 'index' | 'chunkFiles' | 'tombstones'>, files: CachedFile[]) {
    this.dir = parts.dir;
    this.#meta = parts.meta;
    this.index = parts.index;
    this.remembered = new RememberedSeries(parts.index);
    this.chunkFiles = parts.chunkFiles;
    this.#tombstones = parts.tombstones;
    this.#files = files;
    this.#sizeBytes = this.#measure();
  }

  /** Checks what can be checked without reading all. Throws CorruptionError, or what the file system says. */
  static open(dir: string, cache: FileCache): Block {
    const meta = readMeta(dir);
    const files: CachedFile[] = [];
    const openFile = (file: string) => {
      const opened = new CachedFile(file, cache);
      files.push(opened);
      return opened;
    };
    try {
      const index = new IndexReader(openFile(path.join(dir, 'index')));
      const chunkFiles = listChunkFiles(path.join(dir, 'chunks')).map(openFile);
      checkChunkFiles(dir, chunkFiles, meta);
      return new Block({ dir, meta, index, chunkFiles, tombstones: readTombstones(dir) }, files);
    } catch (error) {
      for (const file of files) file.close();
      throw error;
    }
  }

  get meta(): BlockMeta {
    return this.#meta;
  }

  /** Never changed: a deletion puts others in their place. */
  get tombstones(): Tombstones {
    return this.#tombstones;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Puts other tombstones in the place of those there are, on the disk first. Readers keep what they have. */
  replaceTombstones(stones: Tombstones): void {
    writeTombstones(this.dir, stones);
    this.#tombstones = stones;
    this.#meta = writeTombstoneCount(this.dir, this.#meta, stones.count);
    this.#sizeBytes = this.#measure();
    syncDirectory(this.dir);
  }

  #measure(): number {
    return this.#files.reduce((sum, file) => sum + file.sizeBytes, 0) + smallFilesBytes(this.dir);
  }

  retain(): void {
    this.#readers++;
  }

  release(): void {
    this.#readers--;
    if (this.#isClosing && this.#readers === 0) this.#closeFiles();
  }

  close(): void {
    this.#isClosing = true;
    if (this.#readers === 0) this.#closeFiles();
  }

  #closeFiles(): void {
    for (const file of this.#files) file.close();
  }
}

function checkChunkFiles(dir: string, files: readonly CachedFile[], meta: BlockMeta): void {
  if (files.length === 0 && meta.stats.numChunks > 0) throw new CorruptionError(`${dir}/chunks holds no chunk files`);
  for (const file of files) {
    const head = file.sizeBytes >= CHUNKS_HEADER_BYTES ? file.read(0, CHUNKS_HEADER_BYTES) : null;
    if (head === null || head.readUInt32BE(0) !== CHUNKS_MAGIC || head[4] !== 1) {
      throw new CorruptionError(`${file.path} is not a chunk file of version 1`);
    }
  }
}

function smallFilesBytes(dir: string): number {
  return ['meta.json', 'tombstones'].reduce((sum, name) => {
    const file = path.join(dir, name);
    return sum + (fs.existsSync(file) ? fs.statSync(file).size : 0);
  }, 0);
}
