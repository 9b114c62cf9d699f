/** Receivers that open an incident, an issue or a message on a bus. */
import type { YamlMap } from '../yaml-map.ts';
import { type PlainYaml, plainYaml } from '../yaml-plain.ts';
import type { GlobalReceivers } from './global-receivers.ts';
import {
  COMMON_KEYS,
  keySet,
  readOptions,
  readSecret,
  readSecretUrl,
  readTextMap,
  readTexts,
  readUrl,
  required,
  template,
} from './integration-section.ts';
import { withSlash } from './messenger-receivers.ts';

const PAGERDUTY_TEXTS = {
  client: template('pagerduty.default.client'),
  client_url: template('pagerduty.default.clientURL'),
  description: template('pagerduty.default.description'),
  severity: 'error',
  class: '',
  component: '',
  group: '',
};
const PAGERDUTY_DETAILS = {
  firing: '{{ template "pagerduty.default.instances" .Alerts.Firing }}',
  resolved: '{{ template "pagerduty.default.instances" .Alerts.Resolved }}',
  num_firing: '{{ .Alerts.Firing | len }}',
  num_resolved: '{{ .Alerts.Resolved | len }}',
};
const IMAGE_TEXTS = { src: '', alt: '', href: '' };
const LINK_TEXTS = { href: '', text: '' };

export type PagerdutyConfig = ReturnType<typeof readPagerduty>;

export function readPagerduty(section: YamlMap, global: GlobalReceivers) {
  const routingKey = readSecret(section, 'routing_key');
  const serviceKey = readSecret(section, 'service_key');
  if (routingKey === null && serviceKey === null)
    section.fail('routing_key', 'missing service or routing key in PagerDuty config');
  const texts = readTexts(section, PAGERDUTY_TEXTS);
  return {
    ...readOptions(section, { sendResolved: true, http: global.http }),
    routingKey,
    serviceKey,
    url: readUrl(section, 'url', global.urls.pagerduty_url),
    texts: { ...texts, severity: texts.severity || 'error' },
    source: section.string('source') || texts.client,
    details: { ...PAGERDUTY_DETAILS, ...plainMap(section, 'details') },
    images: section
      .maps('images', {
        typeName: 'pagerduty.PagerdutyImage',
        keys: keySet(IMAGE_TEXTS),
        emptyReason: 'empty image in PagerDuty config',
      })
      .map((image) => readTexts(image, IMAGE_TEXTS)),
    links: section
      .maps('links', {
        typeName: 'pagerduty.PagerdutyLink',
        keys: keySet(LINK_TEXTS),
        emptyReason: 'empty link in PagerDuty config',
      })
      .map((link) => readTexts(link, LINK_TEXTS)),
    timeoutMs: section.durationMs('timeout', 0),
  };
}

function plainMap(section: YamlMap, key: string): Readonly<Record<string, PlainYaml>> {
  return Object.fromEntries(section.pairs(key).map(({ name, value }) => [name, plainYaml(section.source, value)]));
}

const OPSGENIE_TEXTS = {
  message: template('opsgenie.default.message'),
  description: template('opsgenie.default.description'),
  source: template('opsgenie.default.source'),
  entity: '',
  actions: '',
  tags: '',
  note: '',
  priority: '',
};
const RESPONDER_TEXTS = { id: '', name: '', username: '', type: '' };
const RESPONDER_TYPE = /^(?:team|teams|user|escalation|schedule)$/;

export type OpsgenieConfig = ReturnType<typeof readOpsgenie>;

export function readOpsgenie(section: YamlMap, global: GlobalReceivers) {
  return {
    ...readOptions(section, { sendResolved: true, http: global.http }),
    apiKey: required(section, readSecret(section, 'api_key') ?? global.secrets.opsgenie_api_key, {
      key: 'api_key',
      reason: 'no global OpsGenie API Key set either inline or in a file',
    }),
    apiUrl: withSlash(readUrl(section, 'api_url', global.urls.opsgenie_api_url)),
    texts: readTexts(section, OPSGENIE_TEXTS),
    details: readTextMap(section, 'details'),
    responders: section
      .maps('responders', {
        typeName: 'opsgenie.OpsGenieConfigResponder',
        keys: keySet(RESPONDER_TEXTS),
        emptyReason: 'opsGenieConfig responder has to have at least one of id, username or name specified',
      })
      .map(readResponder),
    updateAlerts: section.bool('update_alerts', false),
  };
}

