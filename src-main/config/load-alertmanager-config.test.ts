import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MatcherError, parseMatcher, parseMatchers } from './alert-matchers.ts';
import { ConfigError } from './errors.ts';
import { loadAlertmanagerConfig } from './load-alertmanager-config.ts';

const FILE = '/etc/hearth/alertmanager.yml';
const RECEIVERS = 'receivers: [{name: a}, {name: b}]\n';

function refusal(text: string): string {
  try {
    loadAlertmanagerConfig(text, FILE);
  } catch (error) {
    if (error instanceof ConfigError) return `${error.line}:${error.column}: ${error.reason}`;
    throw error;
  }
  return 'accepted';
}

describe('loadAlertmanagerConfig', () => {
  it('fills a minimal file in', () => {
    expect(
      loadAlertmanagerConfig('route: {receiver: a}\nreceivers: [{name: a, desktop_configs: [{}]}]', FILE),
    ).toMatchObject({
      resolveTimeoutMs: 300_000,
      route: {
        receiver: 'a',
        groupBy: [],
        groupByAll: false,
        matchers: [],
        continue: false,
        groupWaitMs: 30_000,
        groupIntervalMs: 300_000,
        repeatIntervalMs: 14_400_000,
        routes: [],
      },
      receivers: [
        { name: 'a', labels: { name: 'a' }, integrations: [{ kind: 'desktop', config: { sendResolved: true } }] },
      ],
      inhibitRules: [],
      timeIntervals: [],
      templates: [],
    });
  });

  it('hands down what children do not say', () => {
    const { route } = loadAlertmanagerConfig(
      [
        RECEIVERS,
        'route:',
        '  receiver: a',
        '  group_by: [alertname, job]',
        '  group_wait: 5s',
        '  routes:',
        '  - matchers: [team="x", "env=~\\"prod|dev\\""]',
        '    receiver: b',
        '    group_by: [...]',
        '    routes: [{match: {z: "1"}, match_re: {y: a.*}, group_by: [], repeat_interval: 1h, continue: true}]',
        '  - mute_time_intervals: [night]',
        'time_intervals: [{name: night, time_intervals: [{times: [{start_time: "22:00", end_time: "24:00"}]}]}]',
      ].join('\n'),
      FILE,
    );
    const [first, second] = route.routes;
    expect(first).toMatchObject({ receiver: 'b', groupBy: [], groupByAll: true, groupWaitMs: 5_000 });
    expect(first?.matchers).toEqual([
      { name: 'env', type: '=~', value: 'prod|dev' },
      { name: 'team', type: '=', value: 'x' },
    ]);
    expect(first?.routes[0]).toMatchObject({
      receiver: 'b',
      groupByAll: false,
      repeatIntervalMs: 3_600_000,
      continue: true,
    });
    expect(first?.routes[0]?.matchers).toEqual([
      { name: 'y', type: '=~', value: '^(?:a.*)$' },
      { name: 'z', type: '=', value: '1' },
    ]);
    expect(second).toMatchObject({ receiver: 'a', groupBy: ['alertname', 'job'], muteTimeIntervals: ['night'] });
  });

  it('reads time intervals', () => {
    const spec =
      '{times: [{start_time: "09:00", end_time: "17:30"}], weekdays: ["Monday:friday", sunday], days_of_month: ["1:5", "-3:-1"],' +
      ' months: ["january:march", 12], years: ["2024:2026", 2030], location: Europe/Berlin}';
    const text = `route: {receiver: a}\n${RECEIVERS}time_intervals: [{name: office, time_intervals: [${spec}]}]`;
    expect(loadAlertmanagerConfig(text, FILE).timeIntervals).toEqual([
      {
        name: 'office',
        specs: [
          {
            times: [{ from: 540, to: 1050 }],
            weekdays: [
              { from: 1, to: 5 },
              { from: 0, to: 0 },
            ],
            daysOfMonth: [
              { from: 1, to: 5 },
              { from: -3, to: -1 },
            ],
            months: [
              { from: 1, to: 3 },
              { from: 12, to: 12 },
            ],
            years: [
              { from: 2024, to: 2026 },
              { from: 2030, to: 2030 },
            ],
            location: 'Europe/Berlin',
          },
        ],
      },
    ]);
  });

  it('reads webhooks, inhibition and templates, and hides secrets', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hearth-am-'));
    writeFileSync(path.join(folder, 'a.tmpl'), '{{ define "a" }}x{{ end }}');
    const text = [
      'global: {smtp_auth_password: hunter2, resolve_timeout: 1m}',
      'templates: ["*.tmpl", "none/*.tmpl"]',
      'route: {receiver: hook}',
      'receivers:',
      '- name: hook',
      '  webhook_configs:',
      '  - {url: "http://127.0.0.1:1/token", max_alerts: 5, timeout: 3s, send_resolved: false}',
      'inhibit_rules:',
      '- {source_matchers: [severity=critical], target_match: {severity: warning}, equal: [instance]}',
    ].join('\n');
    const config = loadAlertmanagerConfig(text, path.join(folder, 'alertmanager.yml'));
    const url = { kind: 'text', text: 'http://127.0.0.1:1/token' };
    expect(config.receivers[0]?.integrations).toMatchObject([
      { kind: 'webhook', config: { url, maxAlerts: 5, timeoutMs: 3_000, sendResolved: false } },
    ]);
    expect(config.inhibitRules).toEqual([
      {
        sourceMatchers: [{ name: 'severity', type: '=', value: 'critical' }],
        targetMatchers: [{ name: 'severity', type: '=', value: 'warning' }],
        equal: ['instance'],
      },
    ]);
    expect(config.templates.map((template) => path.basename(template.path))).toEqual(['a.tmpl']);
    expect(config.text).not.toMatch(/hunter2|token/);
  });

  it.each([
    ['', '1:1: no route provided in config'],
    [`${RECEIVERS}route: {}`, '2:8: root route must specify a default receiver'],
    [`${RECEIVERS}route: {receiver: c}`, '2:19: undefined receiver "c" used in route'],
    [`${RECEIVERS}route: {receiver: a, match: {x: y}}`, '2:22: root route must not have any matchers'],
    [`${RECEIVERS}route: {receiver: a, continue: true}`, '2:32: cannot have continue in root route'],
    [`${RECEIVERS}route: {receiver: a, group_by: [x, x]}`, '2:32: duplicated label "x" in group_by'],
    [`${RECEIVERS}route: {receiver: a, group_interval: 0s}`, '2:38: group_interval cannot be zero'],
    [`${RECEIVERS}route: {receiver: a, wait: 0s}`, '2:22: field wait not found in type config.Route'],
    [
      `${RECEIVERS}route: {receiver: a, routes: [{matchers: ["a="]}, {matchers: [nonsense]}]}`,
      '2:63: bad matcher format: nonsense',
    ],
    [
      `${RECEIVERS}route: {receiver: a, routes: [{matchers: ["a=~("]}]}`,
      '2:43: error parsing regexp: missing closing ): `(`',
    ],
    [
      `${RECEIVERS}route: {receiver: a, routes: [{mute_time_intervals: [x]}]}`,
      '2:54: undefined time interval "x" used in route',
    ],
    ['route: {receiver: a}\nreceivers: [{name: a}, {name: a}]', '2:31: notification config name "a" is not unique'],
    [
      'route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{channel: "#x"}]}]',
      '2:39: no Slack API URL nor App token set either inline or in a file',
    ],
    [
      'route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: "ftp://x"}]}]',
      '2:47: unsupported scheme "ftp" for URL',
    ],
    ['route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [null]}]', '2:41: missing webhook config'],
    [
      `${RECEIVERS}route: {receiver: a}\ntime_intervals: [{name: x, time_intervals: [{weekdays: [blurgsday]}]}]`,
      '3:57: blurgsday is not a valid weekday',
    ],
    [
      `${RECEIVERS}route: {receiver: a}\ntime_intervals: [{name: x, time_intervals: [{days_of_month: ["10:-25"]}]}]`,
      '3:62: end day -25 is always before start day 10',
    ],
    [
      `${RECEIVERS}route: {receiver: a}\ntime_intervals: [{name: x, time_intervals: [{times: [{start_time: "01:99", end_time: "02:00"}]}]}]`,
      "3:67: couldn't parse timestamp 01:99, invalid format",
    ],
  ])('%j', (text, expected) => {
    expect(refusal(text)).toBe(expected);
  });
});

