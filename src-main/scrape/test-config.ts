import type { ScrapeConfig } from '../config/scrape-config.ts';
import { labelsFromRecord, NO_LABELS } from '../model/labels.ts';
import { compileAnchored } from '../model/regex.ts';
import type { RelabelRule } from '../model/relabel.ts';
import type { TargetGroup } from '../model/target-group.ts';

/** A job with Prometheus's defaults but a short interval, for tests. */
export function testConfig(changes: Partial<ScrapeConfig> = {}): ScrapeConfig {
  return {
    jobName: 'test',
    scrapeIntervalMs: 1000,
    scrapeTimeoutMs: 500,
    scrapeProtocols: ['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1', 'PrometheusText1.0.0', 'PrometheusText0.0.4'],
    fallbackScrapeProtocol: null,
    metricsPath: '/metrics',
    scheme: 'http',
    params: {},
    honorLabels: false,
    honorTimestamps: true,
    trackTimestampsStaleness: false,
    enableCompression: true,
    scrapeNativeHistograms: false,
    alwaysScrapeClassicHistograms: false,
    convertClassicHistogramsToNhcb: false,
    nativeHistogramMinBucketFactor: 0,
    bodySizeLimitBytes: 0,
    sampleLimit: 0,
    labelLimit: 0,
    labelNameLengthLimit: 0,
    labelValueLengthLimit: 0,
    targetLimit: 0,
    nativeHistogramBucketLimit: 0,
    http: {
      basicAuth: null,
      authorization: null,
      tls: { caFile: null, certFile: null, keyFile: null, serverName: null, insecureSkipVerify: false },
      followRedirects: true,
      headers: {},
    },
    relabel: [],
    metricRelabel: [],
    discovery: [],
    externalLabels: NO_LABELS,
    ...changes,
  };
}

export function testRule(changes: Partial<Omit<RelabelRule, 'regex'>> & { readonly regex?: string }): RelabelRule {
  return {
    sourceLabels: [],
    separator: ';',
    modulus: 0,
    targetLabel: '',
    replacement: '$1',
    action: 'replace',
    ...changes,
    regex: compileAnchored(changes.regex ?? '(.*)'),
  };
}

export function testGroup(...targets: readonly Readonly<Record<string, string>>[]): TargetGroup {
  return { source: 'test', targets: targets.map(labelsFromRecord), labels: NO_LABELS };
}
