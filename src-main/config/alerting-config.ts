/** `alerting` of prometheus.yml: relabelling of alerts, and the Alertmanagers beside the one within. */
import type { RelabelRule } from '../model/relabel.ts';
import { DISCOVERY_KEYS, readDiscovery } from './discovery-config.ts';
import { type FullHttpClientConfig, readFullHttpClient } from './full-http-client.ts';
import { HTTP_CLIENT_KEYS } from './http-client.ts';
import { readRelabelConfigs } from './relabel-config.ts';
import type { DiscoveryConfig } from './scrape-config.ts';
import { refuse } from './unsupported.ts';
import type { YamlMap } from './yaml-map.ts';

/** One entry of alerting.alertmanagers. */
export interface AlertmanagerSetConfig {
  /** `config-<place>`, as upstream calls it. */
  readonly jobName: string;
  readonly scheme: 'http' | 'https';
  readonly pathPrefix: string;
  readonly timeoutMs: number;
  readonly http: FullHttpClientConfig;
  /** Of the Alertmanagers that were found. */
  readonly relabel: readonly RelabelRule[];
  readonly alertRelabel: readonly RelabelRule[];
  readonly discovery: readonly DiscoveryConfig[];
}

export interface AlertingConfig {
  /** Of every alert, before it is sent to anybody. */
  readonly alertRelabel: readonly RelabelRule[];
  readonly alertmanagers: readonly AlertmanagerSetConfig[];
}

const KEYS: ReadonlySet<string> = new Set([
  ...HTTP_CLIENT_KEYS,
  ...DISCOVERY_KEYS,
  'timeout',
  'api_version',
  'path_prefix',
  'scheme',
  'sigv4',
  'relabel_configs',
  'alert_relabel_configs',
]);
const DEFAULT_TIMEOUT_MS = 10_000;

export function readAlerting(root: YamlMap): AlertingConfig {
  const alerting = root.map('alerting', 'config.AlertingConfig', new Set(['alert_relabel_configs', 'alertmanagers']));
  const sets = alerting.maps('alertmanagers', {
    typeName: 'config.AlertmanagerConfig',
    keys: KEYS,
    emptyReason: 'empty or null Alertmanager config section',
  });
  return {
    alertRelabel: readRelabelConfigs(alerting, 'alert_relabel_configs', 'alert relabeling rule'),
    alertmanagers: sets.map((section, i) => readSet(section, `config-${i}`)),
  };
}

function readSet(section: YamlMap, jobName: string): AlertmanagerSetConfig {
  refuse(section, 'sigv4');
  section.oneOf('api_version', ['v2'], {
    fallback: 'v2',
    reason: 'expected Alertmanager api version to be one of [v2] but got %s',
  });
  return {
    jobName,
    scheme: section.oneOf('scheme', ['http', 'https'], { fallback: 'http', reason: 'unsupported scheme "%s"' }),
    pathPrefix: section.string('path_prefix') || '/',
    timeoutMs: section.durationMs('timeout', 0) || DEFAULT_TIMEOUT_MS,
    http: readFullHttpClient(section),
    relabel: readRelabelConfigs(section, 'relabel_configs', 'Alertmanager target relabeling rule'),
    alertRelabel: readRelabelConfigs(section, 'alert_relabel_configs', 'Alertmanager alert relabeling rule'),
    discovery: readDiscovery(section),
  };
}
