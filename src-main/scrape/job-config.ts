import type { ScrapeConfig } from '../config/scrape-config.ts';

/** Whether two configurations of a job mean the same, apart from how its targets are found. */
export function sameJob(a: ScrapeConfig, b: ScrapeConfig): boolean {
  return equal({ ...a, discovery: [] }, { ...b, discovery: [] });
}

/** Whether connections made under one serve the other. */
export function sameSource(a: ScrapeConfig, b: ScrapeConfig): boolean {
  return equal(a.http, b.http);
}

/** Whether every scraped line stands for the same series under both. */
export function sameSeries(a: ScrapeConfig, b: ScrapeConfig): boolean {
  return equal(seriesPart(a), seriesPart(b));
}

function seriesPart(config: ScrapeConfig) {
  const { honorLabels, metricRelabel, labelLimit, labelNameLengthLimit, labelValueLengthLimit } = config;
  const { scrapeNativeHistograms, alwaysScrapeClassicHistograms, convertClassicHistogramsToNhcb } = config;
  const limits = { labelLimit, labelNameLengthLimit, labelValueLengthLimit };
  const histograms = { scrapeNativeHistograms, alwaysScrapeClassicHistograms, convertClassicHistogramsToNhcb };
  return { honorLabels, metricRelabel, ...limits, ...histograms };
}

/** Plain values compare as JSON; a compiled expression is its source. */
function equal(a: unknown, b: unknown): boolean {
  const bySource = (key: string, value: unknown) =>
    key === 'regex' && typeof value === 'object' && value !== null && 'source' in value ? value.source : value;
  return JSON.stringify(a, bySource) === JSON.stringify(b, bySource);
}
