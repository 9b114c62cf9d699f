/** From what discovery found to what is scraped (scrape/target.go, PopulateLabels). */
import { formatDurationMs, parseDurationMs } from '../config/duration.ts';
import type { HistogramSettings, ScrapeConfig } from '../config/scrape-config.ts';
import { defaultProtocols, isDefaultProtocols } from '../config/scrape-protocols.ts';
import { getLabel, type Labels, labelEntries, labelsKey, labelsOf } from '../model/labels.ts';
import { relabel } from '../model/relabel.ts';
import type { TargetGroup } from '../model/target-group.ts';
import { targetId, targetUrl } from './target-url.ts';

/** The label by which discovery names an exporter that runs in this process. */
export const BUILTIN_EXPORTER_LABEL = '__hearth_exporter__';

export interface ScrapeTarget {
  /** A short name for `key`, unique over all jobs. */
  readonly id: string;
  /** Equal for targets with the same labels and URL: these are one target. */
  readonly key: string;
  readonly url: string;
  /** What its series carry. */
  readonly labels: Labels;
  /** As before relabelling. */
  readonly discoveredLabels: Labels;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** '' for a target reached by HTTP. */
  readonly builtinExporter: string;
  /** '' for TCP. */
  readonly unixSocket: string;
  /** Where its labels say otherwise than the job. */
  readonly histograms: Partial<HistogramSettings>;
}

export interface FoundTargets {
  readonly targets: readonly ScrapeTarget[];
  /** Discovered labels of those that relabelling dropped. */
  readonly dropped: readonly Labels[];
  readonly droppedCount: number;
  /** Why a discovered target cannot be scraped. */
  readonly refused: readonly string[];
}

/** Dropped targets whose labels are kept to be shown. */
const MAX_DROPPED = 1000;

/** The targets of all groups, each once. */
export function targetsOf(groups: readonly TargetGroup[], config: ScrapeConfig): FoundTargets {
  const targets = new Map<string, ScrapeTarget>();
  const dropped: Labels[] = [];
  const refused: string[] = [];
  let droppedCount = 0;
  for (const group of groups)
    for (const found of group.targets) {
      const discovered = discoveredLabels(found, group.labels, config);
      const result = makeTarget(discovered, config);
      if (result === null) {
        droppedCount++;
        if (dropped.length < MAX_DROPPED) dropped.push(discovered);
      } else if (typeof result === 'string') {
        refused.push(`${result} (${group.source}: ${getLabel(discovered, '__address__')})`);
      } else {
        // Of what turns out to be one target, the last one found is shown, as in Prometheus.
        targets.set(result.key, result);
      }
    }
  return { targets: [...targets.values()], dropped, droppedCount, refused };
}

function discoveredLabels(found: Labels, group: Labels, config: ScrapeConfig): Labels {
  const labels = new Map<string, string>([
    ['job', config.jobName],
    ['__scrape_interval__', formatDurationMs(config.scrapeIntervalMs)],
    ['__scrape_timeout__', formatDurationMs(config.scrapeTimeoutMs)],
    ['__metrics_path__', config.metricsPath],
    ['__scheme__', config.scheme],
  ]);
  for (const [name, values] of Object.entries(config.params))
    if (values[0] !== undefined) labels.set(`__param_${name}`, values[0]);
  for (const [name, value] of [...labelEntries(group), ...labelEntries(found)])
    if (value !== '') labels.set(name, value);
  return labelsOf(labels);
}

