import { afterEach, describe, expect, it } from 'vitest';
import { FULL_HTTP_CLIENT, type FullHttpClientConfig } from '../../config/full-http-client.ts';
import type { PlainYaml } from '../../config/yaml-plain.ts';
import { systemClock } from '../../model/clock.ts';
import { DeliveryError } from '../errors.ts';
import type { Notification } from '../notification.ts';
import { anySignal, failureOf, STARTED_MS, testAlert, testMessage, testNotification } from '../test-notification.ts';
import { type Answer, type TestReceiver, testReceiver } from '../test-receiver.ts';
import { webhookBody, webhookSender } from './webhook.ts';

const A1 = { alertname: 'A1', severity: 'warning' };

let server: TestReceiver | undefined;
afterEach(() => server?.close());

async function receiver(answer: (path: string) => Answer | null = () => ({})): Promise<TestReceiver> {
  server = await testReceiver(({ url }) => answer(url));
  return server;
}

interface Change {
  readonly http?: Partial<FullHttpClientConfig>;
  readonly timeoutMs?: number;
  readonly payload?: PlainYaml;
}

function post(url: string, change: Change = {}, notification: Partial<Notification> = {}): Promise<unknown> {
  const config = {
    sendResolved: true,
    url: { kind: 'text', text: url } as const,
    maxAlerts: 0,
    timeoutMs: change.timeoutMs ?? 0,
    payload: change.payload ?? null,
    http: { ...FULL_HTTP_CLIENT, ...change.http },
  };
  const send = webhookSender(config, { clock: systemClock, userAgent: 'Hearth/1' });
  return send(testMessage(notification), anySignal());
}

describe('payload', () => {
  it('is what Alertmanager sends', () => {
    // Captured from a real one, with the fields that newer versions add.
    expect(webhookBody(testNotification(), 0)).toBe(
      '{"receiver":"a\\\\.b c","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"A1","severity":"warning"},' +
        '"annotations":{"summary":"s \\u003cb\\u003e + 1"},"startsAt":"2026-11-23T07:15:26.59Z","endsAt":"0001-01-01T00:00:00Z",' +
        '"generatorURL":"http://p/graph?g0.expr=up\\u0026g0.tab=1","fingerprint":"5b80445d08dc1d2f"}],"notification_reason":"first notification",' +
        '"groupLabels":{"alertname":"A1"},"commonLabels":{"alertname":"A1","severity":"warning"},"commonAnnotations":{"summary":"s \\u003cb\\u003e + 1"},' +
        '"routeLabels":{},"externalURL":"http://am","version":"4","groupKey":"{}:{alertname=\\"A1\\"}","truncatedAlerts":0}\n',
    );
  });

  it('cuts the list and counts the rest', () => {
    const alerts = [testAlert(A1, { endsAtMs: STARTED_MS + 1000 }), testAlert({ alertname: 'A2' }), testAlert(A1)];
    const body = JSON.parse(webhookBody(testNotification({ alerts }), 1));
    expect(body).toMatchObject({ status: 'resolved', truncatedAlerts: 2, commonLabels: { alertname: 'A1' } });
    expect(body.alerts).toHaveLength(1);
    expect(body.alerts[0].endsAt).toBe('2026-11-23T07:15:27.59Z');
  });

  it('has the labels of the route, expanded', async () => {
    const { url, got } = await receiver();
    await post(url, {}, { routeLabels: { team: 'x', who: '{{ .CommonLabels.severity }}!' } });
    expect(got[0]?.json).toMatchObject({ routeLabels: { team: 'x', who: 'warning!' } });
  });

  it("can be one of the user's own", async () => {
    const { url, got } = await receiver();
    const payload = {
      text: '{{ .Status }}',
      '{{ .CommonLabels.alertname }}': [1, true, null, '{{ len .Alerts }}', '{{ toJson .GroupLabels }}'],
      deep: { yes: 'yes it is' },
    };
    await post(url, { payload });
    expect(got[0]?.json).toEqual({
      text: 'firing',
      A1: [1, true, null, 1, { alertname: 'A1' }],
      deep: { yes: 'yes it is' },
    });
  });
});

describe('delivery', () => {
  it('posts JSON, with credentials', async () => {
    const { url, got } = await receiver(() => ({ status: 204 }));
    const http = { authorization: { type: 'Bearer', credentials: 'tok' }, headers: { 'X-More': 'y' } };
    await post(`${url}/hook/{{ .CommonLabels.severity }}`, { http });
    expect(got[0]?.url).toBe('/hook/warning');
    expect(got[0]?.body).toBe(webhookBody(testNotification(), 0));
    expect(got[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'Hearth/1',
      authorization: 'Bearer tok',
      'x-more': 'y',
    });
  });

  it('follows redirects with the body', async () => {
    const { url, got } = await receiver((path) =>
      path === '/hook' ? { status: 307, headers: { location: '/there' } } : {},
    );
    await post(`${url}/hook`);
    expect(got.map((r) => [r.url, r.body.length > 0])).toEqual([
      ['/hook', true],
      ['/there', true],
    ]);
  });

  it.each([
    [500, true, 'serverError'],
    [503, true, 'serverError'],
    [400, false, 'clientError'],
    [401, false, 'authError'],
    [429, false, 'rateLimited'],
  ])('%i: again: %s', async (status, retry, reason) => {
    const { url } = await receiver(() => ({ status, body: status === 400 ? 'why\n' : '' }));
    const error = await failureOf(post(url));
    expect(error).toBeInstanceOf(DeliveryError);
    expect(error).toMatchObject({
      retry,
      reason,
      message: `unexpected status code ${status}${status === 400 ? ': why' : ''}`,
    });
  });

  it('gives up after its timeout', async () => {
    const { url } = await receiver(() => null);
    const error = await failureOf(post(url, { timeoutMs: 50 }));
    expect(error).toMatchObject({ retry: true, reason: 'contextDeadlineExceeded' });
  });

  it('tries again where nobody listens, and does not say the address', async () => {
    const error = await failureOf(post('http://127.0.0.1:1/secret'));
    expect(error).toMatchObject({ retry: true });
    expect(String(error)).not.toContain('secret');
  });

  it('does not try again with a template that fails', async () => {
    const error = await failureOf(post('http://x/{{ .Nope }}'));
    expect(error).toMatchObject({ retry: false });
  });
});
