/** What a failed scrape means, in a sentence, and what can be done about it. */
export interface ScrapeTrouble {
  readonly sentence: string;
  readonly advice: string;
}

interface Pattern {
  readonly matches: RegExp;
  readonly explain: (match: RegExpExecArray, context: ScrapeContext) => ScrapeTrouble;
}

interface ScrapeContext {
  readonly url: string;
  readonly timeoutMs: number;
}

/** First match wins: the specific ones first. */
const PATTERNS: readonly Pattern[] = [
  {
    matches: /deadline exceeded|timed? ?out|ETIMEDOUT/i,
    explain: (_m, c) => ({
      sentence: `No complete answer within ${c.timeoutMs / 1000} s.`,
      advice: 'Find the slow collector, or raise scrape_timeout for this job.',
    }),
  },
  {
    matches: /connection refused|ECONNREFUSED/i,
    explain: (_m, c) => ({
      sentence: `Nothing listens on ${hostOf(c.url)}.`,
      advice: 'Start the program, or correct the port in the configuration.',
    }),
  },
  {
    matches: /no such host|ENOTFOUND|EAI_AGAIN/i,
    explain: (_m, c) => ({
      sentence: `The name ${hostOf(c.url).replace(/:\d+$/, '')} does not resolve.`,
      advice: 'Check the spelling and the DNS of this computer.',
    }),
  },
  {
    matches: /no route to host|EHOSTUNREACH|ENETUNREACH|network is unreachable/i,
    explain: (_m, c) => ({
      sentence: `${hostOf(c.url)} cannot be reached from this computer.`,
      advice: 'Check the network or VPN.',
    }),
  },
  {
    matches: /connection reset|ECONNRESET|socket hang up|other side closed|\bEOF\b/i,
    explain: () => ({
      sentence: 'The program closed the connection before it had answered.',
      advice: 'It may be restarting, or it speaks another protocol on this port (https?).',
    }),
  },
  {
    matches: /certificate|x509|self.signed|CERT_/i,
    explain: () => ({
      sentence: 'The TLS certificate was not accepted.',
      advice: 'Give its authority as tls_config.ca_file for this job.',
    }),
  },
  {
    matches: /redirect/i,
    explain: () => ({
      sentence: 'The target keeps redirecting.',
      advice: 'Point metrics_path at the place where the metrics are.',
    }),
  },
  { matches: /\b(401|403)\b/, explain: (m) => denied(m[1] ?? '') },
  {
    matches: /\b404\b/,
    explain: (_m, c) => ({
      sentence: `There is nothing at ${pathOf(c.url)} (HTTP 404).`,
      advice: 'Set metrics_path for this job.',
    }),
  },
  {
    matches: /HTTP status (\d{3})/i,
    explain: (m) => ({
      sentence: `The target answered with HTTP ${m[1]}.`,
      advice: 'Look at the log of the program that serves the metrics.',
    }),
  },
  {
    matches: /content.?type|text\/html/i,
    explain: () => ({
      sentence: 'The answer is no metrics page.',
      advice: 'Check metrics_path; this looks like another web page.',
    }),
  },
  {
    matches: /(?:body size|sample|label).*limit/i,
    explain: () => ({
      sentence: 'The answer is larger than this job allows.',
      advice: 'Raise the limit of the job, or drop series with metric_relabel_configs.',
    }),
  },
  {
    matches: /expected|invalid|parse|unexpected|syntax/i,
    explain: () => ({
      sentence: 'The metrics page has a line that cannot be read.',
      advice: 'The exact place is below; it is a fault of the program that serves it.',
    }),
  },
];

/** null when the error is none that is known: the text itself is all there is to say. */
export function explainScrapeError(error: string, context: ScrapeContext): ScrapeTrouble | null {
  for (const { matches, explain } of PATTERNS) {
    const match = matches.exec(error);
    if (match !== null) return explain(match, context);
  }
  return null;
}

function denied(status: string): ScrapeTrouble {
  return {
    sentence:
      status === '401' ? 'The target asks for credentials (HTTP 401).' : 'The target refuses access (HTTP 403).',
    advice: 'Give basic_auth or authorization for this job.',
  };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}
