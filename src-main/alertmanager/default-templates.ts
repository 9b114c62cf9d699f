/** The named templates that notifications may use without defining them: upstream's names, and what they print. */
import { EMAIL_TEMPLATE } from './email-template.ts';

/** Alerts of both kinds one below the other; `heading` in front of each list, `list` prints it. */
function both(heading: string, list: string): string {
  const part = (kind: string) =>
    `{{ if gt (len .Alerts.${kind}) 0 }}\n${heading}Alerts ${kind}:\n{{ template "${list}" .Alerts.${kind} }}\n{{ end }}\n`;
  return part('Firing') + part('Resolved');
}

/** The same without the blank lines around. */
const TRIMMED = ['Firing', 'Resolved']
  .map(
    (kind) =>
      `{{ if gt (len .Alerts.${kind}) 0 -}}\nAlerts ${kind}:\n{{ template "__text_alert_list" .Alerts.${kind} }}\n{{- end }}\n`,
  )
  .join('');
const ANNOTATIONS = '{{ .CommonAnnotations.SortedPairs.Values | join " " }}';
const PLAIN = both('', '__text_alert_list');
const MARKDOWN = both('# ', '__text_alert_list_markdown');

/** Priority of an issue by the gravest severity among some alerts. */
function priorityBy(alerts: string): string {
  const case_ = (severity: string, priority: string, unless: string) =>
    `(and (eq $severity "${severity}") ${unless}) -}}{{- $priority = "${priority}" -}}`;
  return (
    `{{- range ${alerts} -}}{{- $severity := index .Labels "severity" -}}` +
    `{{- if ${case_('critical', 'High', 'true')}` +
    `{{- else if ${case_('warning', 'Medium', '(ne $priority "High")')}` +
    `{{- else if ${case_('info', 'Low', '(eq $priority "")')}{{- end -}}{{- end -}}`
  );
}

const SUBJECT = '{{ template "__subject" . }}';
const NAME = '{{ template "__alertmanager" . }}';
const LINK = '{{ template "__alertmanagerURL" . }}';

const NAMED: Readonly<Record<string, string>> = {
  __alertmanager: 'Alertmanager',
  __alertmanagerURL: '{{ .ExternalURL }}/#/alerts?receiver={{ .Receiver | urlquery }}',
  __subject:
    '[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}] ' +
    '{{ .GroupLabels.SortedPairs.Values | join " " }} {{ if gt (len .CommonLabels) (len .GroupLabels) }}' +
    '({{ with .CommonLabels.Remove .GroupLabels.Names }}{{ .Values | join " " }}{{ end }}){{ end }}',
  __description: '',
  __text_alert_list:
    '{{ range . }}Labels:\n{{ range .Labels.SortedPairs }} - {{ .Name }} = {{ .Value }}\n{{ end }}' +
    'Annotations:\n{{ range .Annotations.SortedPairs }} - {{ .Name }} = {{ .Value }}\n{{ end }}' +
    'Source: {{ .GeneratorURL }}\n{{ end }}',
  __text_alert_list_markdown:
    '{{ range . }}\nLabels:\n{{ range .Labels.SortedPairs }}  - {{ .Name }} = {{ .Value }}\n{{ end }}\n' +
    'Annotations:\n{{ range .Annotations.SortedPairs }}  - {{ .Name }} = {{ .Value }}\n{{ end }}\n' +
    'Source: {{ .GeneratorURL }}\n{{ end }}\n',
  'slack.default.title': SUBJECT,
  'slack.default.username': NAME,
  'slack.default.fallback': '{{ template "slack.default.title" . }} | {{ template "slack.default.titlelink" . }}',
  'slack.default.callbackid': '',
  'slack.default.pretext': '',
  'slack.default.titlelink': LINK,
  'slack.default.iconemoji': '',
  'slack.default.iconurl': '',
  'slack.default.text': '',
  'slack.default.footer': '',
  'slack.default.color': '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}',
  'mattermost.default.username': NAME,
  'mattermost.default.color': '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}',
  'mattermost.default.text': '',
  'mattermost.default.title': SUBJECT,
  'mattermost.default.titlelink': LINK,
  'mattermost.default.fallback':
    '{{ template "mattermost.default.title" . }} | {{ template "mattermost.default.titlelink" . }}',
  'rocketchat.default.title': SUBJECT,
  'rocketchat.default.alias': NAME,
  'rocketchat.default.titlelink': LINK,
  'rocketchat.default.emoji': '',
  'rocketchat.default.iconurl': '',
  'rocketchat.default.text': '',
  'pagerduty.default.description': SUBJECT,
  'pagerduty.default.client': NAME,
  'pagerduty.default.clientURL': LINK,
  'pagerduty.default.instances': '{{ template "__text_alert_list" . }}',
  'opsgenie.default.message': SUBJECT,
  'opsgenie.default.description': `${ANNOTATIONS}\n${TRIMMED.trimEnd()}`,
  'opsgenie.default.source': LINK,
  'wechat.default.message': `${SUBJECT}\n${ANNOTATIONS}\n${TRIMMED}AlertmanagerUrl:\n${LINK}`,
  'wechat.default.to_user': '',
  'wechat.default.to_party': '',
  'wechat.default.to_tag': '',
  'wechat.default.agent_id': '',
  'victorops.default.state_message': `${ANNOTATIONS}\n${TRIMMED.trimEnd()}`,
  'victorops.default.entity_display_name': SUBJECT,
  'victorops.default.monitoring_tool': NAME,
  'email.default.subject': SUBJECT,
  'email.default.html': EMAIL_TEMPLATE,
  'pushover.default.title': SUBJECT,
  'pushover.default.message': `${ANNOTATIONS}\n${PLAIN}`,
  'pushover.default.url': LINK,
  'sns.default.subject': SUBJECT,
  'sns.default.message': `${ANNOTATIONS}\n${PLAIN}`,
  'telegram.default.message': `\n${PLAIN}`,
  'discord.default.content': '',
  'discord.default.title': SUBJECT,
  'discord.default.message': `\n${PLAIN}`,
  'webex.default.message': `${ANNOTATIONS}\n${PLAIN}`,
  'msteams.default.summary': SUBJECT,
  'msteams.default.title': SUBJECT,
  'msteams.default.text': `\n${MARKDOWN}`,
  'msteamsv2.default.title': SUBJECT,
  'msteamsv2.default.text': `\n${MARKDOWN}`,
  'jira.default.summary': SUBJECT,
  'jira.default.description': `\n${MARKDOWN}`,
  'jira.default.priority':
    `{{- $priority := "" }}${priorityBy('.Alerts.Firing')}{{- if eq $priority "" -}}` +
    `${priorityBy('.Alerts.Resolved')}{{- end -}}{{- $priority -}}`,
};

export const DEFAULT_TEMPLATES: string = Object.entries(NAMED)
  .map(([name, text]) => `{{ define "${name}" }}${text}{{ end }}`)
  .join('\n');
