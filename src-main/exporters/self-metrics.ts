/** Prometheus's and Alertmanager's own metrics that Hearth has too: type and help as they tell them. */
export const SELF_METRICS = {
  prometheus_build_info: [
    'gauge',
    "A metric with a constant '1' value labeled by version, revision, branch, goversion from which prometheus was built, and the goos and goarch for the build.",
  ],
  prometheus_ready: [
    'gauge',
    'Whether Prometheus startup was fully completed and the server is ready for normal operation.',
  ],
  prometheus_config_last_reload_successful: ['gauge', 'Whether the last configuration reload attempt was successful.'],
  prometheus_config_last_reload_success_timestamp_seconds: [
    'gauge',
    'Timestamp of the last successful configuration reload.',
  ],
  prometheus_engine_queries: ['gauge', 'The current number of queries being executed or waiting.'],
  prometheus_engine_queries_concurrent_max: ['gauge', 'The max number of concurrent queries.'],
  prometheus_sd_discovered_targets: ['gauge', 'Current number of discovered targets.'],
  prometheus_target_scrape_pools_total: ['counter', 'Total number of scrape pool creation attempts.'],
  prometheus_target_scrape_pool_targets: ['gauge', 'Current number of targets in this scrape pool.'],
  prometheus_target_scrape_pool_reloads_total: ['counter', 'Total number of scrape pool reloads.'],
  prometheus_target_scrape_pool_exceeded_target_limit_total: [
    'counter',
    'Total number of times scrape pools hit the target limit, during sync or config reload.',
  ],
  prometheus_target_scrape_pool_exceeded_label_limits_total: [
    'counter',
    'Total number of times scrape pools hit the label limits, during sync or config reload.',
  ],
  prometheus_target_scrapes_exceeded_body_size_limit_total: [
    'counter',
    'Total number of scrapes that hit the body size limit',
  ],
  prometheus_target_scrapes_exceeded_sample_limit_total: [
    'counter',
    'Total number of scrapes that hit the sample limit and were rejected.',
  ],
  prometheus_target_scrapes_sample_duplicate_timestamp_total: [
    'counter',
    'Total number of samples rejected due to duplicate timestamps but different values.',
  ],
  prometheus_target_scrapes_sample_out_of_bounds_total: [
    'counter',
    'Total number of samples rejected due to timestamp falling outside of the time bounds.',
  ],
  prometheus_target_scrapes_sample_out_of_order_total: [
    'counter',
    'Total number of samples rejected due to not being out of the expected order.',
  ],
  prometheus_target_scrapes_exemplar_out_of_order_total: [
    'counter',
    'Total number of exemplar rejected due to not being out of the expected order.',
  ],
  prometheus_target_scrapes_histogram_exceeded_bucket_limit_total: [
    'counter',
    'Total number of scrapes that hit the native histogram bucket limit and were rejected.',
  ],
  prometheus_rule_evaluations_total: ['counter', 'The total number of rule evaluations.'],
  prometheus_rule_evaluation_failures_total: ['counter', 'The total number of rule evaluation failures.'],
  prometheus_rule_group_interval_seconds: ['gauge', 'The interval of a rule group.'],
  prometheus_rule_group_iterations_total: [
    'counter',
    'The total number of scheduled rule group evaluations, whether executed or missed.',
  ],
  prometheus_rule_group_iterations_missed_total: [
    'counter',
    'The total number of rule group evaluations missed due to slow rule group evaluation.',
  ],
  prometheus_rule_group_last_duration_seconds: ['gauge', 'The duration of the last rule group evaluation.'],
  prometheus_rule_group_last_evaluation_samples: [
    'gauge',
    'The number of samples returned during the last rule group evaluation.',
  ],
  prometheus_rule_group_last_evaluation_timestamp_seconds: [
    'gauge',
    'The timestamp of the last rule group evaluation in seconds.',
  ],
  prometheus_rule_group_rules: ['gauge', 'The number of rules.'],
  prometheus_notifications_alertmanagers_discovered: ['gauge', 'The number of alertmanagers discovered and active.'],
  prometheus_notifications_dropped_total: [
    'counter',
    'Total number of alerts dropped due to errors when sending to Alertmanager.',
  ],
  prometheus_notifications_sent_total: ['counter', 'Total number of alerts sent.'],
  prometheus_tsdb_exemplar_exemplars_appended_total: ['counter', 'Total number of appended exemplars.'],
  prometheus_tsdb_exemplar_exemplars_in_storage: ['gauge', 'Number of exemplars currently in circular storage.'],
  prometheus_tsdb_exemplar_last_exemplars_timestamp_seconds: [
    'gauge',
    'The timestamp of the oldest exemplar stored in circular storage. Useful to check for what timerange the current exemplar buffer limit allows. This usually means the last timestampfor all exemplars for a typical setup. This is not true though if one of the series timestamp is in future compared to rest series.',
  ],
  prometheus_tsdb_exemplar_max_exemplars: [
    'gauge',
    'Total number of exemplars the exemplar storage can store, resizeable.',
  ],
  prometheus_tsdb_exemplar_out_of_order_exemplars_total: [
    'counter',
    'Total number of out of order exemplar ingestion failed attempts.',
  ],
  prometheus_tsdb_exemplar_series_with_exemplars_in_storage: [
    'gauge',
    'Number of series with exemplars currently in circular storage.',
  ],
  prometheus_tsdb_blocks_loaded: ['gauge', 'Number of currently loaded data blocks'],
  prometheus_tsdb_head_chunks: ['gauge', 'Total number of chunks in the head block.'],
  prometheus_tsdb_head_max_time: [
    'gauge',
    'Maximum timestamp of the head block. The unit is decided by the library consumer.',
  ],
  prometheus_tsdb_head_max_time_seconds: ['gauge', 'Maximum timestamp of the head block.'],
  prometheus_tsdb_head_min_time: [
    'gauge',
    'Minimum time bound of the head block. The unit is decided by the library consumer.',
  ],
  prometheus_tsdb_head_min_time_seconds: ['gauge', 'Minimum time bound of the head block.'],
  prometheus_tsdb_head_out_of_order_samples_appended_total: [
    'counter',
    'Total number of appended out of order samples.',
  ],
  prometheus_tsdb_out_of_bound_samples_total: [
    'counter',
    'Total number of out of bound samples ingestion failed attempts with out of order support disabled.',
  ],
  prometheus_tsdb_out_of_order_samples_total: [
    'counter',
    'Total number of out of order samples ingestion failed attempts due to out of order being disabled.',
  ],
  prometheus_tsdb_too_old_samples_total: [
    'counter',
    'Total number of out of order samples ingestion failed attempts with out of support enabled, but sample outside of time window.',
  ],
  prometheus_tsdb_head_samples_appended_total: ['counter', 'Total number of appended samples.'],
  prometheus_tsdb_head_series: ['gauge', 'Total number of series in the head block.'],
  prometheus_tsdb_storage_blocks_bytes: [
    'gauge',
    'The number of bytes that are currently used for local storage by all blocks.',
  ],
  prometheus_tsdb_compactions_total: ['counter', 'Total number of compactions that were executed for the partition.'],
  prometheus_tsdb_compactions_failed_total: ['counter', 'Total number of compactions that failed for the partition.'],
  prometheus_tsdb_wal_corruptions_total: ['counter', 'Total number of WAL corruptions.'],
  alertmanager_alerts: ['gauge', 'How many alerts by state.'],
  alertmanager_alerts_invalid_total: ['counter', 'The total number of received alerts that were invalid.'],
  alertmanager_alerts_received_total: ['counter', 'The total number of received alerts.'],
  alertmanager_dispatcher_aggregation_groups: ['gauge', 'Number of active aggregation groups'],
  alertmanager_notifications_total: ['counter', 'The total number of attempted notifications.'],
  alertmanager_notifications_failed_total: ['counter', 'The total number of failed notifications.'],
  alertmanager_notifications_suppressed_total: [
    'counter',
    'The total number of notifications suppressed for being silenced, inhibited, outside of active time intervals or within muted time intervals.',
  ],
  alertmanager_silences: ['gauge', 'How many silences by state.'],
} as const satisfies Readonly<Record<string, readonly ['gauge' | 'counter', string]>>;

export type SelfMetric = keyof typeof SELF_METRICS;
