import type { ScrapeConfig, ScrapeProtocol } from '../../config/scrape-config.ts';

function mediaTypeOf(protocol: ScrapeProtocol): string {
  switch (protocol) {
    case 'PrometheusProto':
      return 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';
    case 'OpenMetricsText0.0.1':
      return 'application/openmetrics-text;version=0.0.1';
    case 'OpenMetricsText1.0.0':
      return 'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8';
    case 'PrometheusText0.0.4':
      return 'text/plain;version=0.0.4';
    case 'PrometheusText1.0.0':
      return 'text/plain;version=1.0.0;escaping=allow-utf-8';
  }
}

/** The protocols in order of preference, with falling weights, then anything (scrape/scrape.go, acceptHeader). */
export function acceptHeader(protocols: readonly ScrapeProtocol[]): string {
  return [...protocols.map(mediaTypeOf), '*/*'].map((type, i) => `${type};q=0.${6 - i}`).join(',');
}

/** Headers of a scrape; those that Hearth itself sets cannot be overwritten by http_headers. */
export function scrapeHeaders(config: ScrapeConfig, timeoutMs: number, version: string): Record<string, string> {
  return {
    ...lowerCased(config.http.headers),
    ...authorization(config),
    accept: acceptHeader(config.scrapeProtocols),
    'accept-encoding': config.enableCompression ? 'gzip' : 'identity',
    'user-agent': `Hearth/${version}`,
    'x-prometheus-scrape-timeout-seconds': String(timeoutMs / 1000),
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function authorization(config: ScrapeConfig): Record<string, string> {
  const { basicAuth, authorization: given } = config.http;
  if (basicAuth !== null) {
    const secret = Buffer.from(`${basicAuth.username}:${basicAuth.password}`).toString('base64');
    return { authorization: `Basic ${secret}` };
  }
  return given === null ? {} : { authorization: `${given.type} ${given.credentials}`.trim() };
}

/** Headers that another host must not see after a redirect. */
export function withoutCredentials(
  headers: Readonly<Record<string, string>>,
  config: ScrapeConfig,
): Record<string, string> {
  const own = new Set(Object.keys(config.http.headers).map((name) => name.toLowerCase()));
  own.add('authorization');
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name)));
}
