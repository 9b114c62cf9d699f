/** Every receiver that speaks HTTP, configured by a file and sending to a server that checks what comes. */
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadAlertmanagerConfig } from '../../config/load-alertmanager-config.ts';
import { systemClock } from '../../model/clock.ts';
import { labelsFromRecord as L } from '../../model/labels.ts';
import { buildIntegrations } from '../build-integrations.ts';
import type { Notification } from '../notification.ts';
import {
  anySignal,
  failureOf,
  RESOLVED,
  STARTED_MS,
  testAlert,
  testMessage,
  testNotification,
} from '../test-notification.ts';
import { type Answer, type Received, type TestReceiver, testReceiver } from '../test-receiver.ts';
import { Desktop } from './desktop.ts';
import { pagerdutySender } from './pagerduty.ts';
import { pushoverSender } from './pushover.ts';
import { slackSender } from './slack.ts';

let server: TestReceiver | undefined;
afterEach(() => server?.close());

async function listen(answer: (received: Received) => Answer | null = () => ({})): Promise<TestReceiver> {
  server = await testReceiver(answer);
  return server;
}

const folder = mkdtempSync(path.join(tmpdir(), 'hearth-receivers-'));
writeFileSync(path.join(folder, 'secret'), 'from-a-file\n');

function load(receiver: string, global = '{}') {
  const text = `global: ${global}\nroute: {receiver: a}\nreceivers:\n- name: a\n  ${receiver}\n`;
  return loadAlertmanagerConfig(text, path.join(folder, 'alertmanager.yml'));
}

/** Sends by the only integration of a receiver written as YAML. */
async function send(receiver: string, change: Partial<Notification> = {}): Promise<unknown> {
  const config = load(receiver);
  const desktop = new Desktop(() => Promise.resolve(), systemClock);
  const built = buildIntegrations(config, { clock: systemClock, userAgent: 'Hearth/1', desktop });
  const [integration] = built.get('a') ?? [];
  return integration?.notify(testNotification(change), anySignal());
}

const HASH = createHash('sha256').update('{}:{alertname="A1"}').digest('hex');
const SUBJECT = '[FIRING:1] A1 (warning)';
const AM_URL = 'http://am/#/alerts?receiver=a%5C.b+c';
const ALERT_LIST =
  'Labels:\n - alertname = A1\n - severity = warning\nAnnotations:\n - summary = s <b> + 1\n' +
  'Source: http://p/graph?g0.expr=up&g0.tab=1\n';
const okJson = (body: unknown): Answer => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

