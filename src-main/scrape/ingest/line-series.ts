import type { ScrapeConfig } from '../../config/scrape-config.ts';
import { isMetricKey, parseMetricKey } from '../../exposition/protobuf/metric-key.ts';
import { parseSeries } from '../../exposition/series-text.ts';
import { getLabel, type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { MetricMetadata } from '../../model/metadata.ts';
import type { MetadataCache } from './metadata-cache.ts';
import { isPartOfFamily, storedLabels } from './sample-labels.ts';

/** What the lines and keys of one target mean, under the metadata that is in force where they are read. */
export class LineSeries {
  config: ScrapeConfig;
  readonly #target: Labels;
  readonly #families: MetadataCache;

  constructor(config: ScrapeConfig, target: Labels, families: MetadataCache) {
    this.config = config;
    this.#target = target;
    this.#families = families;
  }

  /** As exposed, flat pairs. */
  labels(body: Uint8Array, start: number, end: number): string[] {
    if (isMetricKey(body, start)) return parseMetricKey(body, start, end);
    return parseSeries(body, start, end, this.#families.currentType);
  }

  /** Under which the series is stored; null: relabelling drops it. */
  storedLabels(body: Uint8Array, start: number, end: number): Labels | null {
    return storedLabels(this.labels(body, start, end), this.#target, this.config);
  }

  /** The classic histogram whose lines are being read; '' when it is none. */
  get histogramFamily(): string {
    return this.#families.currentType === 'histogram' ? this.#families.currentMetric : '';
  }

  /** What was told last, if it is about this series. */
  metadata(line: Uint8Array): MetricMetadata | null {
    const told = this.#families.current;
    if (told === null) return null;
    const name = getLabel(this.labels(line, 0, line.length), METRIC_NAME);
    const { type, help, unit } = told;
    return isPartOfFamily(name, told.metric, type) ? { type, help, unit } : null;
  }
}
