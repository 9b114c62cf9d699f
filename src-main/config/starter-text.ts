/** What Hearth writes on its first run. The files belong to the user afterwards and are never touched again. */

export const STARTER_PROMETHEUS = `# What Hearth watches. The format is Prometheus's own:
# https://prometheus.io/docs/prometheus/latest/configuration/configuration/
# Reload after a change: from the window, with SIGHUP, or: curl -X POST http://127.0.0.1:9090/-/reload

global:
  scrape_interval: 15s
  evaluation_interval: 15s

rule_files:
  - rules.yml

scrape_configs:
  # This machine: CPU, memory, disks, network. Measured by Hearth itself under node_exporter's names.
  - job_name: node
    scrape_interval: 5s
    builtin_sd_configs:
      - exporter: host

  # Hearth's own health.
  - job_name: hearth
    builtin_sd_configs:
      - exporter: hearth

  # Programs of yours that listen on this machine and answer with metrics. Take the job out to turn this off.
  - job_name: local
    local_sd_configs:
      - refresh_interval: 10s

  # Drop files into the folder "targets" to add targets without touching this file, for example targets/api.yml:
  #   - targets: ['127.0.0.1:8080']
  #     labels: {job: api, env: dev}
  - job_name: files
    file_sd_configs:
      - files:
          - targets/*.json
          - targets/*.yml
          - targets/*.yaml
        refresh_interval: 30s

  # A target of your own, written here:
  # - job_name: my-service
  #   metrics_path: /metrics
  #   static_configs:
  #     - targets: ['127.0.0.1:8000']
  #       labels: {env: dev}
`;

export const STARTER_ALERTMANAGER = `# Who is told when an alert fires. The format is Alertmanager's own:
# https://prometheus.io/docs/alerting/latest/configuration/
# desktop_configs is Hearth's addition: a notification on this desktop.

route:
  receiver: desktop
  group_by: [alertname, job]
  # Alerts that begin together arrive as one notification.
  group_wait: 10s
  group_interval: 5m
  # A reminder while it lasts.
  repeat_interval: 4h

receivers:
  - name: desktop
    desktop_configs:
      - send_resolved: true

  # - name: my-webhook
  #   webhook_configs:
  #     - url: http://127.0.0.1:5001/

# A warning is not told while the same thing is critical already.
inhibit_rules:
  - source_matchers: ['severity="critical"']
    target_matchers: ['severity="warning"']
    equal: [alertname, instance, mountpoint]
`;

