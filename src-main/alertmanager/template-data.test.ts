import { describe, expect, it } from 'vitest';
import { FakeClock } from '../model/fake-clock.ts';
import { labelsFromRecord as L } from '../model/labels.ts';
import type { Notification } from './notification.ts';
import { messageTemplates } from './sending/message-templates.ts';
import { templateData } from './template-data.ts';

const STARTED = Date.parse('2026-11-23T07:15:26.590Z');

function alert(i: string, endsAtMs: number): Notification['alerts'][number] {
  const labels = L({ alertname: 'A1', severity: 'warning', i });
  const common = { startsAtMs: STARTED, generatorUrl: 'http://p', updatedAtMs: 0, isTimeout: false };
  return { ...common, fingerprint: i, labels, annotations: L({ summary: `s${i}` }), endsAtMs };
}

const notification: Notification = {
  receiver: 'a.b',
  groupKey: '{}:{alertname="A1"}',
  groupLabels: L({ alertname: 'A1' }),
  alerts: [alert('1', 0), alert('2', Date.parse('2026-11-23T08:15:26Z'))],
  reason: 'new alerts added',
  externalUrl: 'http://am',
  routeLabels: {},
  receiverData: {},
  atMs: STARTED,
};

const clock = new FakeClock(STARTED + 90_000);
const { text: expand } = messageTemplates(
  [{ path: 'x.tmpl', text: '{{ define "mine" }}M:{{ .Status }}{{ end }}' }],
  clock,
);

// Those without a remark: as `amtool template render` prints them.
const cases: readonly (readonly [text: string, expected: string])[] = [
  ['{{ template "mine" . }}', 'M:firing'],
  ['{{ .Status }} {{ len .Alerts }} {{ len .Alerts.Firing }} {{ len .Alerts.Resolved }}', 'firing 2 1 1'],
  [
    '{{ range .Alerts }}{{ .Labels.i }} {{ .StartsAt }} {{ .EndsAt.IsZero }} {{ .StartsAt.Format "2006-01-02 15:04" }};{{ end }}',
    '1 2026-11-23 07:15:26.59 +0000 UTC true 2026-11-23 07:15;2 2026-11-23 07:15:26.59 +0000 UTC false 2026-11-23 07:15;',
  ],
  ['{{ (index .Alerts 0).EndsAt }}', '0001-01-01 00:00:00 +0000 UTC'],
  ['{{ range .Alerts.Firing }}{{ .Labels.SortedPairs.Values | join "," }}{{ end }}', 'A1,1,warning'],
  [
    '{{ join "-" (stringSlice "a" "b") }} {{ "A b" | toUpper | toLower | title }} {{ match "a.c" "xabcx" }}',
    'a-b A B true',
  ],
  ['{{ .CommonLabels.Names }} {{ .CommonLabels.Values }}', '[alertname severity] [A1 warning]'],
  ['{{ range (.CommonLabels.Remove .GroupLabels.Names) }}{{ . }}{{ end }}', 'warning'],
  ['{{ .CommonLabels.nope }}|{{ .ExternalURL }}', '|http://am'],
  ['{{ with .CommonLabels.severity }}{{ . }}{{ end }}{{ if gt (len .Alerts) 1 }} many{{ end }}', 'warning many'],
  // As of Alertmanager 0.34.
  [
    '{{ .Receiver }} {{ .NotificationReason }} {{ .CommonLabels }}',
    'a\\.b new alerts added alertname=A1, severity=warning',
  ],
  ['{{ .CommonLabels.SortedPairs.Names.Join "," }}', 'alertname,severity'],
  ['{{ template "__subject" . }}', '[FIRING:1] A1 (warning)'],
  ['{{ template "__alertmanagerURL" . }}', 'http://am/#/alerts?receiver=a%5C.b'],
  [
    '{{ since (index .Alerts 0).StartsAt | humanizeDuration }} {{ now | tz "Europe/Berlin" | date "15:04 MST" }}',
    '1m 30s 08:16 CET',
  ],
  [
    '{{ toJson .GroupLabels }} {{ dict "a" 1 | toJson }} {{ base64encode "x" }} {{ list 1 "b" | len }}',
    '{"alertname":"A1"} {"a":1} eA== 2',
  ],
  ['{{ " x " | trimSpace }}|{{ urlUnescape "a%20b+c" }}|{{ append (list "a") "b" }}', 'x|a b c|[a b]'],
];

describe('notification templates', () => {
  it.each(cases)('%s', (text, expected) => {
    expect(expand(text, templateData(notification))).toBe(expected);
  });

  it('refuse what is not there', () => {
    expect(() => expand('{{ .Nope }}', templateData(notification))).toThrow(/can't evaluate field Nope in type/);
  });
});
