/**
 * HTTP without TLS, one request at a time over one kept connection. It exists for its cost: all connections receive
 * into one buffer, where a general client allocates for every read.
 */
import { connect, type Socket } from 'node:net';
import type { Exchange, HttpClient, HttpGet } from './exchange.ts';
import { ResponseReader } from './response-reader.ts';

/** What the buffer handed to the clients should hold. */
export const RECEIVE_BYTES = 256 * 1024;

/** The server closed the connection before the response was whole. */
export class ConnectionClosedError extends Error {
  override readonly name = 'ConnectionClosedError';
}

interface Pending {
  readonly exchange: Exchange;
  readonly reader: ResponseReader;
}

export interface PlainClientOptions {
  readonly url: URL;
  /** Of a unix socket to dial instead of the host; '' for none. */
  readonly socketPath: string;
  /** Every read is consumed before the next one begins, so that all clients of a thread may share one. */
  readonly receiveBuffer: Buffer;
}

export class PlainClient implements HttpClient {
  readonly #options: PlainClientOptions;
  #socket: Socket | null = null;
  #pending: Pending | null = null;

  constructor(options: PlainClientOptions) {
    this.#options = options;
  }

  /** The request before must be over. */
  get(request: HttpGet, exchange: Exchange): void {
    const head = requestHead(request, this.#options.url.host);
    const socket = this.#socket ?? this.#connect();
    const reader = new ResponseReader({
      head: (status, statusText, headers) =>
        exchange.head({
          status,
          statusText,
          contentType: headers.get('content-type') ?? '',
          contentEncoding: headers.get('content-encoding') ?? '',
          contentLength: headers.get('content-length') ?? '',
          location: headers.get('location') ?? '',
        }),
      data: (piece) => exchange.data(piece),
      end: () => this.#finish(socket),
    });
    this.#pending = { exchange, reader };
    exchange.begin({ abort: () => socket.destroy(), pause: () => socket.pause(), resume: () => socket.resume() });
    socket.write(head, 'latin1');
  }

  destroy(): void {
    const socket = this.#socket;
    this.#drop(socket);
    socket?.destroy();
  }

  #connect(): Socket {
    const { url, socketPath, receiveBuffer } = this.#options;
    const onread = {
      buffer: receiveBuffer,
      callback: (length: number) => {
        this.#receive(socket, receiveBuffer.subarray(0, length));
        return true;
      },
    };
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const socket: Socket =
      socketPath === ''
        ? connect({ host, port: Number(url.port || 80), onread })
        : connect({ path: socketPath, onread });
    socket.setNoDelay(true);
    socket.on('error', (error) => this.#fail(socket, error));
    socket.on('close', () => this.#closed(socket));
    this.#socket = socket;
    return socket;
  }

  #receive(socket: Socket, bytes: Buffer): void {
    const pending = this.#pending;
    if (socket !== this.#socket) return;
    if (pending === null) {
      this.destroy(); // a server that talks without being asked is not to be trusted with the next request
      return;
    }
    try {
      pending.reader.push(bytes);
    } catch (error) {
      this.#fail(socket, error);
    }
  }

  #finish(socket: Socket): void {
    const pending = this.#pending;
    if (pending === null || socket !== this.#socket) return;
    this.#pending = null;
    if (!pending.reader.reusable) {
      this.#drop(socket);
      socket.destroy();
    }
    pending.exchange.end();
  }

  #closed(socket: Socket): void {
    if (socket !== this.#socket) return;
    if (this.#pending?.reader.close() === false) this.#fail(socket, new ConnectionClosedError('EOF'));
    else this.#drop(socket);
  }

  #fail(socket: Socket, error: unknown): void {
    if (socket !== this.#socket) return;
    const pending = this.#pending;
    this.#drop(socket);
    socket.destroy();
    pending?.exchange.fail(error);
  }

  #drop(socket: Socket | null): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#pending = null;
  }
}

/** Throws when a header cannot be sent. */
function requestHead(request: HttpGet, host: string): string {
  const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
  for (const line of lines)
    if (/[\0\r\n]/.test(line)) throw new Error(`invalid header ${JSON.stringify(line.split(':', 1)[0])}`);
  return [`GET ${request.path} HTTP/1.1`, `host: ${host}`, ...lines, '', ''].join('\r\n');
}