describe('parseMatchers', () => {
  it.each([
    ['a=b', [{ name: 'a', type: '=', value: 'b' }]],
    ['a="b"', [{ name: 'a', type: '=', value: 'b' }]],
    ['a=', [{ name: 'a', type: '=', value: '' }]],
    [' a != "b c" ', [{ name: 'a', type: '!=', value: 'b c' }]],
    [
      '{a=~"b|c",d!~"e,f",}',
      [
        { name: 'a', type: '=~', value: 'b|c' },
        { name: 'd', type: '!~', value: 'e,f' },
      ],
    ],
    ['{}', []],
    ['', []],
    ['foo="a\\"b\\n\\d"', [{ name: 'foo', type: '=', value: 'a"b\n\\d' }]],
    ['"née🙂"="x"', [{ name: 'née🙂', type: '=', value: 'x' }]],
    ['foo-bar=x', [{ name: 'foo-bar', type: '=', value: 'x' }]],
  ])('%s', (text, expected) => {
    expect(parseMatchers(text)).toEqual(expected);
  });

  it.each([
    ['nonsense', 'bad matcher format: nonsense'],
    ['a=b"c', 'matcher value contains unescaped double quote: b"c'],
    ['a="b', 'matcher value contains unescaped double quote: "b'],
  ])('refuses %s', (text, message) => {
    expect(() => parseMatchers(text)).toThrow(new MatcherError(message));
  });

  it('takes one matcher for a filter', () => {
    expect(parseMatcher('a="b"')).toEqual({ name: 'a', type: '=', value: 'b' });
    expect(() => parseMatcher('{a="b"}')).toThrow('unexpected open or close brace: {a="b"}');
    expect(() => parseMatcher('a=b,c=d')).toThrow('expected 1 matcher, found 2');
  });
});