describe('slack', () => {
  const ok = () => okJson({ ok: true, ts: '1.2', channel: 'C1' });

  it('sends what upstream sends by default', async () => {
    const { url, got } = await listen(() => ({ body: 'ok' }));
    await send(`slack_configs: [{api_url: "${url}/hook", channel: "#x"}]`);
    expect(got[0]).toMatchObject({ method: 'POST', url: '/hook' });
    expect(got[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Hearth/1' });
    expect(got[0]?.json).toEqual({
      channel: '#x',
      username: 'Alertmanager',
      attachments: [
        {
          title: SUBJECT,
          title_link: AM_URL,
          text: '',
          fallback: `${SUBJECT} | ${AM_URL}`,
          callback_id: '',
          footer: '',
          color: 'danger',
          mrkdwn_in: ['fallback', 'pretext', 'text'],
        },
      ],
    });
  });

  it('has fields, actions and an app token from a file', async () => {
    const { url, got } = await listen(ok);
    await send(
      `slack_configs: [{app_token_file: secret, app_url: "${url}/api", channel: "{{ .CommonLabels.severity }}", ` +
        'title: "{{ range .Alerts }}{{ .Fingerprint }}{{ end }}", message_text: m, link_names: true, short_fields: true, ' +
        'fields: [{title: a, value: "{{ .Status }}"}, {title: b, value: c, short: false}], ' +
        'actions: [{type: button, text: Go, url: "{{ .ExternalURL }}"}, {type: button, text: t, name: n, value: v, confirm: {text: sure}}]}]',
    );
    expect(got[0]?.headers.authorization).toBe('Bearer from-a-file');
    expect(got[0]?.json).toMatchObject({
      channel: 'warning',
      text: 'm',
      link_names: true,
      attachments: [
        {
          title: '5b80445d08dc1d2f',
          fields: [
            { title: 'a', value: 'firing', short: true },
            { title: 'b', value: 'c', short: false },
          ],
          actions: [
            { type: 'button', text: 'Go', url: 'http://am' },
            { type: 'button', text: 't', name: 'n', value: 'v', confirm: { text: 'sure' } },
          ],
        },
      ],
    });
  });

  it.each([
    [
      okJson({ ok: false, error: 'channel_not_found' }),
      false,
      'channel "#x": error response from Slack: channel_not_found',
    ],
    [{ body: 'no_text' }, false, 'channel "#x": received an error response from Slack: no_text'],
    [
      { status: 404, body: 'channel_is_archived' },
      false,
      'channel "#x": unexpected status code 404: channel_is_archived',
    ],
    [{ status: 503 }, true, 'channel "#x": unexpected status code 503'],
  ])('%j', async (answer, retry, message) => {
    const { url } = await listen(() => answer);
    const error = await failureOf(send(`slack_configs: [{api_url: "${url}", channel: "#x"}]`));
    expect(error).toMatchObject({ retry, message });
  });

  it('changes a message that it sent before', async () => {
    const { url, got } = await listen(ok);
    const [config] =
      load(`slack_configs: [{api_url: "${url}/api/chat.postMessage", channel: "#x"}]`).receivers[0]?.integrations ?? [];
    if (config?.kind !== 'slack') throw new Error('no slack');
    const sender = slackSender({ ...config.config, updateMessage: true }, { clock: systemClock, userAgent: 'x' });
    const noted = await sender(testMessage(), anySignal());
    expect(noted).toEqual({ ts: '1.2', channel: 'C1' });
    await sender(testMessage({ ...RESOLVED, receiverData: noted ?? {} }), anySignal());
    expect(got.map((each) => each.url)).toEqual(['/api/chat.postMessage', '/api/chat.update']);
    expect(got[1]?.json).toMatchObject({ ts: '1.2', channel: 'C1', attachments: [{ color: 'good' }] });
  });
});

describe('chats', () => {
  it('mattermost', async () => {
    const { url, got } = await listen();
    await send(
      `mattermost_configs: [{webhook_url: "${url}/h", channel: c, text: hello, fields: [{title: a, value: b}], ` +
        'props: {card: "{{ .Status }}"}, priority: {priority: Standard, requested_ack: true}}]',
    );
    expect(got[0]?.json).toEqual({
      text: 'hello',
      channel: 'c',
      username: 'Alertmanager',
      attachments: [
        {
          fallback: `${SUBJECT} | ${AM_URL}`,
          color: 'danger',
          title: SUBJECT,
          title_link: AM_URL,
          fields: [{ title: 'a', value: 'b' }],
        },
      ],
      props: { card: 'firing' },
      priority: { priority: 'standard' },
    });
  });

  it('rocket.chat', async () => {
    const { url, got } = await listen(() => okJson({ success: true }));
    await send(
      `rocketchat_configs: [{api_url: "${url}", token: t, token_id_file: secret, channel: c, actions: [{text: Go, url: u}]}]`,
    );
    expect(got[0]?.url).toBe('/api/v1/chat.postMessage');
    expect(got[0]?.headers).toMatchObject({ 'x-auth-token': 't', 'x-user-id': 'from-a-file' });
    expect(got[0]?.json).toEqual({
      channel: 'c',
      attachments: [
        {
          title: SUBJECT,
          title_link: AM_URL,
          color: 'red',
          actions: [{ type: 'button', text: 'Go', url: 'u', is_webview: false, msg_in_chat_window: false }],
        },
      ],
    });
    const refusing = await testReceiver(() => okJson({ success: false, error: 'no' }));
    const error = await failureOf(
      send(`rocketchat_configs: [{api_url: "${refusing.url}", token: t, token_id: i, channel: c}]`),
    );
    await refusing.close();
    expect(error).toMatchObject({ retry: false, message: 'channel "c": error response from Rocketchat: no' });
  });

  it('discord', async () => {
    const { url, got } = await listen();
    await send(`discord_configs: [{webhook_url: "${url}/d", username: bot, avatar_url: "http://a/b.png"}]`);
    expect(got[0]?.json).toEqual({
      content: '',
      embeds: [{ title: SUBJECT, description: `\n\nAlerts Firing:\n${ALERT_LIST}\n\n\n`, color: 0x992d22 }],
      username: 'bot',
      avatar_url: 'http://a/b.png',
    });
    await send(`discord_configs: [{webhook_url: "${url}/d", title: "${'é'.repeat(300)}"}]`, RESOLVED);
    expect(got[1]?.json).toMatchObject({ embeds: [{ title: `${'é'.repeat(255)}…`, color: 0x2ecc71 }] });
  });

  it('teams, old and new', async () => {
    const { url, got } = await listen();
    await send(`msteams_configs: [{webhook_url: "${url}/t", text: x}]`);
    expect(got[0]?.json).toEqual({
      '@context': 'http://schema.org/extensions',
      type: 'MessageCard',
      title: SUBJECT,
      summary: SUBJECT,
      text: 'x',
      themeColor: '8C1A1A',
    });
    await send(`msteamsv2_configs: [{webhook_url: "${url}/t", text: x}]`, RESOLVED);
    expect(got[1]?.json).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.2',
            body: [
              {
                type: 'TextBlock',
                text: '[RESOLVED] A1 (warning)',
                weight: 'Bolder',
                size: 'Medium',
                wrap: true,
                style: 'heading',
                color: 'Good',
              },
              { type: 'TextBlock', text: 'x', wrap: true },
            ],
            msteams: { width: 'full' },
          },
        },
      ],
    });
  });

  it('telegram', async () => {
    const { url, got } = await listen(() => okJson({ ok: true, result: {} }));
    await send(`telegram_configs: [{api_url: "${url}", bot_token_file: secret, chat_id: -1001, message_thread_id: 7}]`);
    expect(got[0]?.url).toBe('/botfrom-a-file/sendMessage');
    const escaped = ALERT_LIST.replace('s <b> + 1', 's &lt;b&gt; &#43; 1').replace('&g0', '&amp;g0');
    expect(got[0]?.json).toEqual({
      chat_id: '-1001',
      text: `\n\nAlerts Firing:\n${escaped}\n\n\n`,
      disable_web_page_preview: 'true',
      message_thread_id: 7,
      parse_mode: 'HTML',
    });
    const long = `message: "${'x'.repeat(5000)}"`;
    await send(`telegram_configs: [{api_url: "${url}", bot_token: t, chat_id: 1, ${long}}]`);
    expect(got[1]?.json).toMatchObject({ text: expect.stringContaining('could not be sent') });
    await send(`telegram_configs: [{api_url: "${url}", bot_token: t, chat_id: 1, parse_mode: "", ${long}}]`);
    expect(got[2]?.json).toMatchObject({ text: `${'x'.repeat(4095)}…` });
    expect(got[2]?.json).not.toHaveProperty('parse_mode');
  });

  it('telegram says what was wrong, without the token', async () => {
    const { url } = await listen(() => ({
      ...okJson({ ok: false, error_code: 403, description: 'Forbidden' }),
      status: 403,
    }));
    const error = await failureOf(send(`telegram_configs: [{api_url: "${url}", bot_token: hush, chat_id: 1}]`));
    expect(error).toMatchObject({ retry: true, reason: 'authError', message: 'telegram: Forbidden (403)' });
  });

  it('webex', async () => {
    const { url, got } = await listen();
    await send(
      `webex_configs: [{api_url: "${url}/m", room_id: r, message: "${'ü'.repeat(4000)}", http_config: {authorization: {credentials: k}}}]`,
    );
    expect(got[0]?.headers.authorization).toBe('Bearer k');
    expect(got[0]?.json).toEqual({ markdown: `${'ü'.repeat(3718)}…`, roomId: 'r' });
  });

  it('wechat fetches a token first, and again when it has ended', async () => {
    let code = 0;
    const { url, got } = await listen((received) =>
      received.method === 'GET' ? okJson({ access_token: 'tok' }) : okJson({ errcode: code, errmsg: 'old' }),
    );
    const yaml = `wechat_configs: [{api_url: "${url}", api_secret_file: secret, corp_id: c, to_user: u, message: m}]`;
    await send(yaml);
    expect(got.map((each) => `${each.method} ${each.url}`)).toEqual([
      'GET /gettoken?corpid=c&corpsecret=from-a-file',
      'POST /message/send?access_token=tok',
    ]);
    expect(got[1]?.json).toEqual({
      text: { content: 'm' },
      touser: 'u',
      safe: '0',
      msgtype: 'text',
      markdown: { content: '' },
    });
    code = 42001;
    expect(await failureOf(send(yaml))).toMatchObject({ retry: true, message: 'old' });
    code = 40013;
    expect(await failureOf(send(yaml))).toMatchObject({ retry: false });
  });

  it('pushover', async () => {
    const { url, got } = await listen();
    const [config] =
      load('pushover_configs: [{token: t, user_key_file: secret, sound: s, ttl: 90s}]').receivers[0]?.integrations ??
      [];
    if (config?.kind !== 'pushover') throw new Error('no pushover');
    await pushoverSender(config.config, { clock: systemClock, userAgent: 'x' }, `${url}/1`)(testMessage(), anySignal());
    expect(Object.fromEntries(new URL(`${url}${got[0]?.url}`).searchParams)).toEqual({
      token: 't',
      user: 'from-a-file',
      title: SUBJECT,
      message: `s <b> + 1\n\nAlerts Firing:\n${ALERT_LIST}`.trim(),
      url: AM_URL,
      url_title: '',
      priority: '2',
      retry: '60',
      expire: '3600',
      device: '',
      sound: 's',
      ttl: '90',
    });
  });
});

