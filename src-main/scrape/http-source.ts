/** GETs one target's exposition, over a connection kept open between scrapes. */
import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { Client } from 'undici';
import type { ScrapeConfig, TlsConfig } from '../config/scrape-config.ts';
import type { BodyBuffer } from './body-buffer.ts';
import { ScrapeError } from './errors.ts';
import { Exchange, type Reply } from './http-exchange.ts';
import { connectionFailure, isDroppedConnection } from './http-failure.ts';
import { withoutCredentials } from './request-headers.ts';

const MAX_REDIRECTS = 10;
const MAX_HEADER_BYTES = 1024 * 1024;
/** Longer than the longest usual interval; a server that closes sooner says so, or the request is sent again. */
const KEEP_ALIVE_MS = 300_000;

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: BodyBuffer;
  /** Aborted at the deadline, or when nobody waits any more. */
  readonly signal: AbortSignal;
}

export class HttpSource {
  readonly #config: ScrapeConfig;
  readonly #socketPath: string;
  #client: Client | null = null;
  #origin = '';
  /** Whether the open connection has served a scrape: only then a sudden end may mean that it was closed as idle. */
  #proven = false;

  /** `socketPath`: of a unix socket to dial instead of the host; '' for none. */
  constructor(config: ScrapeConfig, socketPath: string) {
    this.#config = config;
    this.#socketPath = socketPath;
  }

  /** Fills request.body and resolves to the Content-Type. Rejects with ScrapeError. */
  async fetch(request: HttpRequest): Promise<string> {
    let { url, headers } = request;
    for (let redirects = 0; ; redirects++) {
      const reply = await this.#get(url, headers, request);
      if (reply.location === null || !this.#config.http.followRedirects) return finished(reply);
      if (redirects === MAX_REDIRECTS)
        throw new ScrapeError('connection', `Get "${url}": stopped after ${MAX_REDIRECTS} redirects`);
      const next = resolveLocation(reply.location, url);
      if (next.host !== new URL(url).host) headers = withoutCredentials(headers, this.#config);
      url = next.href;
    }
  }

  /** Ends the connection and whatever is under way on it. */
  close(): void {
    const client = this.#client;
    this.#client = null;
    this.#proven = false;
    client?.destroy().catch(() => {}); // it may already be gone, which is what is wanted
  }

  async #get(url: string, headers: Readonly<Record<string, string>>, request: HttpRequest): Promise<Reply> {
    const proven = this.#proven;
    try {
      return await this.#attempt(url, headers, request);
    } catch (error) {
      this.close();
      if (!proven || request.body.length > 0 || !isDroppedConnection(error) || request.signal.aborted)
        throw connectionFailure(error, url, request);
    }
    try {
      return await this.#attempt(url, headers, request);
    } catch (error) {
      this.close();
      throw connectionFailure(error, url, request);
    }
  }

  async #attempt(url: string, headers: Readonly<Record<string, string>>, request: HttpRequest): Promise<Reply> {
    const { origin, pathname, search } = new URL(url);
    if (this.#client !== null && this.#origin !== origin) this.close();
    this.#client ??= this.#connect(origin);
    this.#origin = origin;
    const exchange = new Exchange(request.body, request.signal);
    const done = exchange.done;
    this.#client.dispatch({ method: 'GET', path: pathname + search, headers: { ...headers } }, exchange);
    const reply = await done;
    this.#proven = true;
    return reply;
  }

  #connect(origin: string): Client {
    return new Client(origin, {
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      pipelining: 1,
      ...(this.#socketPath === '' ? {} : { socketPath: this.#socketPath }),
      connect: origin.startsWith('https:') ? tlsOptions(this.#config.http.tls) : {},
    });
  }
}

function finished(reply: Reply): string {
  if (reply.status === 200) return reply.contentType;
  const text = reply.statusText === '' ? (STATUS_CODES[reply.status] ?? '') : reply.statusText;
  throw new ScrapeError('status', `server returned HTTP status ${reply.status} ${text}`.trim());
}

function resolveLocation(location: string, base: string): URL {
  const url = URL.canParse(location, base) ? new URL(location, base) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new ScrapeError('connection', `Get "${base}": failed to parse Location header ${JSON.stringify(location)}`);
  return url;
}

/** Read at each new connection, so that renewed certificates are taken up. */
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
