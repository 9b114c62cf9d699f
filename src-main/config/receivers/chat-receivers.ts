/** Receivers that post a message into a room: the sections of alertmanager.yml, templates under their names there. */
import type { YamlMap } from '../yaml-map.ts';
import type { GlobalReceivers } from './global-receivers.ts';
import {
  COMMON_KEYS,
  keySet,
  optionalBool,
  readOptions,
  readSecret,
  readSecretUrl,
  readTexts,
  readUrl,
  required,
  type Secret,
  template,
} from './integration-section.ts';

const SLACK_TEXTS = {
  channel: '',
  username: template('slack.default.username'),
  color: template('slack.default.color'),
  title: template('slack.default.title'),
  title_link: template('slack.default.titlelink'),
  pretext: template('slack.default.pretext'),
  text: template('slack.default.text'),
  message_text: '',
  fallback: template('slack.default.fallback'),
  callback_id: template('slack.default.callbackid'),
  footer: template('slack.default.footer'),
  icon_emoji: template('slack.default.iconemoji'),
  icon_url: template('slack.default.iconurl'),
  image_url: '',
  thumb_url: '',
};
const SLACK_KEYS = keySet(COMMON_KEYS, SLACK_TEXTS, [
  'api_url',
  'api_url_file',
  'app_token',
  'app_token_file',
  'app_url',
  'fields',
  'short_fields',
  'link_names',
  'mrkdwn_in',
  'actions',
  'update_message',
  'timeout',
]);
const ACTION_TEXTS = { type: '', text: '', url: '', style: '', name: '', value: '' };
const CONFIRM_TEXTS = { text: '', title: '', ok_text: '', dismiss_text: '' };
/** The only address under which Slack's messages can be changed. */
const SLACK_POST_MESSAGE = 'https://slack.com/api/chat.postMessage';

export type SlackConfig = ReturnType<typeof readSlack>;

export function readSlack(section: YamlMap, global: GlobalReceivers) {
  const options = readOptions(section, { sendResolved: false, http: global.http });
  const updateMessage = section.bool('update_message', false);
  if (updateMessage && section.string('api_url') !== SLACK_POST_MESSAGE)
    section.fail(
      'update_message',
      `update_message can only be used with bot tokens. api_url must be set to ${SLACK_POST_MESSAGE}`,
    );
  return {
    ...options,
    ...readSlackAccess(section, global, options.http.authorization !== null),
    texts: readTexts(section, SLACK_TEXTS),
    fields: readFields(section, 'Slack'),
    shortFields: section.bool('short_fields', false),
    linkNames: section.bool('link_names', false),
    mrkdwnIn: section.has('mrkdwn_in') ? section.strings('mrkdwn_in') : ['fallback', 'pretext', 'text'],
    actions: readSlackActions(section),
    updateMessage,
    timeoutMs: section.durationMs('timeout', 0),
  };
}

/** Where to send it, and the token for it: one of an address with its secret inside, and an app's token. */
function readSlackAccess(section: YamlMap, { secrets, urls }: GlobalReceivers, isAuthorized: boolean) {
  const own = { apiUrl: readSecretUrl(section, 'api_url'), appToken: readSecret(section, 'app_token') };
  if (own.apiUrl !== null && own.appToken !== null)
    section.fail('api_url', 'at most one of api_url/api_url_file & app_token/app_token_file must be configured');
  const isFree = !(isAuthorized && section.has('http_config')) && own.apiUrl?.kind !== 'text';
  const appToken = own.appToken ?? (isFree ? secrets.slack_app_token : null);
  const apiUrl = own.apiUrl ?? secrets.slack_api_url;
  if (appToken !== null) {
    if (isAuthorized) section.fail('app_token', "http authorization can't be set when using Slack App tokens");
    const appUrl: Secret = { kind: 'text', text: readUrl(section, 'app_url', urls.slack_app_url) };
    return { url: appUrl, appToken };
  }
  const reason = 'no Slack API URL nor App token set either inline or in a file';
  return { url: required(section, apiUrl, { key: 'api_url', reason }), appToken: null };
}

function readSlackActions(section: YamlMap) {
  const keys = keySet(ACTION_TEXTS, ['confirm']);
  return section
    .maps('actions', { typeName: 'slack.SlackAction', keys, emptyReason: 'missing type in Slack action configuration' })
    .map((action) => {
      const texts = readTexts(action, ACTION_TEXTS);
      if (texts.type === '') action.fail('type', 'missing type in Slack action configuration');
      if (texts.text === '') action.fail('text', 'missing text in Slack action configuration');
      if (texts.url !== '') return { ...texts, name: '', value: '', confirm: null };
      if (texts.name === '') action.fail('name', 'missing name or url in Slack action configuration');
      return { ...texts, confirm: readConfirm(action) };
    });
}

