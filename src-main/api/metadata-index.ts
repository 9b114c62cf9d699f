import type { MetricMetadata } from '../../shared/metadata.ts';
import type { Clock } from '../model/clock.ts';
import type { TargetMetadata } from '../scrape/scrape-manager.ts';

const FRESH_MS = 5000;
const NONE: MetricMetadata = { type: '', help: '', unit: '' };
/** Parts of histograms and summaries have the metadata of their family. */
const PART_SUFFIX = /_(?:bucket|sum|count|total)$/;

/** What the targets say of each metric, gathered at most every five seconds. */
export class MetadataIndex {
  readonly #clock: Clock;
  readonly #read: () => Iterable<TargetMetadata>;
  #byMetric = new Map<string, MetricMetadata>();
  #gatheredMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, read: () => Iterable<TargetMetadata>) {
    this.#clock = clock;
    this.#read = read;
  }

  /** Empty strings when no target tells. */
  of(metric: string): MetricMetadata {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#gatheredMs > FRESH_MS) {
      this.#byMetric = new Map();
      for (const { metric: name, type, help, unit } of this.#read())
        if (!this.#byMetric.has(name)) this.#byMetric.set(name, { type, help, unit });
      this.#gatheredMs = nowMs;
    }
    return this.#byMetric.get(metric) ?? this.#byMetric.get(metric.replace(PART_SUFFIX, '')) ?? NONE;
  }
}
