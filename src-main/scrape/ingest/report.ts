import { type Labels, labelsOf, METRIC_NAME } from '../../model/labels.ts';
import type { Appender, SeriesRef } from '../../model/storage.ts';
import { overlaid } from './sample-labels.ts';

/** The samples that every scrape adds about itself; the `extra` ones only when they are asked for. */
const REPORTED = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
] as const;
const EXTRA = ['scrape_timeout_seconds', 'scrape_sample_limit', 'scrape_body_size_bytes'] as const;

export type ReportValues = Readonly<Record<(typeof REPORTED)[number] | (typeof EXTRA)[number], number>>;

/** The synthetic series of one target. */
export class ScrapeReport {
  readonly #names: readonly (keyof ReportValues)[];
  readonly #labels: readonly Labels[];
  readonly #refs: SeriesRef[];

  constructor(target: Labels, extra: boolean) {
    this.#names = extra ? [...REPORTED, ...EXTRA] : REPORTED;
    this.#labels = this.#names.map((name) => labelsOf(overlaid([METRIC_NAME, name], target)));
    this.#refs = this.#names.map(() => 0);
  }

  append(appender: Appender, timeMs: number, values: ReportValues): void {
    this.#names.forEach((name, i) => {
      if (this.#refs[i] === 0 || appender.append(this.#refs[i]!, timeMs, values[name]) === 'unknown-series') {
        this.#refs[i] = appender.series(this.#labels[i]!);
        appender.append(this.#refs[i]!, timeMs, values[name]);
      }
    });
  }

  /** Those that have been written. */
  refs(): SeriesRef[] {
    return this.#refs.filter((ref) => ref !== 0);
  }
}
