/** The default templates beside those that a real Alertmanager has built in: it prints them through Slack. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fingerprint } from '../model/fingerprint.ts';
import { labelsFromRecord as L } from '../model/labels.ts';
import type { Notification } from './notification.ts';
import { testMessage } from './test-notification.ts';
import { type TestReceiver, testReceiver } from './test-receiver.ts';

const isThere = spawnSync('prometheus-alertmanager', ['--version']).status === 0;
if (!isThere) process.stdout.write('skipped: prometheus-alertmanager is not installed\n');

/** Those that 0.25 has; Teams and what came later are missing there. */
const NAMES = [
  '__subject',
  '__alertmanagerURL',
  'slack.default.title',
  'slack.default.username',
  'slack.default.fallback',
  'slack.default.titlelink',
  'slack.default.footer',
  'pagerduty.default.description',
  'pagerduty.default.client',
  'pagerduty.default.clientURL',
  'opsgenie.default.message',
  'opsgenie.default.description',
  'opsgenie.default.source',
  'wechat.default.message',
  'victorops.default.state_message',
  'victorops.default.entity_display_name',
  'email.default.subject',
  'pushover.default.title',
  'pushover.default.message',
  'sns.default.subject',
  'sns.default.message',
  'telegram.default.message',
  'discord.default.title',
  'discord.default.message',
  'webex.default.message',
];

const record = z.record(z.string(), z.string());
const payload = z.object({
  receiver: z.string(),
  alerts: z.array(
    z.object({
      labels: record,
      annotations: record,
      startsAt: z.string(),
      endsAt: z.string(),
      generatorURL: z.string(),
    }),
  ),
  groupLabels: record,
  externalURL: z.string(),
});
const printed = z.object({ attachments: z.array(z.object({ text: z.string(), callback_id: z.string() })) });

let server: TestReceiver;
let real: ChildProcess;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

/** Starts it with a receiver for each template, and gives it a group with alerts that fire and one that ended. */
async function start(): Promise<void> {
  server = await testReceiver(() => ({ body: 'ok' }));
  const folder = mkdtempSync(path.join(tmpdir(), 'hearth-templates-'));
  const slacks = NAMES.map(
    (name) =>
      `  - {api_url: "${server.url}/slack", channel: c, send_resolved: true, callback_id: ${name}, text: '{{ template "${name}" . }}'}`,
  );
  const yaml = [
    'route: {receiver: "a.b", group_by: [alertname, severity], group_wait: 500ms}',
    'receivers:',
    '- name: a.b',
    `  webhook_configs: [{url: "${server.url}/webhook"}]`,
    '  slack_configs:',
    ...slacks,
  ];
  writeFileSync(path.join(folder, 'am.yml'), yaml.join('\n'));
  const port = await freePort();
  const flags = [
    `--config.file=${folder}/am.yml`,
    `--storage.path=${folder}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.external-url=http://am.example',
    '--cluster.listen-address=',
  ];
  real = spawn('prometheus-alertmanager', flags, { stdio: 'ignore' });
  const alert = (instance: string, endsAt?: string) => ({
    labels: { alertname: 'A1', severity: 'warning', instance, job: 'j <b>' },
    annotations: { summary: 'sum "x" & + y', [`only_${instance}`]: 'z' },
    generatorURL: 'http://p/graph?g0.expr=up&g0.tab=1',
    ...(endsAt === undefined ? {} : { startsAt: '2026-01-01T00:00:00Z', endsAt }),
  });
  const body = JSON.stringify([alert('a'), alert('b'), alert('c', '2026-01-01T00:01:00Z')]);
  const headers = { 'content-type': 'application/json' };
  for (let i = 0; i < 100; i++) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, { method: 'POST', body, headers }).catch(
      () => null,
    );
    if (answer?.ok) break;
    await wait(100);
  }
  for (let i = 0; i < 100 && server.got.length <= NAMES.length; i++) await wait(100);
}

/** What the real one sent, as a notification of ours. */
function notification(): Notification {
  const sent = payload.parse(server.got.find(({ url }) => url === '/webhook')?.json);
  const ms = (text: string) => (text.startsWith('0001') ? 0 : Date.parse(text));
  return {
    receiver: 'a.b',
    groupKey: '',
    groupLabels: L(sent.groupLabels),
    alerts: sent.alerts.map((alert) => ({
      fingerprint: fingerprint(L(alert.labels)),
      labels: L(alert.labels),
      annotations: L(alert.annotations),
      startsAtMs: ms(alert.startsAt),
      endsAtMs: ms(alert.endsAt),
      generatorUrl: alert.generatorURL,
      updatedAtMs: 0,
      isTimeout: false,
    })),
    reason: 'first notification',
    externalUrl: sent.externalURL,
    routeLabels: {},
    receiverData: {},
    atMs: 0,
  };
}

describe.skipIf(!isThere)('as Alertmanager prints them', () => {
  beforeAll(start, 30_000);
  afterAll(async () => {
    real.kill();
    await server.close();
  });

  it.each(NAMES)('%s', (name) => {
    const theirs = server.got
      .filter(({ url }) => url === '/slack')
      .flatMap(({ json }) => printed.parse(json).attachments)
      .find(({ callback_id }) => callback_id === name);
    expect(testMessage(notification()).text(`{{ template "${name}" . }}`)).toBe(theirs?.text);
  });
});
