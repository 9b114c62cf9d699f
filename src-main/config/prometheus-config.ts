import type { Labels } from '../model/labels.ts';
import type { AlertingConfig } from './alerting-config.ts';
import type { ScrapeConfig } from './scrape-config.ts';

/** prometheus.yml, read whole, every default applied. */
export interface PrometheusConfig {
  readonly global: {
    readonly scrapeIntervalMs: number;
    readonly scrapeTimeoutMs: number;
    readonly evaluationIntervalMs: number;
    readonly ruleQueryOffsetMs: number;
    readonly externalLabels: Labels;
  };
  readonly scrapeConfigs: readonly ScrapeConfig[];
  /** Globs, absolute. */
  readonly ruleFiles: readonly string[];
  /** How old a sample may be against the newest of the head and still be taken; 0: not at all. */
  readonly outOfOrderTimeWindowMs: number;
  /** How many exemplars are kept where they are kept at all. */
  readonly maxExemplars: number;
  readonly alerting: AlertingConfig;
  /** The file as written with secrets replaced by `<secret>`: what /api/v1/status/config shows. */
  readonly text: string;
}
