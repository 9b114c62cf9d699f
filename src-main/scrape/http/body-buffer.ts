import { ScrapeError } from '../errors.ts';

const FIRST_BYTES = 64 * 1024;
/** What is kept between scrapes: this many buffers, none larger than this. */
const KEPT_BUFFERS = 4;
const KEPT_BYTES = 16 * 1024 * 1024;
/** What all bodies that are being received may hold together. */
const MAX_TOTAL_BYTES = 512 * 1024 * 1024;

/** A growing response body. Its bytes belong to whoever holds the buffer, until it is released. */
export class BodyBuffer {
  bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  length = 0;
  limitBytes = 0;
  readonly #budget: { usedBytes: number };

  constructor(budget: { usedBytes: number }) {
    this.#budget = budget;
    budget.usedBytes += FIRST_BYTES;
  }

  /** Throws ScrapeError when the body would reach its limit. One byte stays free behind the body. */
  append(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    if (needed >= this.limitBytes) throw new ScrapeError('body-limit', 'body size limit exceeded');
    this.reserve(needed);
    this.bytes.set(chunk, this.length);
    this.length = needed;
  }

  reserve(needed: number): void {
    if (needed + 1 <= this.bytes.length) return;
    const size = Math.max(needed + 1, Math.min(2 * this.bytes.length, this.limitBytes + 1));
    const extra = size - this.bytes.length;
    if (this.#budget.usedBytes + extra > MAX_TOTAL_BYTES)
      throw new ScrapeError('body-limit', 'body size limit exceeded: too many large bodies at a time');
    this.#budget.usedBytes += extra;
    const wider = new Uint8Array(size);
    wider.set(this.bytes.subarray(0, this.length));
    this.bytes = wider;
  }
}

/** Buffers that scrapes share, one scrape a buffer at a time. */
export class BodyBuffers {
  readonly #free: BodyBuffer[] = [];
  readonly #budget = { usedBytes: 0 };

  acquire(limitBytes: number): BodyBuffer {
    const buffer = this.#free.pop() ?? new BodyBuffer(this.#budget);
    buffer.length = 0;
    buffer.limitBytes = limitBytes;
    return buffer;
  }

  release(buffer: BodyBuffer): void {
    if (this.#free.length < KEPT_BUFFERS && buffer.bytes.length <= KEPT_BYTES) this.#free.push(buffer);
    else this.#budget.usedBytes -= buffer.bytes.length;
  }
}