describe('incidents', () => {
  it('pagerduty v2', async () => {
    const { url, got } = await listen(() => ({ status: 202 }));
    await send(
      `pagerduty_configs: [{url: "${url}/v2", routing_key_file: secret, severity: "{{ .CommonLabels.severity }}", ` +
        'details: {who: "{{ .Receiver }}", deep: {list: ["{{ .Status }}", 1]}}, images: [{src: i}, {src: ""}], links: [{href: h, text: t}]}]',
    );
    expect(got[0]?.json).toEqual({
      routing_key: 'from-a-file',
      dedup_key: HASH,
      event_action: 'trigger',
      payload: {
        summary: SUBJECT,
        source: 'Alertmanager',
        severity: 'warning',
        custom_details: {
          firing: ALERT_LIST,
          resolved: '',
          num_firing: '1',
          num_resolved: '0',
          who: 'a\\.b c',
          deep: { list: ['firing', 1] },
        },
      },
      client: 'Alertmanager',
      client_url: AM_URL,
      images: [{ src: 'i', alt: '', href: '' }],
      links: [{ href: 'h', text: 't' }],
    });
    await send(
      `pagerduty_configs: [{url: "${url}/v2", routing_key: k, details: {big: "${'x'.repeat(600_000)}"}}]`,
      RESOLVED,
    );
    expect(got[1]?.json).toMatchObject({
      event_action: 'resolve',
      payload: { custom_details: { error: expect.stringContaining('512KB') } },
    });
  });

  it('pagerduty v1, and what it says is wrong', async () => {
    const { url, got } = await listen(() => ({ status: 400, body: '{"message":"bad","errors":["a","b"]}' }));
    const [config] =
      load('pagerduty_configs: [{service_key: "{{ .CommonLabels.severity }}"}]').receivers[0]?.integrations ?? [];
    if (config?.kind !== 'pagerduty') throw new Error('no pagerduty');
    const sender = pagerdutySender(config.config, { clock: systemClock, userAgent: 'x' }, `${url}/v1`);
    const error = await failureOf(sender(testMessage(), anySignal()));
    expect(error).toMatchObject({ retry: false, message: 'unexpected status code 400: bad: a,b' });
    expect(got[0]?.json).toMatchObject({
      service_key: 'warning',
      incident_key: HASH,
      event_type: 'trigger',
      description: SUBJECT,
      client: 'Alertmanager',
      client_url: AM_URL,
      details: { num_firing: '1' },
    });
  });

  it('opsgenie creates, updates and closes', async () => {
    const { url, got } = await listen(() => ({ status: 202 }));
    const yaml =
      `opsgenie_configs: [{api_url: "${url}/x", api_key: k, update_alerts: true, tags: "a,,{{ .Status }}", priority: P2, ` +
      'details: {d: "{{ .Receiver }}"}, responders: [{name: "t1,t2", type: teams}, {username: u, type: user}]}]';
    await send(yaml);
    expect(got.map((each) => `${each.method} ${each.url}`)).toEqual([
      'POST /x/v2/alerts',
      `PUT /x/v2/alerts/${HASH}/message?identifierType=alias`,
      `PUT /x/v2/alerts/${HASH}/description?identifierType=alias`,
    ]);
    expect(got[0]?.headers).toMatchObject({ authorization: 'GenieKey k', 'content-type': 'application/json' });
    const description = `s <b> + 1\nAlerts Firing:\n${ALERT_LIST}\n`;
    expect(got[0]?.json).toEqual({
      alias: HASH,
      message: SUBJECT,
      description,
      details: { alertname: 'A1', severity: 'warning', d: 'a\\.b c' },
      source: AM_URL,
      responders: [
        { name: 't1', type: 'team' },
        { name: 't2', type: 'team' },
        { username: 'u', type: 'user' },
      ],
      tags: ['a', 'firing'],
      priority: 'P2',
    });
    expect(got[1]?.json).toEqual({ message: SUBJECT });
    await send(yaml, RESOLVED);
    expect(got[3]).toMatchObject({
      method: 'POST',
      url: `/x/v2/alerts/${HASH}/close?identifierType=alias`,
      json: { source: AM_URL },
    });
  });

  it('victorops', async () => {
    const { url, got } = await listen();
    await send(
      `victorops_configs: [{api_url: "${url}/v", api_key_file: secret, routing_key: r, message_type: odd, custom_fields: {f: "{{ .Status }}"}}]`,
    );
    expect(got[0]?.url).toBe('/v/from-a-file/r');
    expect(got[0]?.json).toEqual({
      entity_display_name: SUBJECT,
      entity_id: HASH,
      message_type: 'CRITICAL',
      monitoring_tool: 'Alertmanager',
      state_message: `s <b> + 1\nAlerts Firing:\n${ALERT_LIST}\n`,
      f: 'firing',
    });
    await send(`victorops_configs: [{api_url: "${url}/v", api_key: k, routing_key: r}]`, RESOLVED);
    expect(got[1]?.json).toMatchObject({ message_type: 'RECOVERY' });
  });

  it('incident.io', async () => {
    const { url, got } = await listen();
    const alerts = [testAlert({ alertname: 'A1' }), testAlert({ alertname: 'A2' })];
    await send(`incidentio_configs: [{url: "${url}/i", alert_source_token_file: secret, max_alerts: 1}]`, { alerts });
    expect(got[0]?.headers.authorization).toBe('Bearer from-a-file');
    expect(got[0]?.json).toMatchObject({
      version: '1',
      groupKey: '{}:{alertname="A1"}',
      truncatedAlerts: 1,
      alerts: [{ labels: { alertname: 'A1' } }],
      status: 'firing',
    });
    const refusing = await testReceiver(() => ({ status: 429, body: '{"message":"slow","errors":["a"]}' }));
    const error = await failureOf(send(`incidentio_configs: [{url: "${refusing.url}", alert_source_token: t}]`));
    await refusing.close();
    expect(error).toMatchObject({ retry: true, reason: 'rateLimited', message: 'unexpected status code 429: slow: a' });
  });

  it('sns, signed', async () => {
    const { url, got } = await listen();
    await send(
      `sns_configs: [{api_url: "${url}", sigv4: {region: eu-west-1, access_key: AK, secret_key: SK}, ` +
        'topic_arn: "arn:aws:sns:eu-west-1:1:t.fifo", subject: s, message: m, attributes: {a: "{{ .Status }}"}}]',
    );
    expect(Object.fromEntries(new URLSearchParams(got[0]?.body))).toEqual({
      Action: 'Publish',
      Version: '2010-03-31',
      TopicArn: 'arn:aws:sns:eu-west-1:1:t.fifo',
      Subject: 's',
      Message: 'm',
      MessageDeduplicationId: HASH,
      MessageGroupId: HASH,
      'MessageAttributes.entry.1.Name': 'a',
      'MessageAttributes.entry.1.Value.DataType': 'String',
      'MessageAttributes.entry.1.Value.StringValue': 'firing',
    });
    expect(got[0]?.headers.authorization).toBe(got[0] && signatureOf(got[0]));
  });

  it('sns assumes a role, and cuts what a phone cannot show', async () => {
    const { url, got } = await listen(({ body }) =>
      body.includes('AssumeRole')
        ? {
            body: '<Credentials><AccessKeyId>AK2</AccessKeyId><SecretAccessKey>SK2</SecretAccessKey><SessionToken>T</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>',
          }
        : {},
    );
    process.env.AWS_ENDPOINT_URL_STS = `${url}/sts`;
    try {
      await send(
        `sns_configs: [{api_url: "${url}", sigv4: {region: r, access_key: AK, secret_key: SK, role_arn: role, external_id: e}, ` +
          `phone_number: "+1", message: "${'x'.repeat(2000)}"}]`,
      );
    } finally {
      delete process.env.AWS_ENDPOINT_URL_STS;
    }
    expect(Object.fromEntries(new URLSearchParams(got[0]?.body))).toMatchObject({ RoleArn: 'role', ExternalId: 'e' });
    expect(got[1]?.headers['x-amz-security-token']).toBe('T');
    const sms = new URLSearchParams(got[1]?.body);
    expect([sms.get('Message')?.length, sms.get('MessageAttributes.entry.1.Name')]).toEqual([1600, 'truncated']);
  });
});

