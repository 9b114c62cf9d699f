import fs from 'node:fs';
import { crc32c } from '@node-rs/crc32';
import { CorruptionError } from '../errors.ts';
import { uncompressSnappy, uncompressZstd } from './compression.ts';
import {
  FLAG_SNAPPY,
  FLAG_ZSTD,
  FRAGMENT_FIRST,
  FRAGMENT_FULL,
  FRAGMENT_LAST,
  FRAGMENT_MIDDLE,
  HEADER_BYTES,
  PAGE_BYTES,
} from './layout.ts';

const WINDOW_BYTES = 32 * PAGE_BYTES;

export interface Damage {
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
}

export interface SegmentScan {
  readonly records: number;
  readonly damages: readonly Damage[];
}

/**
 * Told of each record and where it begins. A CorruptionError that it throws says that the body makes no sense: the record
 * then counts as damage. Whatever else it throws ends the scan: a full disk or memory is no damage to what is read.
 */
export type RecordHandler = (record: Buffer, offset: number) => void;

/**
 * Hands every intact record of a segment to `onRecord`, in order (the buffer is only valid during the call). Damage
 * costs the record it is in; reading goes on with the next fragment, or the next page, that makes sense.
 */
export function scanSegment(file: string, onRecord: RecordHandler): SegmentScan {
  const scan = new Scanner(file, onRecord);
  const fd = fs.openSync(file, 'r');
  try {
    const window = Buffer.allocUnsafeSlow(WINDOW_BYTES);
    for (let offset = 0; ; offset += WINDOW_BYTES) {
      let length = 0;
      while (length < WINDOW_BYTES) {
        const got = fs.readSync(fd, window, length, WINDOW_BYTES - length, offset + length);
        if (got === 0) break;
        length += got;
      }
      for (let page = 0; page < length; page += PAGE_BYTES) {
        scan.page(window.subarray(page, Math.min(length, page + PAGE_BYTES)), offset + page);
      }
      if (length < WINDOW_BYTES) break;
    }
  } finally {
    fs.closeSync(fd);
  }
  scan.end();
  return scan;
}

class Scanner implements SegmentScan {
  readonly #file: string;
  readonly #onRecord: RecordHandler;
  readonly damages: Damage[] = [];
  records = 0;
  /** Fragments of a record that began before. */
  #parts: Buffer[] = [];
  #partsOffset = 0;
  #isCompressed = false;
  /** After damage: fragments that continue an unknown record are passed over in silence. */
  #isLost = false;

  constructor(file: string, onRecord: RecordHandler) {
    this.#file = file;
    this.#onRecord = onRecord;
  }

  page(page: Buffer, offset: number): void {
    let at = 0;
    while (at + HEADER_BYTES <= page.length) {
      const header = page[at]!;
      if (header === 0) {
        this.#checkPadding(page, at, offset);
        return;
      }
      const type = header & 7;
      const length = page.readUInt16BE(at + 1);
      if (type > FRAGMENT_LAST || header > 31 || type === 0) {
        this.#damage(offset + at, `unknown fragment type ${header}`);
        return;
      }
      const from = at + HEADER_BYTES;
      if (from + length > page.length) {
        this.#damage(
          offset + at,
          page.length < PAGE_BYTES ? 'the file ends within a record' : 'fragment beyond its page',
        );
        return;
      }
      const data = page.subarray(from, from + length);
      if (crc32c(data) === page.readUInt32BE(at + 3)) this.#fragment(header, data, offset + at);
      else this.#damage(offset + at, 'checksum mismatch');
      at = from + length;
    }
    if (page.length < PAGE_BYTES && at < page.length) this.#checkPadding(page, at, offset);
  }

  #checkPadding(page: Buffer, from: number, offset: number): void {
    for (let i = from; i < page.length; i++) {
      if (page[i] !== 0) {
        this.#damage(
          offset + i,
          page.length - from < HEADER_BYTES ? 'the file ends within a record' : 'data after the end of a page',
        );
        return;
      }
    }
  }

  #fragment(header: number, data: Buffer, offset: number): void {
    const type = header & 7;
    if (type === FRAGMENT_FULL || type === FRAGMENT_FIRST) {
      if (this.#parts.length > 0) this.#damage(this.#partsOffset, 'a record without its end');
      this.#isLost = false;
    }
    if (type === FRAGMENT_FULL) {
      this.#record(data, header, offset);
      return;
    }
    if (type === FRAGMENT_FIRST) {
      this.#parts = [Buffer.from(data)];
      this.#partsOffset = offset;
      this.#isCompressed = (header & (FLAG_SNAPPY | FLAG_ZSTD)) !== 0;
      return;
    }
    if (this.#parts.length === 0) {
      if (!this.#isLost) this.#damage(offset, 'a record without its beginning');
      return;
    }
    this.#parts.push(Buffer.from(data));
    if (type === FRAGMENT_MIDDLE) return;
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#record(whole, this.#isCompressed ? header : header & 7, this.#partsOffset);
  }

  #record(data: Buffer, header: number, offset: number): void {
    try {
      const record = plainRecord(data, header);
      if (record.length === 0) throw new CorruptionError('empty record');
      this.#onRecord(record, offset);
      this.records++;
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      this.#damage(offset, error.message);
    }
  }

  #damage(offset: number, reason: string): void {
    this.#parts = [];
    if (this.#isLost) return;
    this.#isLost = true;
    this.damages.push({ file: this.#file, offset, reason });
  }

  end(): void {
    if (this.#parts.length > 0) this.#damage(this.#partsOffset, 'the file ends within a record');
  }
}

function plainRecord(data: Buffer, header: number): Buffer {
  if ((header & FLAG_ZSTD) !== 0) return uncompressZstd(data);
  return (header & FLAG_SNAPPY) === 0 ? data : uncompressSnappy(data);
}
