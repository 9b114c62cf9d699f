/** Alerts to Alertmanagers over real HTTP. */
import { afterEach, describe, expect, it } from 'vitest';
import { type TestReceiver, testReceiver } from '../alertmanager/test-receiver.ts';
import { loadPrometheusConfig } from '../config/load-prometheus-config.ts';
import type { Alert } from '../model/alert.ts';
import { systemClock } from '../model/clock.ts';
import { labelsFromRecord as L } from '../model/labels.ts';
import { silentLogger } from '../model/log.ts';
import { Notifier } from './notifier.ts';

const servers: TestReceiver[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers.length = 0;
});

async function listen(...args: Parameters<typeof testReceiver>): Promise<TestReceiver> {
  const server = await testReceiver(...args);
  servers.push(server);
  return server;
}

const host = ({ url }: TestReceiver) => url.replace('http://', '');
const alertOf = (name: string, labels: Record<string, string> = {}): Alert => ({
  labels: L({ alertname: name, ...labels }),
  annotations: L({ summary: 's' }),
  startsAtMs: Date.parse('2026-01-01T00:00:00.5Z'),
  endsAtMs: Date.parse('2026-01-01T00:04:00Z'),
  generatorUrl: 'http://p/graph',
});

async function notifierOf(alerting: string, options: Partial<ConstructorParameters<typeof Notifier>[0]> = {}) {
  const notifier = new Notifier({
    clock: systemClock,
    logger: silentLogger,
    userAgent: 'Hearth/1',
    queueCapacity: 100,
    batchSize: 10,
    isOwn: () => false,
    ...options,
  });
  const apply = async (text: string) => {
    const config = loadPrometheusConfig(`alerting:\n${text}`, '/etc/prometheus.yml').alerting;
    await notifier.applyConfig(config);
    for (const { jobName, discovery } of config.alertmanagers)
      notifier.setGroups(
        jobName,
        discovery.flatMap((each) => (each.kind === 'static' ? each.groups : [])),
      );
  };
  await apply(alerting);
  return { notifier, apply };
}

describe('notifier', () => {
  it('posts to every Alertmanager what upstream posts', async () => {
    const [one, two] = [await listen(), await listen()];
    const { notifier } = await notifierOf(
      `  alert_relabel_configs: [{action: labeldrop, regex: replica}, {source_labels: [drop], regex: yes, action: drop}]
  alertmanagers:
  - {static_configs: [{targets: ["${host(one)}"]}], path_prefix: /am/, basic_auth: {username: u, password: p}}
  - static_configs: [{targets: ["${host(two)}"], labels: {env: prod}}]
    relabel_configs: [{source_labels: [env], target_label: __alerts_path__, replacement: "/$1/alerts"}]
    alert_relabel_configs: [{target_label: seen, replacement: two}]
`,
    );
    const kept = notifier.send([alertOf('A', { replica: '1' }), alertOf('B', { drop: 'yes' })]);
    expect(kept.map(({ labels }) => labels)).toEqual([L({ alertname: 'A' })]);
    await notifier.stop();
    expect(one.got).toMatchObject([{ method: 'POST', url: '/am/api/v2/alerts' }]);
    expect(one.got[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
    });
    expect(one.got[0]?.json).toEqual([
      {
        labels: { alertname: 'A' },
        annotations: { summary: 's' },
        startsAt: '2026-01-01T00:00:00.5Z',
        endsAt: '2026-01-01T00:04:00Z',
        generatorURL: 'http://p/graph',
      },
    ]);
    expect(two.got).toMatchObject([{ url: '/prod/alerts', json: [{ labels: { alertname: 'A', seen: 'two' } }] }]);
  });

  it('sends in batches, drops the oldest when the queue is full, and does not try again', async () => {
    const [good, bad] = [await listen(), await listen(() => ({ status: 500 }))];
    const { notifier } = await notifierOf(
      `  alertmanagers: [{static_configs: [{targets: ["${host(good)}", "${host(bad)}"]}]}]\n`,
      { queueCapacity: 25 },
    );
    notifier.send(Array.from({ length: 30 }, (_, i) => alertOf(`A${i}`)));
    await notifier.stop();
    expect(good.got.map(({ json }) => (Array.isArray(json) ? json.length : 0))).toEqual([10, 10, 5]);
    expect(good.got[0]?.json).toMatchObject([{ labels: { alertname: 'A5' } }, {}, {}, {}, {}, {}, {}, {}, {}, {}]);
    expect(bad.got).toHaveLength(3);
    expect(notifier.readings()).toMatchObject([
      { url: `${good.url}/api/v2/alerts`, sent: 25, errors: 0, dropped: 5, requests: 3, waiting: 0 },
      { url: `${bad.url}/api/v2/alerts`, sent: 0, errors: 25, dropped: 5, requests: 3, waiting: 0 },
    ]);
  });

  it('leaves itself out, and those that relabelling drops', async () => {
    const own = await listen();
    const { notifier } = await notifierOf(
      `  alertmanagers: [{static_configs: [{targets: ["${host(own)}", "gone:1"]}], relabel_configs: [{source_labels: [__address__], regex: "gone.*", action: drop}]}]\n`,
      { isOwn: (url) => url.origin === own.url },
    );
    expect(notifier.alertmanagers()).toEqual({ active: [], dropped: ['http://gone:1/api/v2/alerts'] });
    notifier.send([alertOf('A')]);
    await notifier.stop();
    expect(own.got).toEqual([]);
  });

  it('one that hangs holds up no other, and a set that is gone is told nothing more', async () => {
    const [hanging, fine] = [await listen(() => null), await listen()];
    const { notifier, apply } = await notifierOf(
      `  alertmanagers:\n  - {static_configs: [{targets: ["${host(hanging)}"]}], timeout: 100ms}\n  - static_configs: [{targets: ["${host(fine)}"]}]\n`,
    );
    notifier.send([alertOf('A')]);
    await expect.poll(() => fine.got.length).toBe(1);
    await expect.poll(() => notifier.readings()[0]?.errors).toBe(1);
    await apply(`  alertmanagers:\n  - {static_configs: [{targets: ["${host(hanging)}"]}], timeout: 100ms}\n`);
    notifier.send([alertOf('B')]);
    await notifier.stop();
    expect(fine.got).toHaveLength(1);
    expect(notifier.readings().map(({ sent, errors }) => [sent, errors])).toEqual([
      [1, 0],
      [0, 2],
    ]);
  });

  it('adds the usual port', async () => {
    const { notifier } = await notifierOf(
      '  alertmanagers: [{static_configs: [{targets: ["am.example"]}], scheme: https}]\n',
    );
    expect(notifier.alertmanagers().active).toEqual(['https://am.example:443/api/v2/alerts']);
    await notifier.stop();
  });
});