/** AWS Signature Version 4 worked out again from what arrived. */
function signatureOf({ headers, body, url }: Received): string {
  const names = (/SignedHeaders=([^,]+)/.exec(String(headers.authorization))?.[1] ?? '').split(';');
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Uint8Array, text: string) => createHmac('sha256', key).update(text).digest();
  const time = String(headers['x-amz-date']);
  const scope = `${time.slice(0, 8)}/eu-west-1/sns/aws4_request`;
  const request = [
    'POST',
    url,
    '',
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    hash(body),
  ];
  const toSign = ['AWS4-HMAC-SHA256', time, scope, hash(request.join('\n'))].join('\n');
  const key = scope.split('/').reduce<string | Uint8Array>(hmac, 'AWS4SK');
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  return `AWS4-HMAC-SHA256 Credential=AK/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
}

describe('jira', () => {
  const yaml = (url: string) =>
    `jira_configs: [{api_url: "${url}/rest/api/2", project: P, issue_type: Bug, labels: ["z{{ .Status }}"], description: d, ` +
    'resolve_transition: Done, reopen_transition: Open, reopen_duration: 1h, wont_fix_resolution: "Won\'t Do", ' +
    'summary: {template: "{{ .GroupLabels.alertname }}", enable_update: false}, fields: {customfield_1: {value: "{{ .Status }}"}}}]';

  async function jira(issues: unknown[]): Promise<TestReceiver> {
    return listen(({ method, url }) => {
      if (url.endsWith('/search')) return okJson({ issues });
      if (method === 'GET')
        return okJson({
          transitions: [
            { id: '5', name: 'Done' },
            { id: '6', name: 'Open' },
          ],
        });
      return okJson({});
    });
  }

  it('makes an issue', async () => {
    const { url, got } = await jira([]);
    await send(yaml(url));
    expect(got.map((each) => `${each.method} ${each.url}`)).toEqual([
      'POST /rest/api/2/search',
      'POST /rest/api/2/issue',
    ]);
    expect(got[0]?.json).toEqual({
      fields: ['status'],
      jql:
        `resolution != "Won't Do" and (resolutiondate is EMPTY OR resolutiondate >= -60m) and ` +
        `project="P" and labels="ALERT{${HASH}}" order by status ASC,resolutiondate DESC`,
      maxResults: 2,
    });
    expect(got[1]?.json).toEqual({
      fields: {
        project: { key: 'P' },
        issuetype: { name: 'Bug' },
        summary: 'A1',
        description: 'd',
        labels: [`ALERT{${HASH}}`, 'zfiring'],
        priority: { name: 'Medium' },
        customfield_1: { value: 'firing' },
      },
    });
  });

  it('moves the issue that is there, and makes none for what is over', async () => {
    const { url, got } = await jira([{ key: 'P-1', fields: { status: { statusCategory: { key: 'new' } } } }]);
    await send(yaml(url), RESOLVED);
    expect(got.map((each) => `${each.method} ${each.url}`).slice(1)).toEqual([
      'PUT /rest/api/2/issue/P-1',
      'GET /rest/api/2/issue/P-1/transitions',
      'POST /rest/api/2/issue/P-1/transitions',
    ]);
    expect(got[1]?.json).not.toHaveProperty('fields.summary');
    expect(got[3]?.json).toEqual({ transition: { id: '5' } });
    await server?.close();
    const empty = await jira([]);
    await send(yaml(empty.url), RESOLVED);
    expect(empty.got).toHaveLength(1);
  });
});

describe('http_config', () => {
  it('fetches an OAuth 2 token once', async () => {
    const { url, got } = await listen(({ url: path_ }) =>
      path_ === '/token' ? okJson({ access_token: 'T', token_type: 'bearer', expires_in: 3600 }) : {},
    );
    const config = load(
      `webhook_configs: [{url: "${url}/hook", http_config: {oauth2: {client_id: id, client_secret_file: secret, ` +
        `token_url: "${url}/token", scopes: [a, b], endpoint_params: {audience: x}}}}]`,
    );
    const desktop = new Desktop(() => Promise.resolve(), systemClock);
    const [integration] = buildIntegrations(config, { clock: systemClock, userAgent: 'h', desktop }).get('a') ?? [];
    await integration?.notify(testNotification(), anySignal());
    await integration?.notify(testNotification(), anySignal());
    expect(got.map((each) => each.url)).toEqual(['/token', '/hook', '/hook']);
    expect(got[0]?.headers.authorization).toBe(`Basic ${Buffer.from('id:from-a-file').toString('base64')}`);
    expect(Object.fromEntries(new URLSearchParams(got[0]?.body))).toEqual({
      audience: 'x',
      grant_type: 'client_credentials',
      scope: 'a b',
    });
    expect(got[2]?.headers.authorization).toBe('Bearer T');
  });

  it('goes through a proxy, but not to exceptions', async () => {
    const proxy = await listen();
    const direct = await testReceiver();
    const yaml = (host: string, rest: string) =>
      `webhook_configs: [{url: "${host}/x", http_config: {proxy_url: "${proxy.url}"${rest}}}]`;
    await send(yaml('http://far.example', ''));
    expect(proxy.got[0]).toMatchObject({ method: 'POST', url: 'http://far.example/x' });
    await send(yaml(direct.url, ', no_proxy: "10.0.0.0/8, 127.0.0.0/8"'));
    expect([proxy.got.length, direct.got.length]).toEqual([1, 1]);
    await direct.close();
  });
});

it('the labels of a resolved group are those of its alerts then', async () => {
  const { url, got } = await listen(() => ({ body: 'ok' }));
  await send(`slack_configs: [{api_url: "${url}", title: "{{ .CommonLabels }} {{ .Alerts.Resolved | len }}"}]`, {
    alerts: [
      testAlert({ alertname: 'A1', x: '1' }, { endsAtMs: STARTED_MS + 1 }),
      testAlert({ alertname: 'A1', x: '2' }),
    ],
    groupLabels: L({ alertname: 'A1' }),
  });
  expect(got[0]?.json).toMatchObject({ attachments: [{ title: 'alertname=A1 1' }] });
});
