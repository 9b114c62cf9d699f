import fs from 'node:fs';
import { crc32c } from '@node-rs/crc32';
import snappy from 'snappy';
import { RecentQuantiles } from '../../model/recent-quantiles.ts';
import { WalWriteError } from '../errors.ts';
import {
  FLAG_SNAPPY,
  FRAGMENT_FIRST,
  FRAGMENT_FULL,
  FRAGMENT_LAST,
  FRAGMENT_MIDDLE,
  HEADER_BYTES,
  listSegments,
  PAGE_BYTES,
  SEGMENT_BYTES,
  segmentFile,
} from './layout.ts';

/** Smaller records gain nothing from compression. */
const MIN_COMPRESSED_BYTES = 128;

/**
 * Segments of records, written in order: a record is in the operating system's cache when `log()` returns, and on the
 * disk when its segment is complete or `close()` resolved.
 */
export class RecordLog {
  /** How long it took to get a segment onto the disk. */
  readonly syncSeconds = new RecentQuantiles();
  readonly #dir: string;
  readonly #segmentBytes: number;
  #fd: number;
  #number: number;
  #offset = 0;
  #out = Buffer.allocUnsafeSlow(2 * PAGE_BYTES);
  #outLength = 0;
  /** Of the record being written. */
  #fragments = 0;
  readonly #closing = new Set<Promise<void>>();

  /** Begins a segment after the last one of the directory, which must exist. */
  constructor(dir: string, segmentBytes = SEGMENT_BYTES) {
    this.#dir = dir;
    this.#segmentBytes = segmentBytes;
    this.#number = (listSegments(dir).at(-1)?.number ?? -1) + 1;
    this.#fd = fs.openSync(segmentFile(dir, this.#number), 'wx');
  }

  get segmentNumber(): number {
    return this.#number;
  }

  /** Writes one record. Throws WalWriteError, and is then as before the call. */
  log(record: Buffer): void {
    const compressed =
      record.length >= MIN_COMPRESSED_BYTES ? snappy.compressSync(record, { copyOutputData: true }) : record;
    const isSmaller = compressed.length < record.length;
    const data = isSmaller ? compressed : record;
    if (this.#isTooLarge(data.length)) this.nextSegment();
    this.#fragment(data, isSmaller ? FLAG_SNAPPY : 0);
    this.#write();
  }

  #isTooLarge(bytes: number): boolean {
    const inPage = PAGE_BYTES - (this.#offset % PAGE_BYTES) - HEADER_BYTES;
    const pagesLeft = Math.floor(this.#segmentBytes / PAGE_BYTES) - Math.floor(this.#offset / PAGE_BYTES) - 1;
    return this.#offset > 0 && bytes > inPage + pagesLeft * (PAGE_BYTES - HEADER_BYTES);
  }

  #fragment(data: Buffer, flags: number): void {
    this.#outLength = 0;
    this.#fragments = 0;
    let from = 0;
    do {
      let inPage = (this.#offset + this.#outLength) % PAGE_BYTES;
      if (PAGE_BYTES - inPage < HEADER_BYTES) {
        this.#zeros(PAGE_BYTES - inPage);
        inPage = 0;
      }
      const to = Math.min(data.length, from + PAGE_BYTES - inPage - HEADER_BYTES);
      const isFirst = this.#fragments === 0;
      const isLast = to === data.length;
      const type = isFirst ? (isLast ? FRAGMENT_FULL : FRAGMENT_FIRST) : isLast ? FRAGMENT_LAST : FRAGMENT_MIDDLE;
      this.#put(type | flags, data.subarray(from, to));
      from = to;
    } while (from < data.length);
  }

  #put(type: number, part: Buffer): void {
    this.#room(HEADER_BYTES + part.length);
    const out = this.#out;
    const at = this.#outLength;
    out[at] = type;
    out.writeUInt16BE(part.length, at + 1);
    out.writeUInt32BE(crc32c(part), at + 3);
    part.copy(out, at + HEADER_BYTES);
    this.#outLength = at + HEADER_BYTES + part.length;
    this.#fragments++;
  }

  #zeros(count: number): void {
    this.#room(count);
    this.#out.fill(0, this.#outLength, this.#outLength + count);
    this.#outLength += count;
  }

  #room(extra: number): void {
    if (this.#outLength + extra <= this.#out.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#outLength + extra, 2 * this.#out.length));
    this.#out.copy(larger, 0, 0, this.#outLength);
    this.#out = larger;
  }

  #write(): void {
    try {
      for (let done = 0; done < this.#outLength; ) {
        done += fs.writeSync(this.#fd, this.#out, done, this.#outLength - done, this.#offset + done);
      }
    } catch (error) {
      fs.ftruncateSync(this.#fd, this.#offset);
      const reason = error instanceof Error ? error.message : String(error);
      throw new WalWriteError(`cannot write to ${segmentFile(this.#dir, this.#number)}: ${reason}`, { cause: error });
    }
    this.#offset += this.#outLength;
  }

  /** Ends the current segment (synced in the background) and begins another, unless nothing is in it yet. */
  nextSegment(): void {
    if (this.#offset === 0) return;
    const ended = this.#number;
    this.#padPage();
    const fd = fs.openSync(segmentFile(this.#dir, ended + 1), 'wx');
    this.#closeInBackground(this.#fd);
    this.#fd = fd;
    this.#number = ended + 1;
    this.#offset = 0;
  }

  #padPage(): void {
    const rest = this.#offset % PAGE_BYTES;
    this.#outLength = 0;
    if (rest > 0) this.#zeros(PAGE_BYTES - rest);
    this.#write();
  }

  #closeInBackground(fd: number): void {
    const beganMs = performance.now();
    const closing = new Promise<void>((resolve, reject) => {
      fs.fsync(fd, (syncError) => {
        this.syncSeconds.observe((performance.now() - beganMs) / 1000);
        fs.close(fd, (closeError) => {
          const error = syncError ?? closeError;
          if (error) reject(new WalWriteError(`cannot sync a segment of ${this.#dir}`, { cause: error }));
          else resolve();
        });
      });
    });
    this.#closing.add(closing);
    closing.then(
      () => this.#closing.delete(closing),
      () => {}, // kept: close() reports it
    );
  }

  /** Everything written is on the disk when this resolves. */
  async close(): Promise<void> {
    if (this.#fd < 0) return;
    try {
      this.#padPage();
    } finally {
      this.#closeInBackground(this.#fd);
      this.#fd = -1;
    }
    await Promise.all(this.#closing);
  }
}
