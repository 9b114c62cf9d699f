import fs from 'node:fs';
import { READ_AHEAD_BYTES } from '../../kernels/xor-chunk.ts';
import { CorruptionError } from '../errors.ts';

const PAGE_BYTES = 131_072;

/**
 * Recently read pages of block files, within a budget (second chance). Pages are never changed, so whoever got one may
 * keep it.
 */
export class FileCache {
  readonly #budgetPages: number;
  /** Pages in memory as file and page number, oldest first from #hand on. */
  #ring: { readonly file: CachedFile; readonly page: number }[] = [];
  #hand = 0;

  constructor(budgetBytes: number) {
    this.#budgetPages = Math.max(4, Math.floor(budgetBytes / PAGE_BYTES));
  }

  admit(file: CachedFile, page: number): void {
    if (this.#ring.length < this.#budgetPages) {
      this.#ring.push({ file, page });
      return;
    }
    for (;;) {
      const entry = this.#ring[this.#hand]!;
      if (!entry.file.dropUntouched(entry.page)) {
        this.#hand = (this.#hand + 1) % this.#ring.length;
        continue;
      }
      this.#ring[this.#hand] = { file, page };
      this.#hand = (this.#hand + 1) % this.#ring.length;
      return;
    }
  }

  forget(file: CachedFile): void {
    this.#ring = this.#ring.filter((entry) => entry.file !== file);
    this.#hand = 0;
  }
}

interface Page {
  readonly bytes: Buffer;
  /** A bit for every eighth byte: what begins there was found intact. */
  readonly checked: Uint8Array;
}

/** A file read by pages, as if it were mapped. */
export class CachedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly #cache: FileCache;
  readonly #pages: (Page | undefined)[] = [];
  readonly #touched: Uint8Array;
  #fd: number;

  constructor(path: string, cache: FileCache) {
    this.path = path;
    this.#cache = cache;
    this.#fd = fs.openSync(path, 'r');
    this.sizeBytes = fs.fstatSync(this.#fd).size;
    this.#touched = new Uint8Array(Math.ceil(this.sizeBytes / PAGE_BYTES) + 1);
  }

  /**
   * The bytes from `offset` on: at least `length`, and some to look ahead at, begin at `at` in `bytes`. Throws
   * CorruptionError when the file is shorter.
   */
  view(offset: number, length: number): { bytes: Buffer; at: number } {
    if (offset + length > this.sizeBytes) throw new CorruptionError(`${this.path} ends before byte ${offset + length}`);
    const page = Math.floor(offset / PAGE_BYTES);
    const at = offset - page * PAGE_BYTES;
    const first = this.#page(page);
    if (at + length <= PAGE_BYTES) return { bytes: first, at };
    if (at + length > 2 * PAGE_BYTES) return { bytes: this.read(offset, length), at: 0 };
    const bytes = Buffer.allocUnsafeSlow(length + READ_AHEAD_BYTES);
    first.copy(bytes, 0, at, PAGE_BYTES);
    this.#page(page + 1).copy(bytes, PAGE_BYTES - at, 0, at + length - PAGE_BYTES);
    return { bytes, at: 0 };
  }

  /**
   * Whether `setIntact` was called for what begins at `offset`, since those bytes were read from the disk. Things that
   * are asked about are at least eight bytes long.
   */
  isIntact(offset: number): boolean {
    const page = Math.floor(offset / PAGE_BYTES);
    const at = offset - page * PAGE_BYTES;
    return (((this.#pages[page]?.checked[at >>> 6] ?? 0) >>> ((at >>> 3) & 7)) & 1) === 1;
  }

  /** The `length` bytes from `offset` on are what they should be. */
  setIntact(offset: number, length: number): void {
    const page = Math.floor(offset / PAGE_BYTES);
    const at = offset - page * PAGE_BYTES;
    const checked = this.#pages[page]?.checked;
    if (checked === undefined || at + length > PAGE_BYTES) return;
    checked[at >>> 6] = checked[at >>> 6]! | (1 << ((at >>> 3) & 7));
  }

  /** As many bytes as there are from `offset` on, up to `length`; `left` says how many. */
  viewUpTo(offset: number, length: number): { bytes: Buffer; at: number; left: number } {
    const left = Math.min(length, this.sizeBytes - offset);
    return { ...this.view(offset, Math.max(0, left)), left };
  }

  #page(page: number): Buffer {
    this.#touched[page] = 1;
    const known = this.#pages[page];
    if (known !== undefined) return known.bytes;
    const bytes = this.read(page * PAGE_BYTES, Math.min(PAGE_BYTES, this.sizeBytes - page * PAGE_BYTES));
    this.#pages[page] = { bytes, checked: new Uint8Array(PAGE_BYTES / 64) };
    this.#cache.admit(this, page);
    return bytes;
  }

  dropUntouched(page: number): boolean {
    if (this.#touched[page] === 1) {
      this.#touched[page] = 0;
      return false;
    }
    this.#pages[page] = undefined;
    return true;
  }

  /** A copy from the file, past the cache. */
  read(offset: number, length: number): Buffer {
    if (offset + length > this.sizeBytes) throw new CorruptionError(`${this.path} ends before byte ${offset + length}`);
    const bytes = Buffer.allocUnsafeSlow(length + READ_AHEAD_BYTES);
    for (let done = 0; done < length; ) {
      const got = fs.readSync(this.#fd, bytes, done, length - done, offset + done);
      if (got === 0) throw new CorruptionError(`${this.path} ends before byte ${offset + length}`);
      done += got;
    }
    return bytes;
  }

  close(): void {
    if (this.#fd < 0) return;
    fs.closeSync(this.#fd);
    this.#fd = -1;
    this.#pages.length = 0;
    this.#cache.forget(this);
  }
}
