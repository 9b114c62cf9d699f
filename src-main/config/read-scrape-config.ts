import { DISCOVERY_KEYS, readDiscovery } from './discovery-config.ts';
import { HTTP_CLIENT_KEYS, readHttpClient } from './http-client.ts';
import type { PrometheusConfig } from './prometheus-config.ts';
import { readRelabelConfigs } from './relabel-config.ts';
import type { HistogramSettings, ScrapeConfig, ScrapeProtocol } from './scrape-config.ts';
import { defaultProtocols, readFallbackProtocol, readScrapeProtocols } from './scrape-protocols.ts';
import { refuse } from './unsupported.ts';
import type { YamlMap } from './yaml-map.ts';

/** Limits that `global` sets for every job and a job for itself; 0: none. */
export interface ScrapeLimits {
  readonly bodySizeLimitBytes: number;
  readonly sampleLimit: number;
  readonly labelLimit: number;
  readonly labelNameLengthLimit: number;
  readonly labelValueLengthLimit: number;
  readonly targetLimit: number;
}

export const NO_LIMITS: ScrapeLimits = {
  bodySizeLimitBytes: 0,
  sampleLimit: 0,
  labelLimit: 0,
  labelNameLengthLimit: 0,
  labelValueLengthLimit: 0,
  targetLimit: 0,
};

/** Keys that global and scrape_config share. */
export const SHARED_SCRAPE_KEYS = [
  'scrape_interval',
  'scrape_timeout',
  'scrape_protocols',
  'body_size_limit',
  'sample_limit',
  'label_limit',
  'label_name_length_limit',
  'label_value_length_limit',
  'target_limit',
  'keep_dropped_targets',
  'scrape_failure_log_file',
  'metric_name_validation_scheme',
  'metric_name_escaping_scheme',
  'scrape_native_histograms',
  'convert_classic_histograms_to_nhcb',
  'always_scrape_classic_histograms',
  'extra_scrape_metrics',
] as const;

const KEYS: ReadonlySet<string> = new Set([
  ...SHARED_SCRAPE_KEYS,
  ...DISCOVERY_KEYS,
  ...HTTP_CLIENT_KEYS,
  'job_name',
  'fallback_scrape_protocol',
  'metrics_path',
  'honor_labels',
  'honor_timestamps',
  'track_timestamps_staleness',
  'scheme',
  'params',
  'enable_compression',
  'relabel_configs',
  'metric_relabel_configs',
  'native_histogram_bucket_limit',
  'native_histogram_min_bucket_factor',
]);

export const CLASSIC_HISTOGRAMS: HistogramSettings = {
  scrapeNativeHistograms: false,
  alwaysScrapeClassicHistograms: false,
  convertClassicHistogramsToNhcb: false,
};

/** What the jobs take from `global`. */
export interface ScrapeDefaults {
  readonly global: PrometheusConfig['global'];
  readonly protocols: readonly ScrapeProtocol[] | null;
  readonly limits: ScrapeLimits;
  readonly histograms: HistogramSettings;
}

export function readScrapeConfigs(root: YamlMap, defaults: ScrapeDefaults): readonly ScrapeConfig[] {
  const seen = new Set<string>();
  const sections = root.maps('scrape_configs', {
    typeName: 'config.ScrapeConfig',
    keys: KEYS,
    emptyReason: 'empty or null scrape config section',
  });
  return sections.map((section) => {
    const config = readScrapeConfig(section, defaults);
    if (seen.has(config.jobName))
      section.fail('job_name', `found multiple scrape configs with job name "${config.jobName}"`);
    seen.add(config.jobName);
    return config;
  });
}

