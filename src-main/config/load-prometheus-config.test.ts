// biome-ignore-all lint/suspicious/noTemplateCurlyInString: environment variables as Prometheus writes them
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { labelsToRecord } from '../model/labels.ts';
import { ConfigError } from './errors.ts';
import { loadPrometheusConfig } from './load-prometheus-config.ts';
import type { ScrapeConfig } from './scrape-config.ts';

const FILE = '/etc/hearth/prometheus.yml';

function load(text: string, file = FILE) {
  return loadPrometheusConfig(text, file);
}

function job(text: string): ScrapeConfig {
  const [first] = load(`scrape_configs:\n  - job_name: j\n${text.replace(/^/gm, '    ')}`).scrapeConfigs;
  if (first === undefined) throw new Error('no job');
  return first;
}

function refusal(text: string): string {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigError) return `${error.line}:${error.column}: ${error.reason}`;
    throw error;
  }
  return 'accepted';
}

describe('loadPrometheusConfig', () => {
  it('applies every default to an empty file', () => {
    expect(load('')).toEqual({
      global: {
        scrapeIntervalMs: 60_000,
        scrapeTimeoutMs: 10_000,
        evaluationIntervalMs: 60_000,
        ruleQueryOffsetMs: 0,
        externalLabels: [],
      },
      scrapeConfigs: [],
      ruleFiles: [],
      outOfOrderTimeWindowMs: 0,
      maxExemplars: 100_000,
      alerting: { alertRelabel: [], alertmanagers: [] },
      text: '',
    });
  });

  it('fills a job in', () => {
    expect(job('static_configs: [{targets: ["a:1", b], labels: {env: dev}}]')).toMatchObject({
      jobName: 'j',
      scrapeIntervalMs: 60_000,
      scrapeTimeoutMs: 10_000,
      metricsPath: '/metrics',
      scheme: 'http',
      honorTimestamps: true,
      enableCompression: true,
      fallbackScrapeProtocol: null,
      http: { followRedirects: true, basicAuth: null, authorization: null },
      discovery: [
        {
          kind: 'static',
          groups: [
            {
              source: '0',
              targets: [
                ['__address__', 'a:1'],
                ['__address__', 'b'],
              ],
              labels: ['env', 'dev'],
            },
          ],
        },
      ],
    });
  });

  it('lets a job inherit times and limits', () => {
    const text = 'global: {scrape_interval: 15s, sample_limit: 9, body_size_limit: 1MB}\nscrape_configs:\n';
    const config = load(`${text}  - job_name: a\n  - {job_name: b, scrape_interval: 5s, sample_limit: 3}\n`);
    expect(
      config.scrapeConfigs.map((c) => [c.scrapeIntervalMs, c.scrapeTimeoutMs, c.sampleLimit, c.bodySizeLimitBytes]),
    ).toEqual([
      [15_000, 10_000, 9, 2 ** 20],
      [5_000, 5_000, 3, 2 ** 20],
    ]);
  });

  it('takes relative paths from the folder of the file', () => {
    const config = load('rule_files: [rules/*.yml, /abs.yml]');
    expect(config.ruleFiles).toEqual(['/etc/hearth/rules/*.yml', '/abs.yml']);
    expect(job('file_sd_configs: [{files: ["t/*.json"], refresh_interval: 30s}]').discovery).toEqual([
      { kind: 'file', config: { files: ['/etc/hearth/t/*.json'], refreshIntervalMs: 30_000 } },
    ]);
  });

  it("reads Hearth's own discoveries", () => {
    expect(job('builtin_sd_configs: [{exporter: host}, {exporter: hearth}]\nlocal_sd_configs: [{}]').discovery).toEqual(
      [
        { kind: 'local', config: { refreshIntervalMs: 10_000 } },
        { kind: 'builtin', exporter: 'host' },
        { kind: 'builtin', exporter: 'hearth' },
      ],
    );
  });

  it('expands the environment in external labels alone', () => {
    process.env.HEARTH_TEST_VALUE = 'laptop';
    const text = 'global: {external_labels: {host: "${HEARTH_TEST_VALUE}-$$", none: $HEARTH_TEST_NOTHING}}';
    expect(labelsToRecord(load(text).global.externalLabels)).toEqual({ host: 'laptop-$' });
  });

  it('reads credentials, inline and from files, and shows none of them', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hearth-config-'));
    writeFileSync(path.join(folder, 'token'), 'tok-from-file\n');
    const text = [
      'scrape_configs:',
      '  - job_name: basic',
      '    basic_auth: {username: ann, password: "s3cret"}',
      '  - job_name: bearer',
      '    authorization: {credentials_file: token}',
      '  - job_name: old',
      '    bearer_token: |-',
      '      lines-of-secret',
      '  - job_name: header',
      '    http_headers: {X-Key: {values: [a], secrets: [hidden]}}',
      '',
    ].join('\n');
    const config = load(text, path.join(folder, 'prometheus.yml'));
    expect(config.scrapeConfigs.map((c) => c.http.basicAuth ?? c.http.authorization ?? c.http.headers)).toEqual([
      { username: 'ann', password: 's3cret' },
      { type: 'Bearer', credentials: 'tok-from-file' },
      { type: 'Bearer', credentials: 'lines-of-secret' },
      { 'X-Key': 'a, hidden' },
    ]);
    expect(config.text).not.toMatch(/s3cret|lines-of-secret|hidden/);
    expect(config.text.match(/<secret>/g)).toHaveLength(3);
    expect(config.text.split('\n')).toHaveLength(10);
  });

  it('reads alerting', () => {
    const { alerting } = load(
      'alerting:\n  alert_relabel_configs: [{action: labeldrop, regex: replica}]\n  alertmanagers:\n' +
        '  - {static_configs: [{targets: ["am:9093"]}], path_prefix: /x, timeout: 3s, scheme: https, proxy_url: "http://p:1"}\n',
    );
    expect(alerting.alertRelabel).toHaveLength(1);
    expect(alerting.alertmanagers).toMatchObject([
      {
        jobName: 'config-0',
        scheme: 'https',
        pathPrefix: '/x',
        timeoutMs: 3000,
        http: { proxy: { url: 'http://p:1' } },
      },
    ]);
  });

  it.each([
    ['globl: {}', '1:1: field globl not found in type config.plain'],
    ['global:\n  scrape_intervall: 1s', '2:3: field scrape_intervall not found in type config.plain'],
    ['global:\n  scrape_interval: 10', '2:20: not a valid duration string: "10"'],
    ['global: {scrape_interval: 5s, scrape_timeout: 6s}', '1:47: global scrape timeout greater than scrape interval'],
    ['scrape_configs:\n- job_name: a\n- job_name: a', '3:13: found multiple scrape configs with job name "a"'],
    ['scrape_configs:\n- scheme: http', '2:3: job_name is empty'],
    ['scrape_configs:\n- {job_name: a, scheme: ftp}', '2:25: unsupported scheme "ftp"'],
    ['scrape_configs:\n- {job_name: a, honor_labels: maybe}', '2:31: cannot unmarshal !!str `maybe` into bool'],
    ['scrape_configs:\n- {job_name: a, sample_limit: -1}', '2:31: cannot unmarshal !!str `-1` into uint'],
    ['scrape_configs:\n- {job_name: a, dns_sd_configs: [{}]}', '2:17: not supported by Hearth yet: dns_sd_configs'],
    ['scrape_configs:\n- {job_name: a, dns_sd_configs: []}', 'accepted'],
    ['remote_write:\n- url: http://x', '1:1: not supported by Hearth yet: remote_write'],
    ['global: [', '1:10: yaml: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['global: {}\nglobal: {}', '2:1: yaml: key "global" already set in map'],
    ['- a', '1:1: cannot unmarshal !!seq into config.plain'],
    [
      'scrape_configs:\n- job_name: a\n  relabel_configs:\n  - {regex: "(", target_label: x}',
      '4:13: error parsing regexp: missing closing ): `(`',
    ],
    [
      'scrape_configs:\n- job_name: a\n  file_sd_configs: [{files: [x.txt]}]',
      '3:30: path name "x.txt" is not valid for file discovery',
    ],
  ])('%j', (text, expected) => {
    expect(refusal(text)).toBe(expected);
  });

  it('resolves anchors and merges', () => {
    const config = load('scrape_configs:\n- &base {job_name: a, scheme: https}\n- {<<: *base, job_name: b}\n');
    expect(config.scrapeConfigs.map((c) => [c.jobName, c.scheme])).toEqual([
      ['a', 'https'],
      ['b', 'https'],
    ]);
  });
});

const corpus = path.join(
  process.env.HEARTH_CORPUS ?? path.resolve(import.meta.dirname, '../../../shared/corpus'),
  'compliance/prometheus-config-testdata',
);
const files = existsSync(corpus) ? readdirSync(corpus).filter((name) => name.endsWith('.yml')) : [];
if (files.length === 0) process.stdout.write(`skipped: no configuration corpus at ${corpus}\n`);

/** Older than the list of things it names: upstream refuses it in its tests too. */
const REFUSED_THOUGH_NOT_BAD = new Set(['config_with_deprecated_am_api_config.yml']);

describe.skipIf(files.length === 0)("Prometheus's own configuration files", () => {
  it.each(files)('%s', (name) => {
    const file = path.join(corpus, name);
    const result = (() => {
      try {
        loadPrometheusConfig(readFileSync(file, 'utf8'), file);
        return 'accepted';
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        expect(error.line).toBeGreaterThan(0);
        expect(error.column).toBeGreaterThan(0);
        return error.reason;
      }
    })();
    if (name.includes('.bad.') || REFUSED_THOUGH_NOT_BAD.has(name)) expect(result).not.toBe('accepted');
    else expect(result).toMatch(/^accepted$|^not supported by Hearth yet: /);
  });
});