function readResponder(section: YamlMap) {
  const texts = readTexts(section, RESPONDER_TEXTS);
  const shown = `{${texts.id} ${texts.name} ${texts.username} ${texts.type}}`;
  if (texts.id === '' && texts.name === '' && texts.username === '')
    section.fail('id', `opsGenieConfig responder ${shown} has to have at least one of id, username or name specified`);
  if (texts.type.includes('{{')) return texts;
  const type = texts.type.toLowerCase();
  if (!RESPONDER_TYPE.test(type))
    section.fail(
      'type',
      `opsGenieConfig responder ${shown} type does not match valid options ^(team|teams|user|escalation|schedule)$`,
    );
  return { ...texts, type };
}

const VICTOROPS_TEXTS = {
  routing_key: '',
  message_type: 'CRITICAL',
  state_message: template('victorops.default.state_message'),
  entity_display_name: template('victorops.default.entity_display_name'),
  monitoring_tool: template('victorops.default.monitoring_tool'),
};
const VICTOROPS_RESERVED = [...Object.keys(VICTOROPS_TEXTS), 'entity_id', 'entity_state'];

export type VictoropsConfig = ReturnType<typeof readVictorops>;

export function readVictorops(section: YamlMap, global: GlobalReceivers) {
  const texts = readTexts(section, VICTOROPS_TEXTS);
  if (texts.routing_key === '') section.fail('routing_key', 'missing Routing key in VictorOps config');
  const customFields = readTextMap(section, 'custom_fields');
  const taken = VICTOROPS_RESERVED.find((name) => name in customFields);
  if (taken !== undefined)
    section.fail(
      'custom_fields',
      `victorOps config contains custom field ${taken} which cannot be used as it conflicts with the fixed/static fields`,
    );
  return {
    ...readOptions(section, { sendResolved: true, http: global.http }),
    apiKey: required(section, readSecret(section, 'api_key') ?? global.secrets.victorops_api_key, {
      key: 'api_key',
      reason: 'no global VictorOps API Key set',
    }),
    apiUrl: withSlash(readUrl(section, 'api_url', global.urls.victorops_api_url)),
    texts,
    customFields,
  };
}

const SNS_TEXTS = {
  api_url: '',
  topic_arn: '',
  phone_number: '',
  target_arn: '',
  subject: template('sns.default.subject'),
  message: template('sns.default.message'),
};
const SIGV4_KEYS = new Set([
  'region',
  'access_key',
  'secret_key',
  'profile',
  'role_arn',
  'external_id',
  'use_fips_sts_endpoint',
]);

export type SnsConfig = ReturnType<typeof readSns>;

export function readSns(section: YamlMap, global: GlobalReceivers) {
  const texts = readTexts(section, SNS_TEXTS);
  const given = [texts.topic_arn, texts.phone_number, texts.target_arn].filter((text) => text !== '');
  if (given.length !== 1)
    section.fail('topic_arn', 'must provide either a Target ARN, Topic ARN, or Phone Number for SNS config');
  section.bool('use_aws_http_client', false);
  return {
    ...readOptions(section, { sendResolved: true, http: global.http }),
    sigv4: readSigv4(section),
    texts,
    attributes: readTextMap(section, 'attributes'),
  };
}

function readSigv4(section: YamlMap) {
  const sigv4 = section.map('sigv4', 'sigv4.SigV4Config', SIGV4_KEYS);
  const [accessKey, secretKey] = [sigv4.string('access_key'), sigv4.secret('secret_key')];
  if ((accessKey === '') !== (secretKey === ''))
    sigv4.fail(
      'access_key',
      'must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 config',
    );
  const [roleArn, externalId] = [sigv4.string('role_arn'), sigv4.string('external_id')];
  if (externalId !== '' && roleArn === '') sigv4.fail('external_id', 'external_id can only be used with role_arn');
  sigv4.bool('use_fips_sts_endpoint', false);
  return {
    region: sigv4.string('region'),
    accessKey,
    secretKey,
    profile: sigv4.string('profile'),
    roleArn,
    externalId,
  };
}

const JIRA_TEXTS = { project: '', issue_type: '', priority: template('jira.default.priority') };

