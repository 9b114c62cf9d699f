/** Receivers that send a message to people: telegram, webex, wechat, pushover; and mail. */
import { type FullTlsConfig, readFullTls } from '../full-http-client.ts';
import type { YamlMap } from '../yaml-map.ts';
import { type GlobalReceivers, readSmarthost } from './global-receivers.ts';
import {
  COMMON_KEYS,
  keySet,
  optionalBool,
  readOptions,
  readSecret,
  readTextMap,
  readTextOrFile,
  readTexts,
  readUrl,
  required,
  type Secret,
  template,
} from './integration-section.ts';

const PARSE_MODES = ['', 'Markdown', 'MarkdownV2', 'HTML'] as const;

export type TelegramConfig = ReturnType<typeof readTelegram>;

export function readTelegram(section: YamlMap, global: GlobalReceivers) {
  return {
    ...readOptions(section, { sendResolved: true, http: global.http }),
    apiUrl: readUrl(section, 'api_url', global.urls.telegram_api_url),
    botToken: required(section, readSecret(section, 'bot_token') ?? global.secrets.telegram_bot_token, {
      key: 'bot_token',
      reason: 'missing bot_token or bot_token_file on telegram_config',
    }),
    chatId: readChatId(section),
    messageThreadId: section.uint('message_thread_id', 0),
    message: readTexts(section, { message: template('telegram.default.message') }).message,
    parseMode: section.written('parse_mode')
      ? section.oneOf('parse_mode', PARSE_MODES, {
          fallback: '',
          reason: 'unknown parse_mode on telegram_config, must be Markdown, MarkdownV2, HTML or empty string',
        })
      : 'HTML',
    disableNotifications: section.bool('disable_notifications', false),
    timeoutMs: section.durationMs('timeout', 0),
  };
}

function readChatId(section: YamlMap): Secret {
  const text = section.string('chat_id');
  const id = readTextOrFile(section, 'chat_id');
  if (text !== '' && !/^-?\d+$/.test(text))
    section.fail('chat_id', `cannot unmarshal ${section.source.describe(section.value('chat_id'))} into int64`);
  if (id === null || text === '0') return section.fail('chat_id', 'missing chat_id on telegram_config');
  return id;
}

export type WebexConfig = ReturnType<typeof readWebex>;

export function readWebex(section: YamlMap, global: GlobalReceivers) {
  const options = readOptions(section, { sendResolved: true, http: global.http });
  const roomId = section.string('room_id');
  if (roomId === '') section.fail('room_id', 'missing room_id on webex_config');
  if (!section.has('http_config') || options.http.authorization === null)
    section.fail('http_config', 'missing webex_configs.http_config.authorization');
  return {
    ...options,
    apiUrl: readUrl(section, 'api_url', global.urls.webex_api_url),
    texts: readTexts(section, { room_id: '', message: template('webex.default.message') }),
  };
}

const WECHAT_TEXTS = {
  message: template('wechat.default.message'),
  to_user: template('wechat.default.to_user'),
  to_party: template('wechat.default.to_party'),
  to_tag: template('wechat.default.to_tag'),
  agent_id: template('wechat.default.agent_id'),
};

export type WechatConfig = ReturnType<typeof readWechat>;

export function readWechat(section: YamlMap, global: GlobalReceivers) {
  return {
    ...readOptions(section, { sendResolved: false, http: global.http }),
    apiUrl: withSlash(readUrl(section, 'api_url', global.urls.wechat_api_url)),
    apiSecret: required(section, readSecret(section, 'api_secret') ?? global.secrets.wechat_api_secret, {
      key: 'api_secret',
      reason: 'no global Wechat Api Secret set either inline or in a file',
    }),
    corpId: required(section, section.string('corp_id') || global.wechatCorpId || null, {
      key: 'corp_id',
      reason: 'no global Wechat CorpID set',
    }),
    texts: readTexts(section, WECHAT_TEXTS),
    messageType: section.oneOf('message_type', ['text', 'markdown'], {
      fallback: 'text',
      reason: 'weChat message type "%s" does not match valid options ^(text|markdown)$',
    }),
  };
}

export function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

const PUSHOVER_TEXTS = {
  title: template('pushover.default.title'),
  message: template('pushover.default.message'),
  url: template('pushover.default.url'),
  url_title: '',
  device: '',
  sound: '',
  priority: '{{ if eq .Status "firing" }}2{{ else }}0{{ end }}',
};

export type PushoverConfig = ReturnType<typeof readPushover>;

