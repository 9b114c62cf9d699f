import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Client, type Dispatcher } from 'undici';
import type { TlsConfig } from '../../config/scrape-config.ts';
import { ScrapeError } from '../errors.ts';
import type { Exchange, HttpClient, HttpGet } from './exchange.ts';

const MAX_HEADER_BYTES = 1024 * 1024;
/** Longer than the longest usual interval; a server that closes sooner says so, or the request is sent again. */
const KEEP_ALIVE_MS = 300_000;

/** HTTPS, one request at a time over one kept connection. */
export class TlsClient implements HttpClient {
  readonly #client: Client;

  /** Reads the files of `tls`: renewed certificates are taken up by the next client. Throws ScrapeError. */
  constructor(origin: string, socketPath: string, tls: TlsConfig) {
    this.#client = new Client(origin, {
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      pipelining: 1,
      ...(socketPath === '' ? {} : { socketPath }),
      connect: tlsOptions(tls),
    });
  }

  get(request: HttpGet, exchange: Exchange): void {
    this.#client.dispatch({ method: 'GET', path: request.path, headers: { ...request.headers } }, handlerOf(exchange));
  }

  destroy(): void {
    this.#client.destroy().catch(() => {}); // it may already be gone, which is what is wanted
  }
}

function handlerOf(exchange: Exchange): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (controller) =>
      exchange.begin({
        abort: () => controller.abort(new Error('the exchange is over')),
        pause: () => controller.pause(),
        resume: () => controller.resume(),
      }),
    onResponseStart: (_controller, status: number, headers: IncomingHttpHeaders, statusText?: string) => {
      if (status < 200) return;
      exchange.head({
        status,
        statusText: statusText ?? '',
        contentType: headers['content-type'] ?? '',
        contentEncoding: headers['content-encoding'] ?? '',
        contentLength: headers['content-length'] ?? '',
        location: headers.location ?? '',
      });
    },
    onResponseData: (_controller, chunk) => exchange.data(chunk),
    onResponseEnd: () => exchange.end(),
    onResponseError: (_controller, error) => exchange.fail(error),
  };
}

function tlsOptions(tls: TlsConfig): Record<string, unknown> {
  return {
    rejectUnauthorized: !tls.insecureSkipVerify,
    ...(tls.caFile === null ? {} : { ca: readTlsFile(tls.caFile, 'CA cert') }),
    ...(tls.certFile === null ? {} : { cert: readTlsFile(tls.certFile, 'specified client cert') }),
    ...(tls.keyFile === null ? {} : { key: readTlsFile(tls.keyFile, 'specified client key') }),
    ...(tls.serverName === null ? {} : { servername: tls.serverName }),
  };
}

function readTlsFile(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ScrapeError('connection', `unable to read ${what}: ${reason}`);
  }
}
