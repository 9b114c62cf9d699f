/** GETs one target's exposition, over a connection kept open between scrapes. */
import { STATUS_CODES } from 'node:http';
import type { ScrapeConfig } from '../../config/scrape-config.ts';
import { ScrapeError } from '../errors.ts';
import type { BodyBuffer } from './body-buffer.ts';
import { connectionFailure, isDroppedConnection } from './connection-failure.ts';
import { Exchange, type HttpClient, type ResponseHead } from './exchange.ts';
import { PlainClient } from './plain-client.ts';
import { withoutCredentials } from './request-headers.ts';

const MAX_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: BodyBuffer;
  /** Aborted at the deadline, or when nobody waits any more. */
  readonly signal: AbortSignal;
}

export interface HttpSourceOptions {
  readonly config: ScrapeConfig;
  /** Of a unix socket to dial instead of the host; '' for none. */
  readonly socketPath: string;
  readonly receiveBuffer: Buffer;
}

export class HttpSource {
  readonly #options: HttpSourceOptions;
  #client: HttpClient | null = null;
  #origin = '';
  /** Whether the open connection has served a scrape: only then a sudden end may mean that it was closed as idle. */
  #proven = false;

  constructor(options: HttpSourceOptions) {
    this.#options = options;
  }

  /** Fills request.body and resolves to the Content-Type. Rejects with ScrapeError. */
  async fetch(request: HttpRequest): Promise<string> {
    const { config } = this.#options;
    let { url, headers } = request;
    for (let redirects = 0; ; redirects++) {
      const head = await this.#get(url, headers, request);
      const redirected = REDIRECTS.has(head.status) && head.location !== '';
      if (!redirected || !config.http.followRedirects) return finished(head);
      if (redirects === MAX_REDIRECTS)
        throw new ScrapeError('connection', `Get "${url}": stopped after ${MAX_REDIRECTS} redirects`);
      const next = resolveLocation(head.location, url);
      if (next.host !== new URL(url).host) headers = withoutCredentials(headers, config);
      url = next.href;
    }
  }

  /** Ends the connection and whatever is under way on it. */
  close(): void {
    const client = this.#client;
    this.#client = null;
    this.#proven = false;
    client?.destroy();
  }

  async #get(url: string, headers: Readonly<Record<string, string>>, request: HttpRequest): Promise<ResponseHead> {
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

  async #attempt(url: string, headers: Readonly<Record<string, string>>, request: HttpRequest): Promise<ResponseHead> {
    const { origin, pathname, search } = new URL(url);
    if (this.#client !== null && this.#origin !== origin) this.close();
    this.#client ??= await this.#connect(origin);
    request.signal.throwIfAborted();
    this.#origin = origin;
    const exchange = new Exchange(request.body, request.signal);
    this.#client.get({ path: pathname + search, headers }, exchange);
    const head = await exchange.done;
    this.#proven = true;
    return head;
  }

  async #connect(origin: string): Promise<HttpClient> {
    const { config, socketPath, receiveBuffer } = this.#options;
    if (!origin.startsWith('https:')) return new PlainClient({ url: new URL(origin), socketPath, receiveBuffer });
    const { TlsClient } = await import('./tls-client.ts'); // not before the first HTTPS target: it takes 8 MiB
    return new TlsClient(origin, socketPath, config.http.tls);
  }
}

function finished(head: ResponseHead): string {
  if (head.status === 200) return head.contentType;
  const text = head.statusText === '' ? (STATUS_CODES[head.status] ?? '') : head.statusText;
  throw new ScrapeError('status', `server returned HTTP status ${head.status} ${text}`.trim());
}

function resolveLocation(location: string, base: string): URL {
  const url = URL.canParse(location, base) ? new URL(location, base) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new ScrapeError('connection', `Get "${base}": failed to parse Location header ${JSON.stringify(location)}`);
  return url;
}
