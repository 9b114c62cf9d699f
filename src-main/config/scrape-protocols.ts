import type { ScrapeProtocol } from './scrape-config.ts';
import type { YamlMap } from './yaml-map.ts';

const PROTOCOLS: readonly ScrapeProtocol[] = [
  'OpenMetricsText0.0.1',
  'OpenMetricsText1.0.0',
  'PrometheusProto',
  'PrometheusText0.0.4',
  'PrometheusText1.0.0',
];

const TEXT_PROTOCOLS: readonly ScrapeProtocol[] = [
  'OpenMetricsText1.0.0',
  'OpenMetricsText0.0.1',
  'PrometheusText1.0.0',
  'PrometheusText0.0.4',
];

/** What is asked for, best first, when nothing else is configured. Native histograms come in protobuf only. */
export function defaultProtocols(nativeHistograms: boolean): readonly ScrapeProtocol[] {
  return nativeHistograms ? ['PrometheusProto', ...TEXT_PROTOCOLS] : TEXT_PROTOCOLS;
}

/** Whether these are what is asked for where neither the configuration nor native histograms say otherwise. */
export function isDefaultProtocols(protocols: readonly ScrapeProtocol[]): boolean {
  return protocols.join() === TEXT_PROTOCOLS.join();
}

/** Null when the key is not there: the default depends on more than this. */
export function readScrapeProtocols(section: YamlMap): readonly ScrapeProtocol[] | null {
  if (!section.has('scrape_protocols')) return null;
  const protocols = section.strings('scrape_protocols').map((text) => protocolAt(section, 'scrape_protocols', text));
  if (protocols.length === 0) return null;
  if (new Set(protocols).size !== protocols.length)
    section.fail('scrape_protocols', `duplicated protocol in scrape_protocols, got [${protocols.join(' ')}]`);
  return protocols;
}

export function readFallbackProtocol(section: YamlMap): ScrapeProtocol | null {
  const text = section.string('fallback_scrape_protocol');
  return text === '' ? null : protocolAt(section, 'fallback_scrape_protocol', text);
}

function protocolAt(section: YamlMap, key: string, text: string): ScrapeProtocol {
  const found = PROTOCOLS.find((protocol) => protocol === text);
  return found ?? section.fail(key, `unknown scrape protocol ${text}, supported: [${PROTOCOLS.join(' ')}]`);
}
