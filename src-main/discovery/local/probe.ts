import { errorText } from '../../config/errors.ts';

/** Time for one answer, its body included. */
const TIMEOUT_MS = 500;
/** Enough of a body to tell metrics from anything else. */
const MAX_BODY_BYTES = 256 * 1024;
const ACCEPT = 'application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.8,*/*;q=0.1';

/** Where servers put their metrics, the usual place first. */
export const METRICS_PATHS = [
  '/metrics',
  '/actuator/prometheus',
  '/q/metrics',
  '/-/metrics',
  '/metrics/prometheus',
] as const;

export type LooksLikeMetrics = (body: string, contentType: string) => boolean;

export type ProbeResult =
  | { readonly kind: 'metrics'; readonly path: string }
  /** It speaks HTTP, but no metrics were there. */
  | { readonly kind: 'none'; readonly reason: string }
  /** It did not answer as an HTTP server does. */
  | { readonly kind: 'silent'; readonly reason: string };

/** Asks `origin` for metrics, one path after the other. Redirects are not followed. */
export async function probe(
  origin: string,
  looksLikeMetrics: LooksLikeMetrics,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const seen = new Map<string, string[]>();
  for (const path of METRICS_PATHS) {
    try {
      const answer = await ask(`${origin}${path}`, signal);
      if (answer.status === 200 && looksLikeMetrics(answer.body, answer.contentType)) return { kind: 'metrics', path };
      const what = answer.status === 200 ? 'no metrics in the answer' : `HTTP status ${answer.status}`;
      seen.set(what, [...(seen.get(what) ?? []), path]);
    } catch (error) {
      return { kind: 'silent', reason: `${path}: ${reasonOf(error)}` };
    }
  }
  return { kind: 'none', reason: [...seen].map(([what, paths]) => `${what} at ${paths.join(', ')}`).join('; ') };
}

async function ask(
  url: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: string; readonly contentType: string }> {
  // Not before the first probe: it takes 8 MiB. Bundled, it has a default export and no others.
  const { default: undici } = await import('undici');
  const { request } = undici;
  const { statusCode, headers, body } = await request(url, {
    headers: { accept: ACCEPT, 'user-agent': 'Hearth' },
    reset: true,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const contentType = String(headers['content-type'] ?? '');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) continue;
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY_BYTES) break;
  }
  return { status: statusCode, body: Buffer.concat(chunks).toString('utf8'), contentType };
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS} ms`;
  return errorText(error);
}

const TYPE_LINE =
  /^#\s*TYPE\s+(\S+)\s+(?:counter|gauge|histogram|summary|untyped|unknown|info|stateset|gaugehistogram)\s*$/m;
const SAMPLE_LINE = /^[a-zA-Z_:][\w:]*(?:\{[^\n]*\})?\s+[-+]?(?:\d[\d.eE+-]*|Inf|NaN)(?:\s+[\d.]+)?(?:\s+#.*)?\s*$/m;

/** A TYPE line and a sample, in something that is not a page for people. */
export function looksLikeExposition(body: string, contentType: string): boolean {
  if (/\b(?:html|json|javascript|css|xml)\b/i.test(contentType)) return false;
  return TYPE_LINE.test(body) && SAMPLE_LINE.test(body);
}