export type JiraConfig = ReturnType<typeof readJira>;

export function readJira(section: YamlMap, global: GlobalReceivers) {
  const texts = readTexts(section, JIRA_TEXTS);
  if (texts.project === '') section.fail('project', 'missing project in jira_config');
  if (texts.issue_type === '') section.fail('issue_type', 'missing issue_type in jira_config');
  return {
    ...readOptions(section, { sendResolved: true, http: global.http }),
    apiUrl: required(section, readUrl(section, 'api_url', global.urls.jira_api_url) || null, {
      key: 'api_url',
      reason: 'no global Jira Cloud URL set',
    }),
    apiType: section.oneOf('api_type', ['auto', 'cloud', 'datacenter'], {
      fallback: 'auto',
      reason: 'unknown api_type on jira_config, must be auto, cloud or datacenter',
    }),
    texts,
    summary: readJiraField(section, 'summary'),
    description: readJiraField(section, 'description'),
    labels: readJiraLabels(section),
    resolveTransition: section.string('resolve_transition'),
    reopenTransition: section.string('reopen_transition'),
    wontFixResolution: section.string('wont_fix_resolution'),
    reopenDurationMs: section.durationMs('reopen_duration', 0),
    fields: plainMap(section, 'fields'),
  };
}

/** A template, or a map with one and whether it is written again when the issue is there already. */
function readJiraField(section: YamlMap, key: 'summary' | 'description') {
  const fallback = template(`jira.default.${key}`);
  if (!section.isMap(key)) return { template: section.string(key, fallback), enableUpdate: true };
  const field = section.map(key, 'jira.JiraFieldConfig', new Set(['template', 'enable_update']));
  return { template: field.string('template', fallback), enableUpdate: field.bool('enable_update', true) };
}

function readJiraLabels(section: YamlMap) {
  if (!section.isMap('labels')) return { values: section.strings('labels'), enableUpdate: true };
  const labels = section.map('labels', 'jira.JiraLabelsConfig', new Set(['values', 'enable_update']));
  return { values: labels.strings('values'), enableUpdate: labels.bool('enable_update', true) };
}

export type IncidentioConfig = ReturnType<typeof readIncidentio>;

export function readIncidentio(section: YamlMap, global: GlobalReceivers) {
  const options = readOptions(section, { sendResolved: true, http: global.http });
  const alertSourceToken = readSecret(section, 'alert_source_token');
  if (alertSourceToken === null && options.http.authorization === null)
    section.fail(
      'alert_source_token',
      'at least one of alert_source_token, alert_source_token_file or http_config.authorization must be configured',
    );
  return {
    ...options,
    url: required(section, readSecretUrl(section, 'url'), {
      key: 'url',
      reason: 'one of url or url_file must be configured',
    }),
    alertSourceToken,
    maxAlerts: section.uint('max_alerts', 0),
    timeoutMs: section.durationMs('timeout', 0),
  };
}

/** Key sets by section name. */
export const PAGING_KEYS = {
  pagerduty_configs: keySet(COMMON_KEYS, PAGERDUTY_TEXTS, [
    'routing_key',
    'routing_key_file',
    'service_key',
    'service_key_file',
    'url',
    'source',
    'details',
    'images',
    'links',
    'timeout',
  ]),
  opsgenie_configs: keySet(COMMON_KEYS, OPSGENIE_TEXTS, [
    'api_key',
    'api_key_file',
    'api_url',
    'details',
    'responders',
    'update_alerts',
  ]),
  victorops_configs: keySet(COMMON_KEYS, VICTOROPS_TEXTS, ['api_key', 'api_key_file', 'api_url', 'custom_fields']),
  sns_configs: keySet(COMMON_KEYS, SNS_TEXTS, ['sigv4', 'attributes', 'use_aws_http_client']),
  jira_configs: keySet(COMMON_KEYS, JIRA_TEXTS, [
    'api_url',
    'api_type',
    'summary',
    'description',
    'labels',
    'resolve_transition',
    'reopen_transition',
    'wont_fix_resolution',
    'reopen_duration',
    'fields',
  ]),
  incidentio_configs: keySet(COMMON_KEYS, [
    'url',
    'url_file',
    'alert_source_token',
    'alert_source_token_file',
    'max_alerts',
    'timeout',
  ]),
};
