import { formatDurationMs } from '../config/duration.ts';
import type { PageSummary } from '../exporters/metric-page.ts';
import { SelfExporter } from '../exporters/self-exporter.ts';
import type { RecentQuantiles } from '../model/recent-quantiles.ts';
import type { Tsdb } from '../tsdb/tsdb.ts';
import type { ApiParts } from './parts.ts';

type Labelled = [Readonly<Record<string, string>>, number];

/** The Alertmanager inside. */
const OWN = 'hearth';

/** Hearth's own metrics, under Prometheus's names where there are any. Read when somebody asks. */
export class OwnMetrics {
  readonly #self = new SelfExporter();

  /** Begins to measure the turns of this thread. */
  start(): void {
    this.#self.start();
  }

  stop(): void {
    this.#self.stop();
  }

  collect(): Promise<Uint8Array> {
    return this.#self.collect();
  }

  text(): Promise<string> {
    return this.#self.text();
  }

  /** To be called once, when all parts are there. */
  register(parts: ApiParts): void {
    const { version, revision, branch, goVersion: goversion } = parts.build;
    this.#self.known('prometheus_build_info', () => [[{ version, revision, branch, goversion }, 1]]);
    this.#self.known('prometheus_config_last_reload_successful', () => (parts.configProblems().length === 0 ? 1 : 0));
    this.#self.known('prometheus_config_last_reload_success_timestamp_seconds', () => parts.configuredMs() / 1000);
    this.#self.known('prometheus_ready', () => 1);
    this.#self.known('prometheus_engine_queries', () => parts.queryEngine.queries);
    this.#self.known('prometheus_engine_queries_concurrent_max', () => parts.options.queryMaxConcurrency);
    this.#registerNotifier(parts);
    this.#self.counter('prometheus_http_requests_total', 'Counter of HTTP requests.', () =>
      parts.requestCounts.readings(),
    );
    this.#registerStorage(parts);
    this.#registerExemplars(parts.tsdb);
    this.#registerScraping(parts);
    this.#registerRules(parts);
    this.#registerAlertmanager(parts);
  }

  #registerStorage({ tsdb }: ApiParts): void {
    this.#self.known('prometheus_tsdb_head_series', () => tsdb.headStats().series);
    this.#self.known('prometheus_tsdb_head_chunks', () => tsdb.headStats().chunks);
    this.#self.known('prometheus_tsdb_head_samples_appended_total', () => tsdb.headStats().samplesAppended);
    this.#self.known(
      'prometheus_tsdb_head_out_of_order_samples_appended_total',
      () => tsdb.headStats().outOfOrderAppended,
    );
    const { refused } = tsdb.headStats();
    this.#self.known('prometheus_tsdb_out_of_bound_samples_total', () => [[{ type: 'float' }, refused.outOfBounds]]);
    this.#self.known('prometheus_tsdb_out_of_order_samples_total', () => [[{ type: 'float' }, refused.outOfOrder]]);
    this.#self.known('prometheus_tsdb_too_old_samples_total', () => [[{ type: 'float' }, refused.tooOld]]);
    this.#self.known('prometheus_tsdb_head_min_time_seconds', () => tsdb.headStats().minTimeMs / 1000);
    this.#self.known('prometheus_tsdb_head_max_time_seconds', () => tsdb.headStats().maxTimeMs / 1000);
    this.#self.known('prometheus_tsdb_blocks_loaded', () => tsdb.blocks().length);
    this.#self.known('prometheus_tsdb_storage_blocks_bytes', () => tsdb.storageBytes());
    this.#self.known('prometheus_tsdb_compactions_total', () => tsdb.counters.compactions);
    this.#self.known('prometheus_tsdb_compactions_failed_total', () => tsdb.counters.failedCompactions);
    this.#self.known('prometheus_tsdb_wal_corruptions_total', () => tsdb.counters.walCorruptions);
    this.#self.summary('prometheus_tsdb_wal_fsync_duration_seconds', 'Duration of write log fsync.', () => [
      [{}, summaryOf(tsdb.walSyncSeconds, [0.5, 0.9, 0.99])],
    ]);
  }

  #registerExemplars({ exemplarStats: stats }: Tsdb): void {
    this.#self.known('prometheus_tsdb_exemplar_exemplars_appended_total', () => stats.appended);
    this.#self.known('prometheus_tsdb_exemplar_exemplars_in_storage', () => stats.count);
    this.#self.known('prometheus_tsdb_exemplar_series_with_exemplars_in_storage', () => stats.seriesCount);
    this.#self.known('prometheus_tsdb_exemplar_last_exemplars_timestamp_seconds', () => stats.oldestTimeMs / 1000);
    this.#self.known('prometheus_tsdb_exemplar_max_exemplars', () => stats.capacity);
    this.#self.known('prometheus_tsdb_exemplar_out_of_order_exemplars_total', () => stats.outOfOrder);
  }

  #registerScraping({ scrape }: ApiParts): void {
    const { counters } = scrape;
    this.#self.known('prometheus_target_scrapes_sample_out_of_order_total', () => counters.outOfOrderSamples);
    this.#self.known('prometheus_target_scrapes_sample_duplicate_timestamp_total', () => counters.duplicateSamples);
    this.#self.known('prometheus_target_scrapes_sample_out_of_bounds_total', () => counters.outOfBoundsSamples);
    this.#self.known('prometheus_target_scrapes_exemplar_out_of_order_total', () => counters.outOfOrderExemplars);
    this.#self.known(
      'prometheus_target_scrapes_histogram_exceeded_bucket_limit_total',
      () => counters.exceededBucketLimit,
    );
    this.#self.summary('prometheus_target_interval_length_seconds', 'Actual intervals between scrapes.', () =>
      [...scrape.intervalLengths.byInterval].map(([intervalMs, lengths]) => [
        { interval: formatDurationMs(intervalMs) },
        summaryOf(lengths, [0.01, 0.05, 0.5, 0.9, 0.99]),
      ]),
    );
    this.#self.known('prometheus_target_scrapes_exceeded_sample_limit_total', () => counters.exceededSampleLimit);
    this.#self.known('prometheus_target_scrapes_exceeded_body_size_limit_total', () => counters.exceededBodySizeLimit);
    this.#self.known('prometheus_target_scrape_pool_exceeded_target_limit_total', () => counters.exceededTargetLimit);
    this.#self.known('prometheus_target_scrape_pool_exceeded_label_limits_total', () => counters.exceededLabelLimits);
    this.#self.known('prometheus_target_scrape_pool_reloads_total', () => counters.poolReloads);
    this.#self.known('prometheus_target_scrape_pool_targets', () =>
      Object.entries(countBy(scrape.targets(), (target) => target.job)).map(
        ([job, count]): Labelled => [{ scrape_job: job }, count],
      ),
    );
    this.#self.counter('hearth_scrapes_total', 'Scrapes, failed ones included.', () => counters.scrapes);
    this.#self.counter('hearth_scrapes_failed_total', 'Scrapes that failed.', () => counters.failedScrapes);
    this.#self.counter('hearth_scrape_body_bytes_total', 'Bytes received, unpacked.', () => counters.bodyBytes);
    this.#self.counter(
      'hearth_scrape_ingest_seconds_total',
      'Time spent on parsing and appending.',
      () => counters.ingestMs / 1000,
    );
  }

  #registerRules({ rules }: ApiParts): void {
    const snapshot = onceATurn(() => rules.snapshot());
    const perGroup = (pick: (group: ReturnType<typeof snapshot>[number]) => number) => () =>
      snapshot().map((group): Labelled => [{ rule_group: `${group.file};${group.name}` }, pick(group)]);
    this.#self.known(
      'prometheus_rule_group_rules',
      perGroup((group) => group.rules.length),
    );
    this.#self.known(
      'prometheus_rule_group_interval_seconds',
      perGroup((group) => group.intervalMs / 1000),
    );
    this.#self.known(
      'prometheus_rule_evaluations_total',
      perGroup((group) => group.counters.evaluations),
    );
    this.#self.known(
      'prometheus_rule_evaluation_failures_total',
      perGroup((group) => group.counters.failures),
    );
    this.#self.known(
      'prometheus_rule_group_iterations_total',
      perGroup((group) => group.counters.iterations + group.counters.missed),
    );
    this.#self.known(
      'prometheus_rule_group_iterations_missed_total',
      perGroup((group) => group.counters.missed),
    );
    this.#self.known(
      'prometheus_rule_group_last_evaluation_samples',
      perGroup((group) => group.counters.lastSamples),
    );
    this.#self.known(
      'prometheus_rule_group_last_duration_seconds',
      perGroup((group) => group.evaluationDurationMs / 1000),
    );
    this.#self.known(
      'prometheus_rule_group_last_evaluation_timestamp_seconds',
      perGroup((group) => group.lastEvaluationMs / 1000),
    );
    this.#self.gauge('hearth_alerts_firing', 'Alerts that fire.', () =>
      snapshot()
        .flatMap((group) => group.rules.flatMap((rule) => rule.alerts))
        .reduce((sum, alert) => sum + (alert.state === 'firing' ? 1 : 0), 0),
    );
  }

  #registerNotifier({ notifier, alertsSent }: ApiParts): void {
    const perQueue = (pick: (queue: ReturnType<typeof notifier.readings>[number]) => number) => (): Labelled[] =>
      notifier.readings().map((queue) => [{ alertmanager: queue.url }, pick(queue)]);
    const sent = perQueue((queue) => queue.sent);
    this.#self.known('prometheus_notifications_sent_total', () => [[{ alertmanager: OWN }, alertsSent()], ...sent()]);
    this.#self.known(
      'prometheus_notifications_dropped_total',
      perQueue((queue) => queue.dropped),
    );
    this.#self.known(
      'prometheus_notifications_alertmanagers_discovered',
      () => 1 + notifier.alertmanagers().active.length,
    );
    this.#self.counter(
      'prometheus_notifications_errors_total',
      'Total number of sent alerts affected by errors.',
      perQueue((queue) => queue.errors),
    );
    this.#self.gauge(
      'prometheus_notifications_queue_length',
      'The number of alert notifications in the queue.',
      perQueue((queue) => queue.waiting),
    );
    this.#self.gauge(
      'prometheus_notifications_queue_capacity',
      'The capacity of the alert notifications queue.',
      () => notifier.queueCapacity,
    );
    this.#self.counter(
      'prometheus_notifications_latency_seconds_sum',
      'Latency quantiles for sending alert notifications.',
      perQueue((queue) => queue.requestSeconds),
    );
    this.#self.counter(
      'prometheus_notifications_latency_seconds_count',
      'Latency quantiles for sending alert notifications.',
      perQueue((queue) => queue.requests),
    );
  }

  #registerAlertmanager({ alertmanager }: ApiParts): void {
    const { sent, failed, suppressed } = alertmanager.counters;
    this.#self.known('alertmanager_alerts_received_total', () => alertmanager.received);
    this.#self.known('alertmanager_alerts_invalid_total', () => alertmanager.invalid);
    this.#self.known('alertmanager_dispatcher_aggregation_groups', () => alertmanager.groupCount);
    this.#self.known('alertmanager_notifications_total', () =>
      [...sent].map(([integration, count]): Labelled => [{ integration }, count]),
    );
    this.#self.known('alertmanager_notifications_failed_total', () =>
      [...failed].map(([key, count]): Labelled => {
        const [integration = '', reason = ''] = key.split('/');
        return [{ integration, reason }, count];
      }),
    );
    this.#self.known('alertmanager_notifications_suppressed_total', () =>
      [...suppressed].map(([reason, count]): Labelled => [{ reason }, count]),
    );
    this.#self.known('alertmanager_silences', () =>
      Object.entries(countBy(alertmanager.silences(), (silence) => silence.state)).map(
        ([state, count]): Labelled => [{ state }, count],
      ),
    );
  }
}

function summaryOf(recent: RecentQuantiles, ranks: readonly number[]): PageSummary {
  const values = recent.quantiles(ranks);
  return {
    count: recent.count,
    sum: recent.sum,
    quantiles: ranks.map((rank, i) => [rank, values[i] ?? Number.NaN]),
  };
}

/** Many metrics read the same: it is made once for those of one page. */
function onceATurn<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    if (made === null) {
      made = { value: make() };
      queueMicrotask(() => {
        made = null;
      });
    }
    return made.value;
  };
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}