export function readPushover(section: YamlMap, global: GlobalReceivers) {
  const [html, monospace] = [section.bool('html', false), section.bool('monospace', false)];
  if (html && monospace) section.fail('monospace', 'at most one of monospace & html must be configured');
  const secret = (key: string) =>
    required(section, readSecret(section, key), { key, reason: `one of ${key} or ${key}_file must be configured` });
  return {
    ...readOptions(section, { sendResolved: true, http: global.http }),
    userKey: secret('user_key'),
    token: secret('token'),
    texts: readTexts(section, PUSHOVER_TEXTS),
    retryMs: section.goDurationMs('retry', 60_000),
    expireMs: section.goDurationMs('expire', 3_600_000),
    ttlMs: section.goDurationMs('ttl', 0),
    html,
    monospace,
  };
}

const EMAIL_KEYS = [
  'send_resolved',
  'to',
  'from',
  'smarthost',
  'hello',
  'auth_username',
  'auth_password',
  'auth_password_file',
  'auth_secret',
  'auth_secret_file',
  'auth_identity',
  'require_tls',
  'force_implicit_tls',
  'tls_config',
  'headers',
  'html',
  'text',
  'threading',
];

export interface EmailConfig {
  readonly sendResolved: boolean;
  readonly to: string;
  readonly from: string;
  readonly smarthost: string;
  readonly hello: string;
  readonly username: string;
  readonly password: Secret | null;
  readonly secret: Secret | null;
  readonly identity: string;
  readonly requireTls: boolean;
  /** null: by the port, 465 is. */
  readonly forceImplicitTls: boolean | null;
  readonly tls: FullTlsConfig;
  /** Templates by canonical name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
  readonly text: string;
  /** null: each mail stands alone. */
  readonly threading: 'daily' | 'none' | null;
}

export function readEmail(section: YamlMap, { smtp, secrets }: GlobalReceivers): EmailConfig {
  const to = section.string('to');
  if (to === '') section.fail('to', 'missing to address in email config');
  const headers = readHeaders(section);
  return {
    sendResolved: section.bool('send_resolved', false),
    to,
    from: required(section, section.string('from') || smtp.from || null, {
      key: 'from',
      reason: 'no global SMTP from set',
    }),
    smarthost: required(section, readSmarthost(section, 'smarthost') || smtp.smarthost || null, {
      key: 'smarthost',
      reason: 'no global SMTP smarthost set',
    }),
    hello: section.string('hello') || smtp.hello,
    username: section.string('auth_username') || smtp.username,
    password: readSecret(section, 'auth_password') ?? secrets.smtp_auth_password,
    secret: readSecret(section, 'auth_secret') ?? secrets.smtp_auth_secret,
    identity: section.string('auth_identity') || smtp.identity,
    requireTls: section.bool('require_tls', smtp.requireTls),
    forceImplicitTls: optionalBool(section, 'force_implicit_tls') ?? smtp.forceImplicitTls,
    tls: section.has('tls_config') ? readFullTls(section, 'tls_config') : smtp.tls,
    headers,
    html: section.written('html') ? section.string('html') : template('email.default.html'),
    text: section.string('text'),
    threading: readThreading(section, headers),
  };
}

/** Names of headers do not care for case. */
function readHeaders(section: YamlMap): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(readTextMap(section, 'headers'))) {
    const canonical = name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
    if (canonical in headers) section.fail('headers', `duplicate header "${canonical}" in email config`);
    headers[canonical] = text;
  }
  return headers;
}

function readThreading(section: YamlMap, headers: Readonly<Record<string, string>>): EmailConfig['threading'] {
  const threading = section.map('threading', 'email.ThreadingConfig', new Set(['enabled', 'thread_by_date']));
  if (!threading.bool('enabled', false)) return null;
  for (const header of ['References', 'In-Reply-To'])
    if (header in headers)
      section.fail('headers', `conflicting configuration: threading.enabled conflicts with custom ${header} header`);
  const by = threading.string('thread_by_date');
  if (by === 'daily' || by === 'none') return by;
  return threading.fail('thread_by_date', "threading.thread_by_date must be either 'none' or 'daily'");
}

/** Key sets by section name. */
export const MESSENGER_KEYS = {
  telegram_configs: keySet(COMMON_KEYS, [
    'api_url',
    'bot_token',
    'bot_token_file',
    'chat_id',
    'chat_id_file',
    'message_thread_id',
    'message',
    'parse_mode',
    'disable_notifications',
    'timeout',
  ]),
  webex_configs: keySet(COMMON_KEYS, ['api_url', 'room_id', 'message']),
  wechat_configs: keySet(COMMON_KEYS, WECHAT_TEXTS, [
    'api_url',
    'api_secret',
    'api_secret_file',
    'corp_id',
    'message_type',
  ]),
  pushover_configs: keySet(COMMON_KEYS, PUSHOVER_TEXTS, [
    'user_key',
    'user_key_file',
    'token',
    'token_file',
    'retry',
    'expire',
    'ttl',
    'html',
    'monospace',
  ]),
  email_configs: keySet(EMAIL_KEYS),
};
