import type { DesktopConfig, ReceiverConfig, WebhookConfig } from './alertmanager-config.ts';
import { DEFAULT_HTTP_CLIENT, HTTP_CLIENT_KEYS, readHttpClient } from './http-client.ts';
import type { HttpClientConfig } from './scrape-config.ts';
import { refuse } from './unsupported.ts';
import type { YamlMap } from './yaml-map.ts';

/** Receivers of Alertmanager 0.34 that Hearth has not. */
const FOREIGN_INTEGRATIONS = [
  'discord_configs',
  'email_configs',
  'incidentio_configs',
  'jira_configs',
  'mattermost_configs',
  'msteams_configs',
  'msteamsv2_configs',
  'opsgenie_configs',
  'pagerduty_configs',
  'pushover_configs',
  'rocketchat_configs',
  'slack_configs',
  'sns_configs',
  'telegram_configs',
  'victorops_configs',
  'webex_configs',
  'wechat_configs',
] as const;

const RECEIVER_KEYS: ReadonlySet<string> = new Set([
  'name',
  'labels',
  'desktop_configs',
  'webhook_configs',
  ...FOREIGN_INTEGRATIONS,
]);
const DESKTOP_KEYS = new Set(['send_resolved', 'title', 'text']);
const WEBHOOK_KEYS = new Set(['send_resolved', 'url', 'url_file', 'max_alerts', 'timeout', 'payload', 'http_config']);

const DEFAULT_TITLE =
  '{{ if eq .Status "resolved" }}Resolved: {{ end }}{{ .CommonLabels.alertname }}' +
  '{{ if gt (len .Alerts) 1 }} ({{ len .Alerts }}){{ end }}';
const DEFAULT_TEXT =
  '{{ range .Alerts }}{{ if .Annotations.summary }}{{ .Annotations.summary }}{{ else }}{{ .Labels }}{{ end }}\n{{ end }}';

export function readReceivers(root: YamlMap): readonly ReceiverConfig[] {
  const global = root.map('global', 'config.GlobalConfig', GLOBAL_KEYS);
  const http = readClient(global, DEFAULT_HTTP_CLIENT);
  const names = new Set<string>();
  const sections = root.maps('receivers', {
    typeName: 'config.Receiver',
    keys: RECEIVER_KEYS,
    emptyReason: 'missing name in receiver',
  });
  return sections.map((section) => {
    const name = section.string('name');
    if (name === '') section.fail('name', 'missing name in receiver');
    if (names.has(name)) section.fail('name', `notification config name "${name}" is not unique`);
    names.add(name);
    for (const key of ['labels', ...FOREIGN_INTEGRATIONS] as const) refuse(section, key);
    return { name, desktop: readDesktop(section), webhook: readWebhooks(section, http) };
  });
}

/** Settings for receivers that Hearth has not are of no effect; their secrets stay secret. */
export const GLOBAL_KEYS: ReadonlySet<string> = new Set([
  'resolve_timeout',
  'http_config',
  'jira_api_url',
  'mattermost_webhook_url',
  'mattermost_webhook_url_file',
  'opsgenie_api_key',
  'opsgenie_api_key_file',
  'opsgenie_api_url',
  'pagerduty_url',
  'rocketchat_api_url',
  'rocketchat_token',
  'rocketchat_token_file',
  'rocketchat_token_id',
  'rocketchat_token_id_file',
  'slack_api_url',
  'slack_api_url_file',
  'slack_app_token',
  'slack_app_token_file',
  'slack_app_url',
  'smtp_auth_identity',
  'smtp_auth_password',
  'smtp_auth_password_file',
  'smtp_auth_secret',
  'smtp_auth_secret_file',
  'smtp_auth_username',
  'smtp_force_implicit_tls',
  'smtp_from',
  'smtp_hello',
  'smtp_require_tls',
  'smtp_smarthost',
  'smtp_tls_config',
  'telegram_api_url',
  'telegram_bot_token',
  'telegram_bot_token_file',
  'victorops_api_key',
  'victorops_api_key_file',
  'victorops_api_url',
  'webex_api_url',
  'wechat_api_corp_id',
  'wechat_api_secret',
  'wechat_api_secret_file',
  'wechat_api_url',
]);

/** Those of GLOBAL_KEYS whose values are not shown. */
export const GLOBAL_SECRETS: readonly string[] = [...GLOBAL_KEYS].filter((key) =>
  /(?:_key|_token|_token_id|_password|_secret|slack_api_url|webhook_url)$/.test(key),
);

function readClient(section: YamlMap, fallback: HttpClientConfig): HttpClientConfig {
  if (!section.has('http_config')) return fallback;
  return readHttpClient(section.map('http_config', 'config.HTTPClientConfig', new Set<string>(HTTP_CLIENT_KEYS)));
}

function readDesktop(section: YamlMap): readonly DesktopConfig[] {
  return section
    .maps('desktop_configs', {
      typeName: 'config.DesktopConfig',
      keys: DESKTOP_KEYS,
      emptyReason: 'missing desktop config',
    })
    .map((desktop) => ({
      sendResolved: desktop.bool('send_resolved', true),
      title: desktop.has('title') ? desktop.string('title') : DEFAULT_TITLE,
      text: desktop.has('text') ? desktop.string('text') : DEFAULT_TEXT,
    }));
}

function readWebhooks(section: YamlMap, http: HttpClientConfig): readonly WebhookConfig[] {
  return section
    .maps('webhook_configs', {
      typeName: 'config.WebhookConfig',
      keys: WEBHOOK_KEYS,
      emptyReason: 'missing webhook config',
    })
    .map((webhook) => {
      refuse(webhook, 'url_file');
      refuse(webhook, 'payload');
      return {
        sendResolved: webhook.bool('send_resolved', true),
        url: readUrl(webhook),
        maxAlerts: webhook.uint('max_alerts', 0),
        timeoutMs: webhook.durationMs('timeout', 0),
        http: readClient(webhook, http),
      };
    });
}

function readUrl(webhook: YamlMap): string {
  const text = webhook.string('url');
  webhook.source.markSecret(webhook.value('url'), shownUrl(text));
  if (text === '') webhook.fail('url', 'one of url or url_file must be configured');
  // A template makes the whole of it only when it is sent.
  if (text.includes('{{')) return text;
  if (!URL.canParse(text)) webhook.fail('url', 'missing host for URL');
  const { protocol, hostname } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:')
    webhook.fail('url', `unsupported scheme "${protocol.slice(0, -1)}" for URL`);
  if (hostname === '') webhook.fail('url', 'missing host for URL');
  return text;
}

/** Webhook addresses carry their secret in the path; amtool reads this file back and wants to see an address. */
function shownUrl(text: string): string {
  return URL.canParse(text) ? `${new URL(text).origin}/<secret>` : '<secret>';
}
