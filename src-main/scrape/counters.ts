import type { AppendOutcome } from '../model/storage.ts';

/** What scraping counts of itself since the start; the names that /metrics gives them are in the comments. */
export interface ScrapeCounters {
  scrapes: number;
  failedScrapes: number;
  samplesAppended: number;
  /** prometheus_target_scrapes_sample_out_of_order_total */
  outOfOrderSamples: number;
  /** prometheus_target_scrapes_sample_duplicate_timestamp_total */
  duplicateSamples: number;
  /** prometheus_target_scrapes_sample_out_of_bounds_total */
  outOfBoundsSamples: number;
  /** prometheus_target_scrapes_exemplar_out_of_order_total */
  outOfOrderExemplars: number;
  /** Samples that the storage held for too old. */
  tooOldSamples: number;
  /** prometheus_target_scrapes_exceeded_sample_limit_total */
  exceededSampleLimit: number;
  /** prometheus_target_scrapes_exceeded_body_size_limit_total */
  exceededBodySizeLimit: number;
  /** prometheus_target_scrape_pool_exceeded_label_limits_total */
  exceededLabelLimits: number;
  /** prometheus_target_scrapes_histogram_exceeded_bucket_limit_total */
  exceededBucketLimit: number;
  /** prometheus_target_scrape_pool_exceeded_target_limit_total */
  exceededTargetLimit: number;
  /** prometheus_target_scrape_pool_reloads_total */
  poolReloads: number;
  /** Ticks that had to wait because the scrape before was still under way. */
  lateTicks: number;
  bodyBytes: number;
  /** Time the engine thread spent parsing and appending, in ms. */
  ingestMs: number;
}

export function newScrapeCounters(): ScrapeCounters {
  return {
    scrapes: 0,
    failedScrapes: 0,
    samplesAppended: 0,
    outOfOrderSamples: 0,
    duplicateSamples: 0,
    outOfBoundsSamples: 0,
    outOfOrderExemplars: 0,
    tooOldSamples: 0,
    exceededSampleLimit: 0,
    exceededBodySizeLimit: 0,
    exceededLabelLimits: 0,
    exceededBucketLimit: 0,
    exceededTargetLimit: 0,
    poolReloads: 0,
    lateTicks: 0,
    bodyBytes: 0,
    ingestMs: 0,
  };
}

export function countOutcome(counters: ScrapeCounters, outcome: AppendOutcome): void {
  switch (outcome) {
    case 'ok':
      counters.samplesAppended++;
      return;
    case 'duplicate':
      counters.duplicateSamples++;
      return;
    case 'out-of-order':
      counters.outOfOrderSamples++;
      return;
    case 'out-of-bounds':
      counters.outOfBoundsSamples++;
      return;
    case 'too-old':
    case 'unknown-series':
      counters.tooOldSamples++;
      return;
  }
}
