import { describe, expect, it } from 'vitest';
import { effectiveText } from './effective-text.ts';
import { loadPrometheusConfig } from './load-prometheus-config.ts';

const FILE = '/etc/prometheus.yml';
const show = (text: string) => effectiveText(loadPrometheusConfig(text, FILE));

describe('the configuration with its defaults', () => {
  it.each([
    ['an empty file', ''],
    ['global only', 'global: {scrape_interval: 15s}\n'],
    ['an empty global', 'global:\nscrape_configs:\n- job_name: a\n'],
    ['text that looks like other types', 'global: {external_labels: {a: 1.10, b: yes, c: 0x10}}\n'],
    [
      'merged and repeated sections',
      'scrape_configs:\n- &a\n  job_name: a\n  scheme: https\n- <<: *a\n  job_name: b\n',
    ],
    ['a secret', 'scrape_configs:\n- job_name: a\n  basic_auth: {username: u, password: hunter2}\n'],
  ])('means the same when it is read again: %s', (_, text) => {
    const before = loadPrometheusConfig(text, FILE);
    const after = loadPrometheusConfig(effectiveText(before), FILE);
    const meaning = ({ global, scrapeConfigs, ruleFiles }: typeof before) =>
      JSON.stringify({ global, scrapeConfigs, ruleFiles }).replaceAll('hunter2', '<secret>');
    expect(meaning(after)).toBe(meaning(before));
  });

  it('says the defaults, and hides secrets', () => {
    const text = show('scrape_configs:\n- job_name: live # mine\n  basic_auth: {username: u, password: hunter2}\n');
    for (const line of [/scrape_interval: 1m$/m, /metrics_path: \/metrics$/m, /job_name: live # mine$/m, /<secret>/])
      expect(text).toMatch(line);
    expect(text).not.toMatch(/hunter2/);
  });
});
