import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpClientConfig } from '../../config/scrape-config.ts';
import { systemClock } from '../../model/clock.ts';
import { labelsFromRecord as L } from '../../model/labels.ts';
import { DeliveryError } from '../errors.ts';
import type { Integration, Notification } from '../notification.ts';
import { messageTemplates } from './message-template.ts';
import { webhookBody, webhookIntegration } from './webhook.ts';

const HTTP: HttpClientConfig = {
  basicAuth: null,
  authorization: null,
  tls: { caFile: null, certFile: null, keyFile: null, serverName: null, insecureSkipVerify: false },
  followRedirects: true,
  headers: {},
};
const STARTED = Date.parse('2026-11-23T07:15:26.590Z');

function alert(name: string, endsAtMs = 0): Notification['alerts'][number] {
  const labels = L({ alertname: name, severity: 'warning' });
  const annotations = L({ summary: 's <b>' });
  return {
    fingerprint: `f-${name}`,
    labels,
    annotations,
    startsAtMs: STARTED,
    endsAtMs,
    generatorUrl: 'http://p/graph?g0.expr=up&g0.tab=1',
    updatedAtMs: 0,
    isTimeout: false,
  };
}

function notification(change: Partial<Notification> = {}): Notification {
  return {
    receiver: 'a.b c',
    groupKey: '{}:{alertname="A1"}',
    groupLabels: L({ alertname: 'A1' }),
    alerts: [alert('A1')],
    reason: 'first notification',
    externalUrl: 'http://am',
    atMs: STARTED,
    ...change,
  };
}

interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A receiver that answers with `status` (or what it returns) and keeps what it got. */
async function receiver(answer: (path: string) => number | string | null): Promise<{ url: string; got: Received[] }> {
  const got: Received[] = [];
  const listening = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    got.push({ url: request.url ?? '', headers: request.headers, body });
    const status = answer(request.url ?? '');
    if (status === null) return;
    if (typeof status === 'string') response.writeHead(307, { location: status }).end();
    else response.writeHead(status).end('x'.repeat(1000));
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, got };
}

function integration(url: string, change: { http?: Partial<HttpClientConfig>; timeoutMs?: number } = {}): Integration {
  const config = {
    sendResolved: true,
    url,
    maxAlerts: 0,
    timeoutMs: change.timeoutMs ?? 0,
    http: { ...HTTP, ...change.http },
  };
  return webhookIntegration({
    config,
    index: 0,
    expand: messageTemplates([], systemClock),
    clock: systemClock,
    userAgent: 'Hearth/1',
  });
}

const signal = () => new AbortController().signal;
const failure = (sent: Promise<void>) =>
  sent.then(
    () => null,
    (error: unknown) => error,
  );

describe('payload', () => {
  it('is what Alertmanager sends', () => {
    // Captured from a real one, with the fields that newer versions add.
    expect(webhookBody(notification(), 0)).toBe(
      '{"receiver":"a\\\\.b c","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"A1","severity":"warning"},' +
        '"annotations":{"summary":"s \\u003cb\\u003e"},"startsAt":"2026-11-23T07:15:26.59Z","endsAt":"0001-01-01T00:00:00Z",' +
        '"generatorURL":"http://p/graph?g0.expr=up\\u0026g0.tab=1","fingerprint":"f-A1"}],"notification_reason":"first notification",' +
        '"groupLabels":{"alertname":"A1"},"commonLabels":{"alertname":"A1","severity":"warning"},"commonAnnotations":{"summary":"s \\u003cb\\u003e"},' +
        '"routeLabels":{},"externalURL":"http://am","version":"4","groupKey":"{}:{alertname=\\"A1\\"}","truncatedAlerts":0}\n',
    );
  });

  it('cuts the list and counts the rest', () => {
    const alerts = [alert('A1', STARTED + 1000), alert('A2'), alert('A3')];
    const body = JSON.parse(webhookBody(notification({ alerts }), 1));
    expect(body).toMatchObject({ status: 'resolved', truncatedAlerts: 2, commonLabels: { alertname: 'A1' } });
    expect(body.alerts).toHaveLength(1);
    expect(body.alerts[0].endsAt).toBe('2026-11-23T07:15:27.59Z');
  });
});

describe('delivery', () => {
  it('posts JSON, with credentials', async () => {
    const { url, got } = await receiver(() => 204);
    const http = { authorization: { type: 'Bearer', credentials: 'tok' }, headers: { 'X-More': 'y' } };
    await integration(`${url}/{{ .CommonLabels.severity }}`, { http }).notify(notification(), signal());
    expect(got[0]?.url).toBe('/hook/warning');
    expect(got[0]?.body).toBe(webhookBody(notification(), 0));
    expect(got[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'Hearth/1',
      authorization: 'Bearer tok',
      'x-more': 'y',
    });
  });

  it('follows redirects with the body', async () => {
    const { url, got } = await receiver((path) => (path === '/hook' ? '/there' : 200));
    await integration(url).notify(notification(), signal());
    expect(got.map((r) => [r.url, r.body.length > 0])).toEqual([
      ['/hook', true],
      ['/there', true],
    ]);
  });

  it.each([
    [500, true, 'serverError'],
    [503, true, 'serverError'],
    [400, false, 'clientError'],
    [429, false, 'clientError'],
  ])('%i: again: %s', async (status, retry, reason) => {
    const { url } = await receiver(() => status);
    const error = await failure(integration(url).notify(notification(), signal()));
    expect(error).toBeInstanceOf(DeliveryError);
    expect(error).toMatchObject({ retry, reason, message: `unexpected status code ${status}` });
  });

  it('gives up after its timeout', async () => {
    const { url } = await receiver(() => null);
    const error = await failure(integration(url, { timeoutMs: 50 }).notify(notification(), signal()));
    expect(error).toMatchObject({ retry: true, reason: 'contextDeadlineExceeded' });
  });

  it('tries again where nobody listens, and does not say the address', async () => {
    const error = await failure(integration('http://127.0.0.1:1/secret').notify(notification(), signal()));
    expect(error).toMatchObject({ retry: true });
    expect(String(error)).not.toContain('secret');
  });

  it('does not try again with a template that fails', async () => {
    const error = await failure(integration('http://x/{{ .Nope }}').notify(notification(), signal()));
    expect(error).toMatchObject({ retry: false });
  });
});
