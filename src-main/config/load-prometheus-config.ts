/** prometheus.yml as config/config.go reads it. */
import path from 'node:path';
import { type Labels, labelsOf } from '../model/labels.ts';
import { readAlerting } from './alerting-config.ts';
import type { PrometheusConfig } from './prometheus-config.ts';
import {
  CLASSIC_HISTOGRAMS,
  NO_LIMITS,
  readHistogramSettings,
  readScrapeConfigs,
  readScrapeLimits,
  refuseScrapeKeys,
  SHARED_SCRAPE_KEYS,
} from './read-scrape-config.ts';
import { readScrapeProtocols } from './scrape-protocols.ts';
import { refuse } from './unsupported.ts';
import { rootMap, type YamlMap } from './yaml-map.ts';
import { YamlSource } from './yaml-source.ts';

const ROOT_KEYS = new Set([
  'global',
  'runtime',
  'rule_files',
  'scrape_config_files',
  'scrape_configs',
  'alerting',
  'remote_write',
  'otlp',
  'remote_read',
  'storage',
  'tracing',
]);
const GLOBAL_KEYS: ReadonlySet<string> = new Set([
  ...SHARED_SCRAPE_KEYS,
  'evaluation_interval',
  'rule_query_offset',
  'external_labels',
  'query_log_file',
]);
const TSDB_KEYS = new Set([
  'out_of_order_time_window',
  'stale_series_compaction_threshold',
  'chunk_encoding',
  'retention',
]);
const RULE_FILE_PATTERN = /^[^*]*(\*[^/]*)?$/;
const DEFAULT_INTERVAL_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_EXEMPLARS = 100_000;

/**
 * Reads a prometheus.yml; `file` is its absolute path, relative paths within are meant from its folder. Throws
 * ConfigError with the place of what is wrong; a key that Hearth cannot honour yet is wrong too.
 */
export function loadPrometheusConfig(text: string, file: string): PrometheusConfig {
  const source = new YamlSource(text, file);
  const root = rootMap(source, { typeName: 'config.plain', keys: ROOT_KEYS });
  const globalSection = root.map('global', 'config.plain', GLOBAL_KEYS);
  const global = readGlobal(globalSection);
  for (const key of ['scrape_config_files', 'remote_write', 'remote_read', 'otlp', 'tracing'] as const)
    refuse(root, key);
  root.map('runtime', 'config.RuntimeConfig', new Set(['gogc'])).uint('gogc', 75);
  const storage = readStorage(root);
  const alerting = readAlerting(root);
  const scrapeConfigs = readScrapeConfigs(root, {
    global,
    protocols: readScrapeProtocols(globalSection),
    limits: readScrapeLimits(globalSection, NO_LIMITS),
    histograms: readHistogramSettings(globalSection, CLASSIC_HISTOGRAMS),
  });
  return {
    global,
    scrapeConfigs,
    ruleFiles: readRuleFiles(root),
    ...storage,
    alerting,
    text: source.redacted(),
  };
}

function readGlobal(section: YamlMap): PrometheusConfig['global'] {
  refuse(section, 'query_log_file');
  refuseScrapeKeys(section);
  const scrapeIntervalMs = section.durationMs('scrape_interval', 0) || DEFAULT_INTERVAL_MS;
  const ownTimeoutMs = section.durationMs('scrape_timeout', 0);
  if (ownTimeoutMs > scrapeIntervalMs)
    section.fail('scrape_timeout', 'global scrape timeout greater than scrape interval');
  return {
    scrapeIntervalMs,
    scrapeTimeoutMs: ownTimeoutMs || Math.min(DEFAULT_TIMEOUT_MS, scrapeIntervalMs),
    evaluationIntervalMs: section.durationMs('evaluation_interval', 0) || DEFAULT_INTERVAL_MS,
    ruleQueryOffsetMs: section.durationMs('rule_query_offset', 0),
    externalLabels: readExternalLabels(section),
  };
}

/** The one place where environment variables are put in: `$name`, `${name}`, `$$`. */
function readExternalLabels(section: YamlMap): Labels {
  return labelsOf(
    section.pairs('external_labels').map(({ name, key, value }): [string, string] => {
      if (name === '') section.source.fail(key, `"${name}" is not a valid label name`);
      return [name, expandEnvironment(section.source.string(value))];
    }),
  );
}

function expandEnvironment(text: string): string {
  return text.replace(/\$(?:\$|\{([^}]*)\}|(\w+))/g, (whole, braced: string | undefined, bare: string | undefined) =>
    whole === '$$' ? '$' : (process.env[braced ?? bare ?? ''] ?? ''),
  );
}

function readRuleFiles(root: YamlMap): readonly string[] {
  return root.items('rule_files', 'string').map((item) => {
    const pattern = root.source.string(item);
    if (!RULE_FILE_PATTERN.test(pattern)) root.source.fail(item, `invalid rule file path "${pattern}"`);
    return path.resolve(path.dirname(root.source.file), pattern);
  });
}

/** The other settings of storage are refused or without effect. */
function readStorage(root: YamlMap): Pick<PrometheusConfig, 'outOfOrderTimeWindowMs' | 'maxExemplars'> {
  const storage = root.map('storage', 'config.StorageConfig', new Set(['tsdb', 'exemplars']));
  const exemplars = storage.map('exemplars', 'config.ExemplarsConfig', new Set(['max_exemplars']));
  const tsdb = storage.map('tsdb', 'config.TSDBConfig', TSDB_KEYS);
  if (tsdb.float('stale_series_compaction_threshold', 0) > 0) refuse(tsdb, 'stale_series_compaction_threshold');
  refuse(tsdb, 'retention');
  const encoding = tsdb.map('chunk_encoding', 'config.ChunkEncodingConfig', new Set(['floats']));
  const floats = encoding.oneOf('floats', ['xor', 'xor2'], {
    fallback: 'xor',
    reason: 'unsupported chunk encoding for floats "%s"',
  });
  if (floats === 'xor2') refuse(encoding, 'floats');
  return {
    outOfOrderTimeWindowMs: tsdb.durationMs('out_of_order_time_window', 0),
    maxExemplars: exemplars.uint('max_exemplars', DEFAULT_MAX_EXEMPLARS),
  };
}
