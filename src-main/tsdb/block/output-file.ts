import fs from 'node:fs';
import { ByteWriter } from '../byte-writer.ts';

const FLUSH_BYTES = 1 << 20;

/** A file written from front to back through a buffer. */
export class OutputFile {
  readonly out = new ByteWriter(FLUSH_BYTES + 65_536);
  #fd: number;
  #flushed = 0;

  constructor(file: string) {
    this.#fd = fs.openSync(file, 'wx');
  }

  /** Where the next byte goes. */
  get offset(): number {
    return this.#flushed + this.out.length;
  }

  /** To be called between pieces: writes out what has gathered when it is much. */
  settle(): void {
    if (this.out.length >= FLUSH_BYTES) this.flush();
  }

  flush(): void {
    const bytes = this.out.written();
    for (let done = 0; done < bytes.length; ) done += fs.writeSync(this.#fd, bytes, done);
    this.#flushed += bytes.length;
    this.out.clear();
  }

  pad(alignment: number): void {
    for (let extra = (alignment - (this.offset % alignment)) % alignment; extra > 0; extra--) this.out.u8(0);
  }

  /** On the disk when this returns. */
  close(): void {
    this.flush();
    fs.fsyncSync(this.#fd);
    this.abandon();
  }

  /** Closes the file as it is; does nothing after `close()`. */
  abandon(): void {
    if (this.#fd >= 0) fs.closeSync(this.#fd);
    this.#fd = -1;
  }
}

/** Makes renames and new names in a directory durable; a no-op where directories cannot be synced (Windows). */
export function syncDirectory(dir: string): void {
  if (process.platform === 'win32') return;
  const fd = fs.openSync(dir, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
