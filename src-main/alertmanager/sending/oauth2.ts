/** Access tokens of OAuth 2's client credentials (RFC 6749, 4.4), fetched when needed and kept until shortly before they end. */
import { z } from 'zod';
import type { OAuth2Config } from '../../config/full-http-client.ts';
import type { Clock } from '../../model/clock.ts';
import { DeliveryError } from '../errors.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  token_type: z.string().default('Bearer'),
  expires_in: z.coerce.number().default(0),
});
/** Renewed so long before its end. */
const MARGIN_MS = 10_000;

export class OAuth2Tokens {
  readonly #config: OAuth2Config;
  readonly #clock: Clock;
  readonly #send: (request: HttpRequest) => Promise<HttpAnswer>;
  #header = '';
  #endsAtMs = 0;

  constructor(config: OAuth2Config, clock: Clock, send: (request: HttpRequest) => Promise<HttpAnswer>) {
    this.#config = config;
    this.#clock = clock;
    this.#send = send;
  }

  /** The Authorization header. Throws DeliveryError. */
  async header(signal: AbortSignal): Promise<string> {
    if (this.#clock.nowMs() < this.#endsAtMs) return this.#header;
    const { clientId, clientSecret, tokenUrl, scopes, endpointParams } = this.#config;
    const form = new URLSearchParams({ ...endpointParams, grant_type: 'client_credentials' });
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
    const answer = await this.#send({
      url: tokenUrl,
      body: form.toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: `Basic ${basic}` },
      signal,
    });
    if (answer.status < 200 || answer.status > 299)
      throw new DeliveryError(`oauth2: cannot fetch token: ${answer.status}`, true, 'authError');
    return this.#keep(answer.text);
  }

  #keep(text: string): string {
    const parsed = tokenAnswer.safeParse(parseJson(text));
    if (!parsed.success) throw new DeliveryError('oauth2: server response missing access_token', true, 'authError');
    const { access_token: token, token_type: type, expires_in: seconds } = parsed.data;
    this.#header = `${type.toLowerCase() === 'bearer' ? 'Bearer' : type} ${token}`;
    this.#endsAtMs = seconds > 0 ? this.#clock.nowMs() + seconds * 1000 - MARGIN_MS : Number.POSITIVE_INFINITY;
    return this.#header;
  }
}

/** null for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