export const STARTER_RULES = `# Alerts for a laptop. The format is Prometheus's own:
# https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
# Check a change with: promtool check rules rules.yml

groups:
  - name: targets
    rules:
      - alert: TargetDown
        expr: up == 0
        for: 1m
        labels: {severity: warning}
        annotations:
          summary: '{{ $labels.job }} on {{ $labels.instance }} does not answer'
          description: 'The target has not been scraped successfully for over a minute. The Targets page shows the reason.'

  - name: disk
    rules:
      - alert: DiskNearlyFull
        expr: |
          100 * node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs"} / node_filesystem_size_bytes < 10
            and node_filesystem_readonly == 0
        for: 5m
        labels: {severity: warning}
        annotations:
          summary: '{{ $labels.mountpoint }} is nearly full'
          description: 'Only {{ printf "%.1f" $value }}% of {{ $labels.mountpoint }} ({{ $labels.device }}) is left.'

      - alert: DiskNearlyFull
        expr: |
          100 * node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs"} / node_filesystem_size_bytes < 3
            and node_filesystem_readonly == 0
        for: 1m
        labels: {severity: critical}
        annotations:
          summary: '{{ $labels.mountpoint }} is full'
          description: 'Only {{ printf "%.1f" $value }}% of {{ $labels.mountpoint }} ({{ $labels.device }}) is left.'

      - alert: DiskFullWithinADay
        expr: |
          predict_linear(node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs"}[6h], 24 * 3600) < 0
            and node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.4
            and node_filesystem_readonly == 0
        for: 30m
        labels: {severity: warning}
        annotations:
          summary: '{{ $labels.mountpoint }} will be full within a day'
          description: 'At the rate of the last six hours, {{ $labels.mountpoint }} ({{ $labels.device }}) runs full within 24 hours.'

      - alert: FewInodesLeft
        expr: |
          100 * node_filesystem_files_free{fstype!~"tmpfs|ramfs"} / (node_filesystem_files > 0) < 5
            and node_filesystem_readonly == 0
        for: 5m
        labels: {severity: warning}
        annotations:
          summary: '{{ $labels.mountpoint }} is running out of inodes'
          description: 'Only {{ printf "%.1f" $value }}% of the inodes of {{ $labels.mountpoint }} are free: no new files once they are gone.'

  - name: memory
    rules:
      - alert: MemoryPressure
        expr: 100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) > 90
        for: 5m
        labels: {severity: warning}
        annotations:
          summary: 'Memory on {{ $labels.instance }} is nearly used up'
          description: '{{ printf "%.0f" $value }}% of the memory has been in use for five minutes.'

      - alert: SwapNearlyFull
        expr: 100 * (1 - node_memory_SwapFree_bytes / (node_memory_SwapTotal_bytes > 0)) > 80
        for: 10m
        labels: {severity: warning}
        annotations:
          summary: 'Swap on {{ $labels.instance }} is nearly used up'
          description: '{{ printf "%.0f" $value }}% of the swap space is in use.'

      - alert: OutOfMemoryKill
        expr: increase(node_vmstat_oom_kill[10m]) > 0
        labels: {severity: warning}
        annotations:
          summary: 'The kernel killed a process on {{ $labels.instance }} for lack of memory'
          description: '{{ printf "%.0f" $value }} processes were killed in the last ten minutes.'

  - name: cpu
    rules:
      - alert: CpuBusyForLong
        expr: 100 * (1 - avg by (job, instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))) > 90
        for: 15m
        labels: {severity: warning}
        annotations:
          summary: '{{ $labels.instance }} has been busy for a quarter of an hour'
          description: 'All cores together are {{ printf "%.0f" $value }}% busy.'

      - alert: TooHot
        expr: node_hwmon_temp_celsius > 95
        for: 5m
        labels: {severity: warning}
        annotations:
          summary: '{{ $labels.instance }} is hot'
          description: 'Sensor {{ $labels.sensor }} of {{ $labels.chip }} has shown {{ printf "%.0f" $value }} degrees Celsius for five minutes.'

  - name: containers
    rules:
      - alert: ContainerRestarting
        expr: changes(container_start_time_seconds{name!=""}[15m]) > 2
        labels: {severity: warning}
        annotations:
          summary: 'Container {{ $labels.name }} keeps restarting'
          description: 'It was started {{ printf "%.0f" $value }} times in a quarter of an hour.'

  - name: clock
    rules:
      - alert: ClockSkew
        expr: abs(node_time_seconds - timestamp(node_time_seconds)) > 30
        for: 5m
        labels: {severity: warning}
        annotations:
          summary: 'The clock of {{ $labels.instance }} is off'
          description: 'It differs by {{ humanizeDuration $value }} from this machine: graphs and alerts of the two will not match.'

  - name: hearth
    rules:
      - alert: ConfigurationRefused
        expr: prometheus_config_last_reload_successful == 0
        for: 1m
        labels: {severity: warning}
        annotations:
          summary: 'The configuration is broken; Hearth runs on the last good one'
          description: 'The window says which file and line is wrong.'

      - alert: RuleFails
        expr: increase(prometheus_rule_evaluation_failures_total[5m]) > 0
        for: 5m
        labels: {severity: warning}
        annotations:
          summary: 'A rule of {{ $labels.rule_group }} cannot be evaluated'
          description: 'The Alerts page shows the error.'

      - alert: NotificationsFail
        expr: increase(alertmanager_notifications_failed_total[5m]) > 0
        for: 5m
        labels: {severity: warning}
        annotations:
          summary: 'Notifications by {{ $labels.integration }} fail'
          description: '{{ printf "%.0f" $value }} could not be delivered in the last five minutes.'
`;
