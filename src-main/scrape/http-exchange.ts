import type { IncomingHttpHeaders } from 'node:http';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { BodyBuffer } from './body-buffer.ts';
import { ScrapeError } from './errors.ts';

export interface Reply {
  readonly status: number;
  readonly statusText: string;
  readonly contentType: string;
  /** Where a redirect points; null for any other answer. */
  readonly location: string | null;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Of a body that is of no interest (a redirect, an error page) this much is received to keep the connection. */
const MAX_IGNORED_BYTES = 256 * 1024;
const GUNZIP_CHUNK_BYTES = 128 * 1024;

/** One request and its answer, the body of a 200 copied (and unpacked) into the buffer as it arrives. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly done: Promise<Reply>;
  readonly #body: BodyBuffer;
  readonly #signal: AbortSignal;
  #controller: Dispatcher.DispatchController | null = null;
  #gunzip: Gunzip | null = null;
  #reply: Reply = { status: 0, statusText: '', contentType: '', location: null };
  #ignoredBytes = 0;
  #resolve!: (reply: Reply) => void;
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

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal.aborted || this.#settled) controller.abort(asError(this.#signal.reason));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusText?: string,
  ): void {
    if (status < 200) return;
    const location = REDIRECTS.has(status) ? (headers.location ?? null) : null;
    this.#reply = { status, statusText: statusText ?? '', contentType: headers['content-type'] ?? '', location };
    if (status !== 200) return;
    if (headers['content-encoding']?.trim().toLowerCase() === 'gzip') this.#startGunzip(controller);
    else this.#guard(() => this.#reserve(Number(headers['content-length'] ?? 0)));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#reply.status !== 200) {
      this.#ignoredBytes += chunk.length;
      if (this.#ignoredBytes > MAX_IGNORED_BYTES) this.#settle(() => this.#resolve(this.#reply), true);
    } else if (this.#gunzip === null) {
      this.#guard(() => this.#body.append(chunk));
    } else if (!this.#gunzip.write(Buffer.from(chunk))) {
      controller.pause();
    }
  }

  onResponseEnd(): void {
    if (this.#gunzip === null) this.#settle(() => this.#resolve(this.#reply), false);
    else this.#gunzip.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#settle(() => this.#reject(error), false);
  }

  /** The announced length saves growing; a false one costs no more than the limit would let it have anyway. */
  #reserve(length: number): void {
    if (length >= this.#body.limitBytes) throw new ScrapeError('body-limit', 'body size limit exceeded');
    if (length > 0 && length <= 4 * 1024 * 1024) this.#body.reserve(length);
  }

  #startGunzip(controller: Dispatcher.DispatchController): void {
    const gunzip = createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES });
    this.#gunzip = gunzip;
    gunzip.on('data', (chunk: Buffer) => this.#guard(() => this.#body.append(chunk)));
    gunzip.on('drain', () => controller.resume());
    gunzip.on('end', () => this.#settle(() => this.#resolve(this.#reply), false));
    gunzip.on('error', (error) => this.#settle(() => this.#reject(new ScrapeError('connection', error.message)), true));
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
    if (abort) this.#controller?.abort(new Error('the exchange is over'));
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
