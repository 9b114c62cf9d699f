/** Configuration files for the tests: the starter's shape at a pace that a test can wait for. */

export interface QuickConfig {
  /** Added to the end of prometheus.yml, under scrape_configs. */
  readonly moreScrapes?: string;
}

export function quickPrometheusYml({ moreScrapes = '' }: QuickConfig = {}): string {
  return `global:
  scrape_interval: 1s
  evaluation_interval: 1s
rule_files:
  - rules.yml
scrape_configs:
  - job_name: node
    builtin_sd_configs:
      - exporter: host
  - job_name: hearth
    builtin_sd_configs:
      - exporter: hearth
  - job_name: files
    file_sd_configs:
      - files: [targets/*.yml]
        refresh_interval: 5s
${moreScrapes}`;
}

/** Fires at once, on whatever machine. */
export const RULES_YML = `groups:
  - name: e2e
    rules:
      - alert: MachineIsUp
        expr: up{job="node"} == 1
        labels: {severity: warning}
        annotations:
          summary: 'The machine {{ $labels.instance }} is up'
          description: 'A rule that fires so that a test can see it.'
`;

/** Reminders every few seconds, so that their end can be seen. */
export const ALERTMANAGER_YML = `route:
  receiver: desktop
  group_by: [alertname]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 3s
receivers:
  - name: desktop
    desktop_configs:
      - send_resolved: true
`;
