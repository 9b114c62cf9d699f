/** POSTs a group of alerts as JSON, payload version 4 (notify/webhook). */
import { readFileSync } from 'node:fs';
import { Agent, type Dispatcher, interceptors, request } from 'undici';
import type { WebhookConfig } from '../../config/alertmanager-config.ts';
import type { HttpClientConfig } from '../../config/scrape-config.ts';
import type { Clock } from '../../model/clock.ts';
import { formatRfc3339 } from '../../model/go-template/go-time.ts';
import { labelsToRecord } from '../../model/labels.ts';
import { DeliveryError, messageOf } from '../errors.ts';
import { type Integration, isFiring, type Notification, statusOf } from '../notification.ts';
import type { StoredAlert } from '../stored-alert.ts';
import { commonOf, quoteRegex, templateData } from '../template-data.ts';
import type { ExpandFn } from './message-template.ts';

const MAX_REDIRECTIONS = 10;
/** To one host at once; further notifications wait. */
const MAX_CONNECTIONS = 32;
/** Of an answer no more is read. */
const MAX_ANSWER_BYTES = 64 * 1024;

export interface WebhookOptions {
  readonly config: WebhookConfig;
  readonly index: number;
  readonly expand: ExpandFn;
  readonly clock: Clock;
  readonly userAgent: string;
}

export function webhookIntegration({ config, index, expand, clock, userAgent }: WebhookOptions): Integration {
  let dispatcher: Dispatcher | null = null; // made at the first use: certificates may come later than the configuration
  return {
    name: 'webhook',
    index,
    sendResolved: config.sendResolved,
    notify: async (notification, signal) => {
      const url = expand(config.url, templateData(notification));
      const timeout = withTimeout(signal, config.timeoutMs, clock);
      try {
        dispatcher ??= dispatcherFor(config.http);
        const body = webhookBody(notification, config.maxAlerts);
        await post(url, body, { http: config.http, dispatcher, userAgent, signal: timeout.signal });
      } finally {
        timeout.cancel();
      }
    },
  };
}

/** Its sockets close by themselves when they are idle. */
function dispatcherFor(http: HttpClientConfig): Dispatcher {
  const agent = new Agent({ connections: MAX_CONNECTIONS, connect: tlsOptions(http) });
  if (!http.followRedirects) return agent;
  return agent.compose(interceptors.redirect({ maxRedirections: MAX_REDIRECTIONS }));
}

interface PostOptions {
  readonly http: HttpClientConfig;
  readonly dispatcher: Dispatcher;
  readonly userAgent: string;
  readonly signal: AbortSignal;
}

async function post(url: string, body: string, options: PostOptions): Promise<void> {
  const { http, dispatcher, userAgent, signal } = options;
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': userAgent,
    ...authHeaders(http),
    ...http.headers,
  };
  try {
    const answer = await request(url, { method: 'POST', headers, body, signal, dispatcher });
    await answer.body.dump({ limit: MAX_ANSWER_BYTES });
    checkStatus(answer.statusCode);
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    if (signal.aborted) throw new DeliveryError('context deadline exceeded', true, 'contextDeadlineExceeded');
    throw new DeliveryError(`Post "<redacted>": ${messageOf(error)}`, true);
  }
}

function checkStatus(status: number): void {
  if (status >= 200 && status < 300) return;
  const isServer = status >= 500;
  throw new DeliveryError(`unexpected status code ${status}`, isServer, isServer ? 'serverError' : 'clientError');
}

function authHeaders({ basicAuth, authorization }: HttpClientConfig): Record<string, string> {
  if (basicAuth !== null) {
    const token = Buffer.from(`${basicAuth.username}:${basicAuth.password}`).toString('base64');
    return { Authorization: `Basic ${token}` };
  }
  return authorization === null ? {} : { Authorization: `${authorization.type} ${authorization.credentials}` };
}

function tlsOptions({ tls }: HttpClientConfig): Record<string, unknown> {
  return {
    ...(tls.caFile === null ? {} : { ca: readFileSync(tls.caFile) }),
    ...(tls.certFile === null ? {} : { cert: readFileSync(tls.certFile) }),
    ...(tls.keyFile === null ? {} : { key: readFileSync(tls.keyFile) }),
    ...(tls.serverName === null ? {} : { servername: tls.serverName }),
    rejectUnauthorized: !tls.insecureSkipVerify,
  };
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

/** The payload, with the fields in upstream's order and escaped as Go's encoder does. */
export function webhookBody(notification: Notification, maxAlerts: number): string {
  const all = notification.alerts;
  const alerts = maxAlerts > 0 ? all.slice(0, maxAlerts) : all;
  const payload = {
    receiver: quoteRegex(notification.receiver),
    status: statusOf(alerts),
    alerts: alerts.map(payloadAlert),
    notification_reason: notification.reason,
    groupLabels: labelsToRecord(notification.groupLabels),
    commonLabels: labelsToRecord(commonOf(alerts.map((alert) => alert.labels))),
    commonAnnotations: labelsToRecord(commonOf(alerts.map((alert) => alert.annotations))),
    routeLabels: {},
    externalURL: notification.externalUrl,
    version: '4',
    groupKey: notification.groupKey,
    truncatedAlerts: all.length - alerts.length,
  };
  return `${goJson(payload)}\n`;
}

function payloadAlert(alert: StoredAlert) {
  return {
    status: isFiring(alert) ? 'firing' : 'resolved',
    labels: labelsToRecord(alert.labels),
    annotations: labelsToRecord(alert.annotations),
    startsAt: formatRfc3339(alert.startsAtMs),
    endsAt: isFiring(alert) ? '0001-01-01T00:00:00Z' : formatRfc3339(alert.endsAtMs),
    generatorURL: alert.generatorUrl,
    fingerprint: alert.fingerprint,
  };
}

/** Go's encoder escapes what could end a script element or a line of JavaScript. */
function goJson(value: unknown): string {
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escaped);
}
