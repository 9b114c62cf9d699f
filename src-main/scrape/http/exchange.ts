import { createGunzip, type Gunzip } from 'node:zlib';
import { ScrapeError } from '../errors.ts';
import type { BodyBuffer } from './body-buffer.ts';

export interface HttpGet {
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A connection to one origin. What it receives it tells the exchange; it throws when it cannot send. */
export interface HttpClient {
  get(request: HttpGet, exchange: Exchange): void;
  destroy(): void;
}

/** What an exchange may ask of the connection it runs on. */
export interface TransferControl {
  abort(): void;
  pause(): void;
  resume(): void;
}

/** Header values are '' when absent. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly contentLength: string;
  readonly location: string;
}

const NO_HEAD: ResponseHead = {
  status: 0,
  statusText: '',
  contentType: '',
  contentEncoding: '',
  contentLength: '',
  location: '',
};

/** Of a body that is of no interest (a redirect, an error page) this much is received to keep the connection. */
const MAX_IGNORED_BYTES = 256 * 1024;
/** Compressed bytes are held back up to this, to be unpacked in one go: every hop to the unpacking thread costs. */
const MAX_HELD_BYTES = 1024 * 1024;
const MIN_UNPACKED_CHUNK = 64 * 1024;
const MAX_UNPACKED_CHUNK = 2 * 1024 * 1024;
/** Expositions shrink to about a twelfth; a guess for the first chunk's size, no more. */
const USUAL_RATIO = 16;
/** A length is believed, and room made at once, up to this. */
const MAX_RESERVED_BYTES = 4 * 1024 * 1024;

/** One request and its answer, the body of a 200 copied (and unpacked) into the buffer as it arrives. */
export class Exchange {
  /** Rejects with the signal's reason, ScrapeError, or whatever the client failed with. */
  readonly done: Promise<ResponseHead>;
  readonly #body: BodyBuffer;
  readonly #signal: AbortSignal;
  #control: TransferControl | null = null;
  #packed = false;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #gunzip: Gunzip | null = null;
  #head: ResponseHead = NO_HEAD;
  #ignoredBytes = 0;
  #resolve!: (head: ResponseHead) => void;
  #reject!: (error: unknown) => void;
  #settled = false;

  constructor(body: BodyBuffer, signal: AbortSignal) {
    this.#body = body;
    this.#signal = signal;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** The request is being sent, now or, if it has been given up before, never. */
  begin(control: TransferControl): void {
    this.#control = control;
    if (this.#settled || this.#signal.aborted) control.abort();
  }

  head(head: ResponseHead): void {
    this.#head = head;
    if (head.status !== 200) return;
    this.#packed = head.contentEncoding.trim().toLowerCase() === 'gzip';
    if (!this.#packed) this.#guard(() => this.#reserve(Number(head.contentLength)));
  }

  /** The piece is not kept. */
  data(piece: Uint8Array): void {
    if (this.#settled) return;
    if (this.#head.status !== 200) {
      this.#ignoredBytes += piece.length;
      if (this.#ignoredBytes > MAX_IGNORED_BYTES) this.#settle(() => this.#resolve(this.#head), true);
    } else if (this.#packed) {
      this.#held.push(Buffer.from(piece));
      this.#heldBytes += piece.length;
      if (this.#heldBytes > MAX_HELD_BYTES && !this.#unpackHeld()) this.#control?.pause();
    } else {
      this.#guard(() => this.#body.append(piece));
    }
  }

  end(): void {
    if (!this.#packed) this.#settle(() => this.#resolve(this.#head), false);
    else if (!this.#settled) {
      this.#unpackHeld();
      this.#gunzip?.end();
    }
  }

  fail(error: unknown): void {
    this.#settle(() => this.#reject(error), false);
  }

  /** The announced length saves growing; a false one costs no more than the limit would let it have anyway. */
  #reserve(length: number): void {
    if (length >= this.#body.limitBytes) throw new ScrapeError('body-limit', 'body size limit exceeded');
    if (length > 0 && length <= MAX_RESERVED_BYTES) this.#body.reserve(length);
  }

  /** False when it should be given no more for now. */
  #unpackHeld(): boolean {
    const packed = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    this.#gunzip ??= this.#newGunzip(packed.length * USUAL_RATIO);
    return this.#gunzip.write(packed);
  }

  #newGunzip(unpackedBytes: number): Gunzip {
    const gunzip = createGunzip({
      chunkSize: Math.min(Math.max(unpackedBytes, MIN_UNPACKED_CHUNK), MAX_UNPACKED_CHUNK),
    });
    gunzip.on('data', (chunk: Buffer) => this.#guard(() => this.#body.append(chunk)));
    gunzip.on('drain', () => this.#control?.resume());
    gunzip.on('end', () => this.#settle(() => this.#resolve(this.#head), false));
    gunzip.on('error', (error) => this.#settle(() => this.#reject(new ScrapeError('connection', error.message)), true));
    return gunzip;
  }

  /** What the buffer refuses ends the exchange. */
  #guard(action: () => void): void {
    if (this.#settled) return;
    try {
      action();
    } catch (error) {
      this.#settle(() => this.#reject(error), true);
    }
  }

  readonly #onAbort = () => this.#settle(() => this.#reject(this.#signal.reason), true);

  #settle(outcome: () => void, abort: boolean): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#gunzip?.destroy();
    outcome();
    if (abort) this.#control?.abort();
  }
}
