/** The configuration as Prometheus shows it: the file as written, secrets hidden, and the defaults that are in force. */
import { type Document, isAlias, isMap, isSeq, type Node, parseDocument, YAMLMap } from 'yaml';
import { formatDurationMs } from './duration.ts';
import type { PrometheusConfig } from './prometheus-config.ts';
import type { ScrapeConfig } from './scrape-config.ts';

type Defaults = Readonly<Record<string, string | readonly string[]>>;

/** YAML; what the file says stays as it is there, defaults stand behind it. */
export function effectiveText(config: PrometheusConfig): string {
  // Every scalar stays the text that was written: the loader reads it so too.
  const document = parseDocument(config.text, { schema: 'failsafe', logLevel: 'silent' });
  const root = document.contents;
  if (!isMap(root)) return config.text;
  if (!root.has('global')) root.items.unshift(document.createPair('global', new YAMLMap()));
  complete(document, root.get('global', true), globalDefaults(config.global));
  const jobs = root.get('scrape_configs', true);
  if (isSeq(jobs))
    for (const [i, job] of config.scrapeConfigs.entries()) complete(document, jobs.items[i], jobDefaults(job));
  return document.toString({ lineWidth: 0 });
}

function complete(document: Document, section: unknown, defaults: Defaults): void {
  const node = isAlias(section) ? section.resolve(document) : section;
  if (!isMap<Node, unknown>(node)) return;
  for (const [key, value] of Object.entries(defaults)) if (!node.has(key)) node.add(document.createPair(key, value));
}

function globalDefaults(global: PrometheusConfig['global']): Defaults {
  return {
    scrape_interval: formatDurationMs(global.scrapeIntervalMs),
    scrape_timeout: formatDurationMs(global.scrapeTimeoutMs),
    evaluation_interval: formatDurationMs(global.evaluationIntervalMs),
  };
}

function jobDefaults(job: ScrapeConfig): Defaults {
  return {
    honor_timestamps: String(job.honorTimestamps),
    track_timestamps_staleness: String(job.trackTimestampsStaleness),
    scrape_interval: formatDurationMs(job.scrapeIntervalMs),
    scrape_timeout: formatDurationMs(job.scrapeTimeoutMs),
    scrape_protocols: job.scrapeProtocols,
    metrics_path: job.metricsPath,
    scheme: job.scheme,
    enable_compression: String(job.enableCompression),
    follow_redirects: String(job.http.followRedirects),
  };
}
