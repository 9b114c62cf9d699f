import type { ScrapeProtocol } from '../../config/scrape-config.ts';
import { ScrapeError } from '../errors.ts';
import type { BodyFormat } from '../ingest/target-ingest.ts';

/** Which parser a response asks for; throws ScrapeError when it asks for none and there is no fallback. */
export function bodyFormat(contentType: string, fallback: ScrapeProtocol | null): BodyFormat {
  switch (mediaType(contentType)) {
    case 'text/plain':
      return 'text';
    case 'application/openmetrics-text':
      return 'openmetrics';
    case 'application/vnd.google.protobuf':
      return 'protobuf';
  }
  const format = fallbackFormat(fallback);
  if (format !== null) return format;
  throw new ScrapeError(
    'content-type',
    contentType === ''
      ? 'non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target'
      : `received unsupported Content-Type ${JSON.stringify(contentType)} and no fallback_scrape_protocol specified for target`,
  );
}

function mediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

function fallbackFormat(fallback: ScrapeProtocol | null): BodyFormat | null {
  switch (fallback) {
    case null:
      return null;
    case 'PrometheusProto':
      return 'protobuf';
    case 'PrometheusText0.0.4':
    case 'PrometheusText1.0.0':
      return 'text';
    case 'OpenMetricsText0.0.1':
    case 'OpenMetricsText1.0.0':
      return 'openmetrics';
  }
}
