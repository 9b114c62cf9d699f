/** Sends the requests of receivers, with all of http_config: authorization, TLS, proxies, redirects, headers. */
import { readFileSync } from 'node:fs';
import type { Dispatcher } from 'undici';
import type { FullHttpClientConfig, FullTlsConfig } from '../../config/full-http-client.ts';
import type { Clock } from '../../model/clock.ts';
import { DeliveryError, messageOf } from '../errors.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';
import { OAuth2Tokens } from './oauth2.ts';
import { proxyFor } from './proxy.ts';

/** Loaded with the first request: it takes 8 MiB. Bundled, it has a default export and no others. */
type Undici = typeof import('undici')['default'];

const MAX_REDIRECTIONS = 10;
/** To one host at once; further notifications wait. */
const MAX_CONNECTIONS = 32;
/** Of an answer no more is read. */
const MAX_ANSWER_BYTES = 64 * 1024;

export interface SenderWorld {
  readonly clock: Clock;
  readonly userAgent: string;
}

export class HttpSender {
  readonly #http: FullHttpClientConfig;
  readonly #world: SenderWorld;
  readonly #tokens: OAuth2Tokens | null;
  /** By proxy, '' for none. Made at the first use: certificates may come later than the configuration. */
  readonly #dispatchers = new Map<string, Dispatcher>();

  constructor(http: FullHttpClientConfig, world: SenderWorld) {
    this.#http = http;
    this.#world = world;
    this.#tokens = http.oauth2 === null ? null : this.#tokensOf(http.oauth2);
  }

  #tokensOf(oauth2: NonNullable<FullHttpClientConfig['oauth2']>): OAuth2Tokens {
    const { tls, proxy } = oauth2;
    const plain = { ...this.#http, oauth2: null, basicAuth: null, authorization: null, tls, proxy, headers: {} };
    const sender = new HttpSender(plain, this.#world);
    return new OAuth2Tokens(oauth2, this.#world.clock, (asked) => sender.send(asked));
  }

  /** Posts JSON. Throws DeliveryError when there is no answer. */
  postJson(url: string, body: string, options: Omit<HttpRequest, 'url' | 'body' | 'method'>): Promise<HttpAnswer> {
    const headers = { 'Content-Type': 'application/json', ...options.headers };
    return this.send({ ...options, url, body, headers });
  }

  /** Throws DeliveryError when there is no answer; its text never names the address, which may be secret. */
  async send(asked: HttpRequest): Promise<HttpAnswer> {
    const { signal, cancel } = withTimeout(asked.signal, asked.timeoutMs ?? 0, this.#world.clock);
    try {
      return await this.#exchange(asked, signal);
    } catch (error) {
      if (error instanceof DeliveryError) throw error;
      if (signal.aborted) throw new DeliveryError('context deadline exceeded', true, 'contextDeadlineExceeded');
      throw new DeliveryError(`${asked.method ?? 'POST'} "<redacted>": ${messageOf(error)}`, true);
    } finally {
      cancel();
    }
  }

  async #exchange({ url, method = 'POST', body, headers }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { default: undici } = await import('undici');
    const dispatcher = this.#dispatcher(new URL(url), undici);
    const authorization = await this.#authorization(signal);
    const answer = await undici.request(url, {
      method,
      headers: { 'User-Agent': this.#world.userAgent, ...authorization, ...headers, ...this.#http.headers },
      body: body ?? null,
      signal,
      dispatcher,
    });
    const text = await limitedText(answer.body);
    return { status: answer.statusCode, contentType: String(answer.headers['content-type'] ?? ''), text };
  }

  async #authorization(signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const { basicAuth, authorization } = this.#http;
    if (this.#tokens !== null) return { Authorization: await this.#tokens.header(signal) };
    if (basicAuth !== null) {
      const token = Buffer.from(`${basicAuth.username}:${basicAuth.password}`).toString('base64');
      return { Authorization: `Basic ${token}` };
    }
    return authorization === null ? {} : { Authorization: `${authorization.type} ${authorization.credentials}` };
  }

  #dispatcher(url: URL, undici: Undici): Dispatcher {
    const proxy = proxyFor(url, this.#http.proxy, process.env);
    const key = proxy === null ? '' : `${url.protocol}${proxy}`;
    const known = this.#dispatchers.get(key);
    if (known !== undefined) return known;
    const bare = proxy === null ? this.#direct(undici) : this.#proxied(proxy, url.protocol === 'https:', undici);
    const made = this.#http.followRedirects
      ? bare.compose(undici.interceptors.redirect({ maxRedirections: MAX_REDIRECTIONS }))
      : bare;
    this.#dispatchers.set(key, made);
    return made;
  }

  /** Its sockets close by themselves when they are idle. */
  #direct({ Agent }: Undici): Dispatcher {
    return new Agent({ connections: MAX_CONNECTIONS, connect: tlsOptions(this.#http.tls) });
  }

  /** A tunnel only for TLS: plain requests are asked of the proxy itself. */
  #proxied(uri: string, isTls: boolean, { ProxyAgent }: Undici): Dispatcher {
    if (!/^https?:/.test(uri)) throw new DeliveryError('only http and https proxies can be used', false);
    const headers = Object.fromEntries(
      Object.entries(this.#http.proxy?.connectHeaders ?? {}).map(([name, values]) => [name, values.join(', ')]),
    );
    return new ProxyAgent({
      uri,
      proxyTunnel: isTls,
      connections: MAX_CONNECTIONS,
      requestTls: tlsOptions(this.#http.tls),
      ...(isTls ? { headers } : {}),
    });
  }
}

async function limitedText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString();
}

/** Options of tls.connect. */
export function tlsOptions(tls: FullTlsConfig): Record<string, unknown> {
  const text = (inline: string, file: string | null) => inline || (file === null ? undefined : readFileSync(file));
  const options = {
    ca: text(tls.ca, tls.caFile),
    cert: text(tls.cert, tls.certFile),
    key: text(tls.key, tls.keyFile),
    servername: tls.serverName ?? undefined,
    minVersion: tls.minVersion ?? undefined,
    maxVersion: tls.maxVersion ?? undefined,
    rejectUnauthorized: !tls.insecureSkipVerify,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** A signal that comes with the given one or after `timeoutMs` (0: not by itself). */
function withTimeout(signal: AbortSignal, timeoutMs: number, clock: Clock) {
  if (timeoutMs === 0) return { signal, cancel: () => {} };
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal.addEventListener('abort', abort);
  const cancelTimer = clock.after(timeoutMs, abort);
  const cancel = () => {
    cancelTimer();
    signal.removeEventListener('abort', abort);
  };
  return { signal: controller.signal, cancel };
}
