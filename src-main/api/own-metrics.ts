import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ApiParts } from './parts.ts';

const EVENT_LOOP_RESOLUTION_MS = 10;

/** Hearth's own metrics, under Prometheus's names where there are any. Read when somebody asks. */
export class OwnMetrics {
  readonly #registry = new Registry();
  readonly #turns = monitorEventLoopDelay({ resolution: EVENT_LOOP_RESOLUTION_MS });

  /** Begins to measure the turns of this thread. */
  start(): void {
    this.#turns.enable();
  }

  stop(): void {
    this.#turns.disable();
  }

  async collect(): Promise<Uint8Array> {
    return Buffer.from(await this.text(), 'utf8');
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** To be called once, when all parts are there. */
  register(parts: ApiParts): void {
    collectDefaultMetrics({ register: this.#registry });
    this.#info('prometheus_build_info', 'Which version this is.', {
      version: parts.options.version,
      revision: parts.build.revision,
      branch: parts.build.branch,
      goversion: parts.build.goVersion,
    });
    this.#registerStorage(parts);
    this.#registerScraping(parts);
    this.#registerAlerting(parts);
    this.#gauge(
      'hearth_engine_turn_max_seconds',
      'Longest turn of the engine thread since the start.',
      () => this.#turns.max / 1e9,
    );
    this.#gauge(
      'hearth_engine_turn_p99_seconds',
      '99th percentile of the turns of the engine thread.',
      () => this.#turns.percentile(99) / 1e9,
    );
    this.#gauge(
      'prometheus_config_last_reload_successful',
      'Whether the last configuration reload was successful.',
      () => (parts.configProblems().length === 0 ? 1 : 0),
    );
    this.#gauge(
      'prometheus_config_last_reload_success_timestamp_seconds',
      'When the configuration in force was loaded.',
      () => parts.configuredMs() / 1000,
    );
  }

  #registerStorage({ tsdb }: ApiParts): void {
    this.#gauge('prometheus_tsdb_head_series', 'Series in the head.', () => tsdb.headStats().series);
    this.#gauge('prometheus_tsdb_head_chunks', 'Chunks in the head.', () => tsdb.headStats().chunks);
    this.#counter(
      'prometheus_tsdb_head_samples_appended_total',
      'Samples appended to the head.',
      () => tsdb.headStats().samplesAppended,
    );
    this.#gauge(
      'prometheus_tsdb_head_min_time_seconds',
      'Time of the oldest sample of the head.',
      () => tsdb.headStats().minTimeMs / 1000,
    );
    this.#gauge(
      'prometheus_tsdb_head_max_time_seconds',
      'Time of the newest sample of the head.',
      () => tsdb.headStats().maxTimeMs / 1000,
    );
    this.#gauge('prometheus_tsdb_blocks_loaded', 'Blocks that can be read.', () => tsdb.blocks().length);
    this.#gauge('prometheus_tsdb_storage_blocks_bytes', 'Bytes of the data directory.', () => tsdb.storageBytes());
  }

  #registerScraping({ scrape }: ApiParts): void {
    const { counters } = scrape;
    this.#counter(
      'prometheus_target_scrapes_sample_out_of_order_total',
      'Samples rejected because they were out of order.',
      () => counters.outOfOrderSamples,
    );
    this.#counter(
      'prometheus_target_scrapes_sample_duplicate_timestamp_total',
      'Samples rejected because of another value for the same time.',
      () => counters.duplicateSamples,
    );
    this.#counter(
      'prometheus_target_scrapes_sample_out_of_bounds_total',
      'Samples rejected because of their time.',
      () => counters.outOfBoundsSamples,
    );
    this.#counter(
      'prometheus_target_scrapes_exceeded_sample_limit_total',
      'Scrapes that went over the sample limit.',
      () => counters.exceededSampleLimit,
    );
    this.#counter(
      'prometheus_target_scrapes_exceeded_body_size_limit_total',
      'Scrapes that went over the body size limit.',
      () => counters.exceededBodySizeLimit,
    );
    this.#counter(
      'prometheus_target_scrape_pool_exceeded_target_limit_total',
      'Times a job had more targets than its limit.',
      () => counters.exceededTargetLimit,
    );
    this.#counter('prometheus_target_scrape_pool_reloads_total', 'Reloads of jobs.', () => counters.poolReloads);
    this.#counter('hearth_scrapes_total', 'Scrapes, failed ones included.', () => counters.scrapes);
    this.#counter('hearth_scrapes_failed_total', 'Scrapes that failed.', () => counters.failedScrapes);
    this.#counter('hearth_scrape_body_bytes_total', 'Bytes received, unpacked.', () => counters.bodyBytes);
    this.#counter(
      'hearth_scrape_ingest_seconds_total',
      'Time spent on parsing and appending.',
      () => counters.ingestMs / 1000,
    );
  }

  #registerAlerting({ rules, alertmanager }: ApiParts): void {
    const total = (pick: (rule: ReturnType<typeof rules.snapshot>[number]['rules'][number]) => number) =>
      rules.snapshot().reduce((sum, group) => sum + group.rules.reduce((n, rule) => n + pick(rule), 0), 0);
    this.#gauge('hearth_rules', 'Rules in force.', () => total(() => 1));
    this.#gauge('hearth_rules_failing', 'Rules whose last evaluation failed.', () =>
      total((rule) => (rule.health === 'err' ? 1 : 0)),
    );
    this.#gauge('hearth_alerts_firing', 'Alerts that fire.', () =>
      total((rule) => rule.alerts.filter((alert) => alert.state === 'firing').length),
    );
    this.#counter('alertmanager_alerts_received_total', 'Alerts received.', () => alertmanager.received);
    this.#counter('alertmanager_alerts_invalid_total', 'Alerts refused.', () => alertmanager.invalid);
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }

  #counter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  #info(name: string, help: string, labels: Readonly<Record<string, string>>): void {
    new Gauge({ name, help, registers: [this.#registry], labelNames: Object.keys(labels) }).set({ ...labels }, 1);
  }
}