function readScrapeConfig(section: YamlMap, defaults: ScrapeDefaults): ScrapeConfig {
  const jobName = section.string('job_name');
  if (jobName === '') section.fail('job_name', 'job_name is empty');
  refuseScrapeKeys(section);
  const histograms = readHistogramSettings(section, defaults.histograms);
  return {
    jobName,
    ...readTiming(section, defaults.global, jobName),
    ...readScrapeLimits(section, defaults.limits),
    ...histograms,
    nativeHistogramBucketLimit: section.uint('native_histogram_bucket_limit', 0),
    nativeHistogramMinBucketFactor: section.float('native_histogram_min_bucket_factor', 0),
    scrapeProtocols:
      readScrapeProtocols(section) ?? defaults.protocols ?? defaultProtocols(histograms.scrapeNativeHistograms),
    fallbackScrapeProtocol: readFallbackProtocol(section),
    metricsPath: section.string('metrics_path') || '/metrics',
    scheme: section.oneOf('scheme', ['http', 'https'], { fallback: 'http', reason: 'unsupported scheme "%s"' }),
    params: readParams(section),
    honorLabels: section.bool('honor_labels', false),
    honorTimestamps: section.bool('honor_timestamps', true),
    trackTimestampsStaleness: section.bool('track_timestamps_staleness', false),
    enableCompression: section.bool('enable_compression', true),
    http: readHttpClient(section),
    relabel: readRelabelConfigs(section, 'relabel_configs', 'target relabeling rule in scrape config'),
    metricRelabel: readRelabelConfigs(section, 'metric_relabel_configs', 'metric relabeling rule in scrape config'),
    discovery: readDiscovery(section),
    externalLabels: defaults.global.externalLabels,
  };
}

/** Refuses what would change the samples and is not there; the rest of these keys has no effect on them. */
export function refuseScrapeKeys(section: YamlMap): void {
  refuse(section, 'scrape_failure_log_file');
  if (section.bool('extra_scrape_metrics', false)) refuse(section, 'extra_scrape_metrics');
  section.uint('keep_dropped_targets', 0);
  refuseNameSchemes(section);
}

function refuseNameSchemes(section: YamlMap): void {
  const validation = section.string('metric_name_validation_scheme');
  if (validation === 'legacy') refuse(section, 'metric_name_validation_scheme');
  if (!['', 'utf8', 'legacy'].includes(validation))
    section.fail(
      'metric_name_validation_scheme',
      `invalid metric name validation scheme: "${validation}", must be one of 'utf8' or 'legacy'`,
    );
  const escaping = section.string('metric_name_escaping_scheme');
  if (['underscores', 'dots', 'values'].includes(escaping)) refuse(section, 'metric_name_escaping_scheme');
  if (!['', 'allow-utf-8', 'underscores', 'dots', 'values'].includes(escaping))
    section.fail('metric_name_escaping_scheme', `unknown escaping scheme "${escaping}"`);
}

/** A job's timeout is the global one, but never longer than its own interval. */
function readTiming(section: YamlMap, global: PrometheusConfig['global'], jobName: string) {
  const scrapeIntervalMs = section.durationMs('scrape_interval', 0) || global.scrapeIntervalMs;
  const ownTimeoutMs = section.durationMs('scrape_timeout', 0);
  if (ownTimeoutMs > scrapeIntervalMs)
    section.fail(
      'scrape_timeout',
      `scrape timeout greater than scrape interval for scrape config with job name "${jobName}"`,
    );
  return { scrapeIntervalMs, scrapeTimeoutMs: ownTimeoutMs || Math.min(global.scrapeTimeoutMs, scrapeIntervalMs) };
}

/** 0 stands for "as given by `fallback`", as upstream. */
export function readScrapeLimits(section: YamlMap, fallback: ScrapeLimits): ScrapeLimits {
  return {
    bodySizeLimitBytes: section.sizeBytes('body_size_limit', 0) || fallback.bodySizeLimitBytes,
    sampleLimit: section.uint('sample_limit', 0) || fallback.sampleLimit,
    labelLimit: section.uint('label_limit', 0) || fallback.labelLimit,
    labelNameLengthLimit: section.uint('label_name_length_limit', 0) || fallback.labelNameLengthLimit,
    labelValueLengthLimit: section.uint('label_value_length_limit', 0) || fallback.labelValueLengthLimit,
    targetLimit: section.uint('target_limit', 0) || fallback.targetLimit,
  };
}

export function readHistogramSettings(section: YamlMap, fallback: HistogramSettings): HistogramSettings {
  return {
    scrapeNativeHistograms: section.bool('scrape_native_histograms', fallback.scrapeNativeHistograms),
    alwaysScrapeClassicHistograms: section.bool(
      'always_scrape_classic_histograms',
      fallback.alwaysScrapeClassicHistograms,
    ),
    convertClassicHistogramsToNhcb: section.bool(
      'convert_classic_histograms_to_nhcb',
      fallback.convertClassicHistogramsToNhcb,
    ),
  };
}

function readParams(section: YamlMap): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    section
      .pairs('params')
      .map(({ name, value }) => [
        name,
        section.source.list(value, 'string').map((item) => section.source.string(item)),
      ]),
  );
}