function readConfirm(action: YamlMap) {
  if (!action.has('confirm')) return null;
  const confirm = action.map('confirm', 'slack.SlackConfirmationField', keySet(CONFIRM_TEXTS));
  const texts = readTexts(confirm, CONFIRM_TEXTS);
  if (texts.text === '') confirm.fail('text', 'missing text in Slack confirmation configuration');
  return texts;
}

/** Title and value, both needed; `short` null where it is left to the message. */
function readFields(section: YamlMap, kind: 'Slack' | 'Mattermost' | 'Rocketchat') {
  return section
    .maps('fields', {
      typeName: `config.${kind}Field`,
      keys: new Set(['title', 'value', 'short']),
      emptyReason: `missing title in ${kind} field configuration`,
    })
    .map((field) => {
      const texts = readTexts(field, { title: '', value: '' });
      if (texts.title === '' && kind !== 'Rocketchat')
        field.fail('title', `missing title in ${kind} field configuration`);
      if (texts.value === '' && kind !== 'Rocketchat')
        field.fail('value', `missing value in ${kind} field configuration`);
      return { ...texts, short: optionalBool(field, 'short') };
    });
}

const MATTERMOST_ATTACHMENT = {
  fallback: template('mattermost.default.fallback'),
  color: template('mattermost.default.color'),
  pretext: '',
  author_name: '',
  author_link: '',
  author_icon: '',
  title: template('mattermost.default.title'),
  title_link: template('mattermost.default.titlelink'),
  thumb_url: '',
  footer: '',
  footer_icon: '',
  image_url: '',
};
const MATTERMOST_TEXTS = {
  channel: '',
  username: template('mattermost.default.username'),
  text: template('mattermost.default.text'),
  icon_url: '',
  icon_emoji: '',
  type: '',
};
const LEGACY_ATTACHMENT = {
  fallback: '',
  color: '',
  pretext: '',
  text: '',
  author_name: '',
  author_link: '',
  author_icon: '',
  title: '',
  title_link: '',
  thumb_url: '',
  footer: '',
  footer_icon: '',
  image_url: '',
};
const MATTERMOST_KEYS = keySet(COMMON_KEYS, MATTERMOST_ATTACHMENT, MATTERMOST_TEXTS, [
  'webhook_url',
  'webhook_url_file',
  'fields',
  'attachments',
  'props',
  'priority',
]);

export type MattermostConfig = ReturnType<typeof readMattermost>;

export function readMattermost(section: YamlMap, global: GlobalReceivers) {
  const webhookUrl = readSecretUrl(section, 'webhook_url') ?? global.secrets.mattermost_webhook_url;
  return {
    ...readOptions(section, { sendResolved: true, http: global.http }),
    webhookUrl: required(section, webhookUrl, {
      key: 'webhook_url',
      reason: 'missing webhook_url or webhook_url_file on mattermost_config',
    }),
    texts: readTexts(section, MATTERMOST_TEXTS),
    attachment: { ...readTexts(section, MATTERMOST_ATTACHMENT), text: '' },
    fields: readFields(section, 'Mattermost'),
    attachments: section
      .maps('attachments', {
        typeName: 'mattermost.MattermostAttachment',
        keys: keySet(LEGACY_ATTACHMENT, ['fields']),
        emptyReason: 'empty attachment in Mattermost configuration',
      })
      .map((part) => ({ texts: readTexts(part, LEGACY_ATTACHMENT), fields: readFields(part, 'Mattermost') })),
    card: section.map('props', 'mattermost.MattermostProps', new Set(['card'])).string('card'),
    priority: readMattermostPriority(section),
  };
}

function readMattermostPriority(section: YamlMap) {
  if (!section.has('priority')) return null;
  const keys = new Set(['priority', 'requested_ack', 'persistent_notifications']);
  const priority = section.map('priority', 'mattermost.MattermostPriority', keys);
  return {
    priority: priority.string('priority'),
    requestedAck: priority.bool('requested_ack', false),
    persistentNotifications: priority.bool('persistent_notifications', false),
  };
}