/** null when relabelling drops it; a reason when it cannot be scraped. */
function makeTarget(discovered: Labels, config: ScrapeConfig): ScrapeTarget | string | null {
  const { labels, keep } = relabel(discovered, config.relabel);
  if (!keep || labels.length === 0) return null;
  const unixSocket = getLabel(labels, '__unix_socket__');
  const given = getLabel(labels, '__address__');
  const address = given === '' && unixSocket !== '' ? 'localhost' : given;
  if (address === '') return 'no address';
  if (address.includes('/')) return `${JSON.stringify(address)} is not a valid hostname`;
  const times = scrapeTimes(labels);
  if (typeof times === 'string') return times;
  const url = targetUrl(
    { scheme: getLabel(labels, '__scheme__'), address, path: getLabel(labels, '__metrics_path__') },
    config.params,
    labels,
  );
  const histograms = histogramSettings(labels);
  if (typeof histograms === 'string') return histograms;
  const builtinExporter = getLabel(labels, BUILTIN_EXPORTER_LABEL);
  if (builtinExporter === '' && !URL.canParse(url)) return `invalid URL ${JSON.stringify(url)}`;
  const kept = new Map([['instance', address]]);
  for (const [name, value] of labelEntries(labels)) if (!name.startsWith('__')) kept.set(name, value);
  const own = labelsOf(kept);
  const key = `${labelsKey(own)}\n${url}\n${unixSocket}\n${builtinExporter}`;
  return {
    id: targetId(config.jobName, key),
    key,
    url,
    labels: own,
    discoveredLabels: discovered,
    ...times,
    builtinExporter,
    unixSocket,
    histograms,
  };
}

/** Whether labels that are not its own leave a target as it was. */
export function isScrapedAlike(a: ScrapeTarget, b: ScrapeTarget): boolean {
  if (a.intervalMs !== b.intervalMs || a.timeoutMs !== b.timeoutMs) return false;
  return HISTOGRAM_KEYS.every((key) => a.histograms[key] === b.histograms[key]);
}

const HISTOGRAM_KEYS = [
  'scrapeNativeHistograms',
  'alwaysScrapeClassicHistograms',
  'convertClassicHistogramsToNhcb',
] as const;

const HISTOGRAM_LABELS = {
  scrapeNativeHistograms: '__scrape_native_histograms__',
  alwaysScrapeClassicHistograms: '__always_scrape_classic_histograms__',
  convertClassicHistogramsToNhcb: '__convert_classic_histograms_to_nhcb__',
} as const satisfies Record<keyof HistogramSettings, string>;

/** What Go's ParseBool takes for one. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
]);

function histogramSettings(labels: Labels): Partial<HistogramSettings> | string {
  const found: { -readonly [K in keyof HistogramSettings]?: boolean } = {};
  for (const key of HISTOGRAM_KEYS) {
    const text = getLabel(labels, HISTOGRAM_LABELS[key]);
    if (text === '') continue;
    const value = BOOLEANS.get(text);
    if (value === undefined) return `error parsing ${HISTOGRAM_LABELS[key]}: ${JSON.stringify(text)} is no boolean`;
    found[key] = value;
  }
  return found;
}

/** The job's configuration as it is for this target. */
export function configFor(target: ScrapeTarget, config: ScrapeConfig, protobufFirst: boolean): ScrapeConfig {
  const own = { ...config, ...target.histograms };
  const wantsProtobuf = target.histograms.scrapeNativeHistograms === true || protobufFirst;
  if (!wantsProtobuf || !isDefaultProtocols(config.scrapeProtocols)) return own;
  return { ...own, scrapeProtocols: defaultProtocols(true) };
}

function scrapeTimes(labels: Labels): { readonly intervalMs: number; readonly timeoutMs: number } | string {
  const interval = getLabel(labels, '__scrape_interval__');
  const timeout = getLabel(labels, '__scrape_timeout__');
  const intervalMs = parseDurationMs(interval);
  const timeoutMs = parseDurationMs(timeout);
  if (intervalMs === null)
    return `error parsing scrape interval: not a valid duration string: ${JSON.stringify(interval)}`;
  if (intervalMs === 0) return 'scrape interval cannot be 0';
  if (timeoutMs === null)
    return `error parsing scrape timeout: not a valid duration string: ${JSON.stringify(timeout)}`;
  if (timeoutMs === 0) return 'scrape timeout cannot be 0';
  if (timeoutMs > intervalMs)
    return `scrape timeout cannot be greater than scrape interval ("${timeout}" > "${interval}")`;
  return { intervalMs, timeoutMs };
}
