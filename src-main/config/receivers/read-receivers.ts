/** The receivers of alertmanager.yml: which integrations there are, and who reads the section of each. */

import type { YamlMap } from '../yaml-map.ts';
import { plainYaml } from '../yaml-plain.ts';
import {
  CHAT_KEYS,
  readDiscord,
  readMattermost,
  readMsTeams,
  readMsTeamsV2,
  readRocketchat,
  readSlack,
} from './chat-receivers.ts';
import { GLOBAL_KEYS, type GlobalReceivers, readGlobalReceivers } from './global-receivers.ts';
import {
  COMMON_KEYS,
  checkUrl,
  keySet,
  readOptions,
  readSecret,
  readTextMap,
  required,
} from './integration-section.ts';
import { MESSENGER_KEYS, readEmail, readPushover, readTelegram, readWebex, readWechat } from './messenger-receivers.ts';
import type { DesktopConfig, WebhookConfig } from './own-receivers.ts';
import {
  PAGING_KEYS,
  readIncidentio,
  readJira,
  readOpsgenie,
  readPagerduty,
  readSns,
  readVictorops,
} from './paging-receivers.ts';

const DESKTOP_KEYS = keySet(['send_resolved', 'title', 'text']);
const WEBHOOK_KEYS = keySet(COMMON_KEYS, ['url', 'url_file', 'max_alerts', 'timeout', 'payload']);

const DEFAULT_TITLE =
  '{{ if eq .Status "resolved" }}Resolved: {{ end }}{{ .CommonLabels.alertname }}' +
  '{{ if gt (len .Alerts) 1 }} ({{ len .Alerts }}){{ end }}';
const DEFAULT_TEXT =
  '{{ range .Alerts }}{{ if .Annotations.summary }}{{ .Annotations.summary }}{{ else }}{{ .Labels }}{{ end }}\n{{ end }}';

type Read<T> = (section: YamlMap, global: GlobalReceivers) => T;

function entry<const K extends string, T>(kind: K, keys: ReadonlySet<string>, read: Read<T>) {
  return {
    kind,
    keys,
    read: (section: YamlMap, global: GlobalReceivers) => ({ kind, config: read(section, global) }),
  };
}

/** In the order in which upstream builds the integrations of a receiver; ours is first. */
const INTEGRATIONS = [
  entry('desktop', DESKTOP_KEYS, readDesktop),
  entry('webhook', WEBHOOK_KEYS, readWebhook),
  entry('email', MESSENGER_KEYS.email_configs, readEmail),
  entry('pagerduty', PAGING_KEYS.pagerduty_configs, readPagerduty),
  entry('opsgenie', PAGING_KEYS.opsgenie_configs, readOpsgenie),
  entry('wechat', MESSENGER_KEYS.wechat_configs, readWechat),
  entry('slack', CHAT_KEYS.slack_configs, readSlack),
  entry('victorops', PAGING_KEYS.victorops_configs, readVictorops),
  entry('pushover', MESSENGER_KEYS.pushover_configs, readPushover),
  entry('sns', PAGING_KEYS.sns_configs, readSns),
  entry('telegram', MESSENGER_KEYS.telegram_configs, readTelegram),
  entry('discord', CHAT_KEYS.discord_configs, readDiscord),
  entry('webex', MESSENGER_KEYS.webex_configs, readWebex),
  entry('msteams', CHAT_KEYS.msteams_configs, readMsTeams),
  entry('msteamsv2', CHAT_KEYS.msteamsv2_configs, readMsTeamsV2),
  entry('jira', PAGING_KEYS.jira_configs, readJira),
  entry('rocketchat', CHAT_KEYS.rocketchat_configs, readRocketchat),
  entry('mattermost', CHAT_KEYS.mattermost_configs, readMattermost),
  entry('incidentio', PAGING_KEYS.incidentio_configs, readIncidentio),
] as const;

/** One entry of one `<kind>_configs` list. */
export type IntegrationConfig = ReturnType<(typeof INTEGRATIONS)[number]['read']>;

export interface ReceiverConfig {
  readonly name: string;
  /** With `name`. */
  readonly labels: Readonly<Record<string, string>>;
  /** By kind, those of a kind in the order written. */
  readonly integrations: readonly IntegrationConfig[];
}

const RECEIVER_KEYS = new Set(['name', 'labels', ...INTEGRATIONS.map(({ kind }) => `${kind}_configs`)]);
/** Of these a null entry means one with all defaults. */
const NULL_IS_EMPTY: ReadonlySet<string> = new Set(['slack', 'opsgenie', 'wechat', 'rocketchat']);

export function readReceivers(root: YamlMap): readonly ReceiverConfig[] {
  const global = readGlobalReceivers(root.map('global', 'config.GlobalConfig', GLOBAL_KEYS));
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
    return { name, labels: readLabels(section, name), integrations: readIntegrations(section, global) };
  });
}

/** The label `name` is there by itself, and can be nothing else. */
function readLabels(section: YamlMap, name: string): Readonly<Record<string, string>> {
  const labels = readTextMap(section, 'labels');
  const own = labels.name;
  if (own !== undefined && own !== name)
    section.fail('labels', `receiver label "name" must match receiver name "${name}", got "${own}"`);
  return { ...labels, name };
}

function readIntegrations(section: YamlMap, global: GlobalReceivers): readonly IntegrationConfig[] {
  return INTEGRATIONS.flatMap(({ kind, keys, read }) => {
    const shape = { typeName: `config.${kind}Config`, keys, emptyReason: `missing ${kind} config` };
    const options = NULL_IS_EMPTY.has(kind) ? { ...shape, emptyReason: null } : shape;
    return section.maps(`${kind}_configs`, options).map((item) => read(item, global));
  });
}

function readDesktop(section: YamlMap): DesktopConfig {
  return {
    sendResolved: section.bool('send_resolved', true),
    title: section.has('title') ? section.string('title') : DEFAULT_TITLE,
    text: section.has('text') ? section.string('text') : DEFAULT_TEXT,
  };
}

function readWebhook(section: YamlMap, { http }: GlobalReceivers): WebhookConfig {
  const url = required(section, readSecret(section, 'url'), {
    key: 'url',
    reason: 'one of url or url_file must be configured',
  });
  if (url.kind === 'text') {
    section.source.markSecret(section.value('url'), shownUrl(url.text));
    checkUrl(section, 'url', url.text);
  }
  return {
    ...readOptions(section, { sendResolved: true, http }),
    url,
    maxAlerts: section.uint('max_alerts', 0),
    timeoutMs: section.durationMs('timeout', 0),
    payload: section.has('payload') ? plainYaml(section.source, section.value('payload')) : null,
  };
}

/** Webhook addresses carry their secret in the path; amtool reads this file back and wants to see an address. */
function shownUrl(text: string): string {
  return URL.canParse(text) ? `${new URL(text).origin}/<secret>` : '<secret>';
}
