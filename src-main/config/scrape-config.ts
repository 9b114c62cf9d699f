import type { Labels } from '../model/labels.ts';
import type { RelabelRule } from '../model/relabel.ts';
import type { TargetGroup } from '../model/target-group.ts';

export type ScrapeProtocol =
  | 'PrometheusProto'
  | 'OpenMetricsText0.0.1'
  | 'OpenMetricsText1.0.0'
  | 'PrometheusText0.0.4'
  | 'PrometheusText1.0.0';

export interface TlsConfig {
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
  readonly serverName: string | null;
  readonly insecureSkipVerify: boolean;
}

export interface HttpClientConfig {
  readonly basicAuth: { readonly username: string; readonly password: string } | null;
  /** `type credentials`, ready for the Authorization header; null when there is none. */
  readonly authorization: { readonly type: string; readonly credentials: string } | null;
  readonly tls: TlsConfig;
  readonly followRedirects: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

export interface FileSdConfig {
  /** Globs, absolute. */
  readonly files: readonly string[];
  readonly refreshIntervalMs: number;
}

/** Hearth's own: listening processes of this user that answer with metrics. */
export interface LocalSdConfig {
  readonly refreshIntervalMs: number;
}

/** Hearth's own: exporters that run in this process. `host` is this machine, `hearth` is Hearth itself. */
export type BuiltinExporter = 'host' | 'hearth';

export type DiscoveryConfig =
  | { readonly kind: 'static'; readonly groups: readonly TargetGroup[] }
  | { readonly kind: 'file'; readonly config: FileSdConfig }
  | { readonly kind: 'local'; readonly config: LocalSdConfig }
  | { readonly kind: 'builtin'; readonly exporter: BuiltinExporter };

/** What becomes of histograms: set by `global` for every job, by a job for itself, by a target's labels for that. */
export interface HistogramSettings {
  readonly scrapeNativeHistograms: boolean;
  readonly alwaysScrapeClassicHistograms: boolean;
  readonly convertClassicHistogramsToNhcb: boolean;
}

/** One entry of scrape_configs with every default applied. */
export interface ScrapeConfig extends HistogramSettings {
  readonly jobName: string;
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  readonly scrapeProtocols: readonly ScrapeProtocol[];
  readonly fallbackScrapeProtocol: ScrapeProtocol | null;
  readonly metricsPath: string;
  readonly scheme: 'http' | 'https';
  readonly params: Readonly<Record<string, readonly string[]>>;
  readonly honorLabels: boolean;
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  readonly enableCompression: boolean;
  /** Buckets grow at least by this factor; 0: by any. */
  readonly nativeHistogramMinBucketFactor: number;
  /** 0: no limit, here and below. */
  readonly bodySizeLimitBytes: number;
  readonly sampleLimit: number;
  readonly labelLimit: number;
  readonly labelNameLengthLimit: number;
  readonly labelValueLengthLimit: number;
  readonly targetLimit: number;
  readonly nativeHistogramBucketLimit: number;
  readonly http: HttpClientConfig;
  readonly relabel: readonly RelabelRule[];
  readonly metricRelabel: readonly RelabelRule[];
  readonly discovery: readonly DiscoveryConfig[];
  readonly externalLabels: Labels;
}
