/** What `global` gives to receivers that do not say it themselves. */
import { FULL_HTTP_CLIENT, type FullHttpClientConfig, type FullTlsConfig, readFullTls } from '../full-http-client.ts';
import type { YamlMap } from '../yaml-map.ts';
import { optionalBool, readClient, readSecret, readSecretUrl, readUrl, type Secret } from './integration-section.ts';

const SECRETS = [
  'smtp_auth_password',
  'smtp_auth_secret',
  'slack_app_token',
  'opsgenie_api_key',
  'victorops_api_key',
  'wechat_api_secret',
  'telegram_bot_token',
  'rocketchat_token',
  'rocketchat_token_id',
] as const;
const SECRET_URLS = ['slack_api_url', 'mattermost_webhook_url'] as const;
const URLS = {
  slack_app_url: 'https://slack.com/api/chat.postMessage',
  pagerduty_url: 'https://events.pagerduty.com/v2/enqueue',
  opsgenie_api_url: 'https://api.opsgenie.com/',
  wechat_api_url: 'https://qyapi.weixin.qq.com/cgi-bin/',
  victorops_api_url: 'https://alert.victorops.com/integrations/generic/20131114/alert/',
  telegram_api_url: 'https://api.telegram.org',
  webex_api_url: 'https://webexapis.com/v1/messages',
  rocketchat_api_url: 'https://open.rocket.chat/',
  jira_api_url: '',
};

export const GLOBAL_KEYS: ReadonlySet<string> = new Set([
  'resolve_timeout',
  'http_config',
  'smtp_from',
  'smtp_smarthost',
  'smtp_hello',
  'smtp_auth_username',
  'smtp_auth_identity',
  'smtp_require_tls',
  'smtp_force_implicit_tls',
  'smtp_tls_config',
  'wechat_api_corp_id',
  ...[...SECRETS, ...SECRET_URLS].flatMap((key) => [key, `${key}_file`]),
  ...Object.keys(URLS),
]);

export interface SmtpDefaults {
  readonly smarthost: string;
  readonly from: string;
  readonly hello: string;
  readonly username: string;
  readonly identity: string;
  readonly requireTls: boolean;
  /** null: by the port, 465 is. */
  readonly forceImplicitTls: boolean | null;
  readonly tls: FullTlsConfig;
}

export interface GlobalReceivers {
  readonly http: FullHttpClientConfig;
  readonly secrets: Readonly<Record<(typeof SECRETS)[number] | (typeof SECRET_URLS)[number], Secret | null>>;
  readonly urls: Readonly<Record<keyof typeof URLS, string>>;
  readonly wechatCorpId: string;
  readonly smtp: SmtpDefaults;
}

export function readGlobalReceivers(global: YamlMap): GlobalReceivers {
  const secrets = {
    smtp_auth_password: readSecret(global, 'smtp_auth_password'),
    smtp_auth_secret: readSecret(global, 'smtp_auth_secret'),
    slack_app_token: readSecret(global, 'slack_app_token'),
    opsgenie_api_key: readSecret(global, 'opsgenie_api_key'),
    victorops_api_key: readSecret(global, 'victorops_api_key'),
    wechat_api_secret: readSecret(global, 'wechat_api_secret'),
    telegram_bot_token: readSecret(global, 'telegram_bot_token'),
    rocketchat_token: readSecret(global, 'rocketchat_token'),
    rocketchat_token_id: readSecret(global, 'rocketchat_token_id'),
    slack_api_url: readSecretUrl(global, 'slack_api_url'),
    mattermost_webhook_url: readSecretUrl(global, 'mattermost_webhook_url'),
  };
  const urls = { ...URLS };
  for (const key in URLS) if (isUrlKey(key)) urls[key] = readUrl(global, key, URLS[key]);
  return {
    http: readClient(global, FULL_HTTP_CLIENT),
    secrets,
    urls,
    wechatCorpId: global.string('wechat_api_corp_id'),
    smtp: {
      smarthost: readSmarthost(global, 'smtp_smarthost'),
      from: global.string('smtp_from'),
      hello: global.string('smtp_hello') || 'localhost',
      username: global.string('smtp_auth_username'),
      identity: global.string('smtp_auth_identity'),
      requireTls: global.bool('smtp_require_tls', true),
      forceImplicitTls: optionalBool(global, 'smtp_force_implicit_tls'),
      tls: readFullTls(global, 'smtp_tls_config'),
    },
  };
}

function isUrlKey(key: string): key is keyof typeof URLS {
  return key in URLS;
}

/** `host:port`, or nothing. */
export function readSmarthost(section: YamlMap, key: string): string {
  const text = section.string(key);
  if (text === '' || /^(?:\[[^\]]+\]|[^:[\]]*):\d+$/.test(text)) return text;
  const port = /:([^:]*)$/.exec(text)?.[1];
  if (port === undefined) return section.fail(key, `address ${text}: missing port in address`);
  return section.fail(key, port === '' ? `address "${text}": port cannot be empty` : `address ${text}: invalid port`);
}