const ROCKETCHAT_TEXTS = {
  channel: '',
  color: '{{ if eq .Status "firing" }}red{{ else }}green{{ end }}',
  title: template('rocketchat.default.title'),
  title_link: template('rocketchat.default.titlelink'),
  text: template('rocketchat.default.text'),
  emoji: template('rocketchat.default.emoji'),
  icon_url: template('rocketchat.default.iconurl'),
  image_url: '',
  thumb_url: '',
};
const ROCKETCHAT_KEYS = keySet(COMMON_KEYS, ROCKETCHAT_TEXTS, [
  'api_url',
  'token',
  'token_file',
  'token_id',
  'token_id_file',
  'fields',
  'short_fields',
  'link_names',
  'actions',
]);

export type RocketchatConfig = ReturnType<typeof readRocketchat>;

export function readRocketchat(section: YamlMap, global: GlobalReceivers) {
  const { rocketchat_token: token, rocketchat_token_id: tokenId } = global.secrets;
  return {
    ...readOptions(section, { sendResolved: false, http: global.http }),
    apiUrl: readUrl(section, 'api_url', global.urls.rocketchat_api_url),
    token: required(section, readSecret(section, 'token') ?? token, {
      key: 'token',
      reason: 'no global Rocketchat Token set either inline or in a file',
    }),
    tokenId: required(section, readSecret(section, 'token_id') ?? tokenId, {
      key: 'token_id',
      reason: 'no global Rocketchat TokenID set either inline or in a file',
    }),
    texts: readTexts(section, ROCKETCHAT_TEXTS),
    fields: readFields(section, 'Rocketchat'),
    shortFields: section.bool('short_fields', false),
    linkNames: section.bool('link_names', false),
    actions: section
      .maps('actions', {
        typeName: 'rocketchat.RocketchatAttachmentAction',
        keys: new Set(['type', 'text', 'url', 'msg']),
        emptyReason: 'empty action in Rocketchat configuration',
      })
      .map((action) => readTexts(action, { text: '', url: '', msg: '' })),
  };
}

const DISCORD_TEXTS = {
  title: template('discord.default.title'),
  message: template('discord.default.message'),
  content: template('discord.default.content'),
};

export type DiscordConfig = ReturnType<typeof readDiscord>;

export function readDiscord(section: YamlMap, global: GlobalReceivers) {
  return {
    ...readOptions(section, { sendResolved: true, http: global.http }),
    webhookUrl: readWebhookUrl(section),
    texts: readTexts(section, DISCORD_TEXTS),
    username: section.string('username'),
    avatarUrl: section.string('avatar_url'),
  };
}

function readWebhookUrl(section: YamlMap): Secret {
  return required(section, readSecretUrl(section, 'webhook_url'), {
    key: 'webhook_url',
    reason: 'one of webhook_url or webhook_url_file must be configured',
  });
}

const TEAMS_TEXTS = {
  title: template('msteams.default.title'),
  summary: template('msteams.default.summary'),
  text: template('msteams.default.text'),
};
const TEAMS_V2_TEXTS = { title: template('msteamsv2.default.title'), text: template('msteamsv2.default.text') };

export type MsTeamsConfig = ReturnType<typeof readMsTeams>;
export type MsTeamsV2Config = ReturnType<typeof readMsTeamsV2>;

export function readMsTeams(section: YamlMap, global: GlobalReceivers) {
  return {
    ...readOptions(section, { sendResolved: true, http: global.http }),
    webhookUrl: readWebhookUrl(section),
    texts: readTexts(section, TEAMS_TEXTS),
  };
}

export function readMsTeamsV2(section: YamlMap, global: GlobalReceivers) {
  return {
    ...readOptions(section, { sendResolved: true, http: global.http }),
    webhookUrl: readWebhookUrl(section),
    texts: readTexts(section, TEAMS_V2_TEXTS),
  };
}

const WEBHOOK_URL_KEYS = ['webhook_url', 'webhook_url_file'] as const;

/** Key sets by section name. */
export const CHAT_KEYS = {
  slack_configs: SLACK_KEYS,
  mattermost_configs: MATTERMOST_KEYS,
  rocketchat_configs: ROCKETCHAT_KEYS,
  discord_configs: keySet(COMMON_KEYS, DISCORD_TEXTS, WEBHOOK_URL_KEYS, ['username', 'avatar_url']),
  msteams_configs: keySet(COMMON_KEYS, TEAMS_TEXTS, WEBHOOK_URL_KEYS),
  msteamsv2_configs: keySet(COMMON_KEYS, TEAMS_V2_TEXTS, WEBHOOK_URL_KEYS),
};
