import { createHash } from 'node:crypto';
import { type Labels, labelEntries } from '../model/labels.ts';

const PARAM_PREFIX = '__param_';

/** scheme://address/path?params, each `__param_x` label in place of the first value of x, printed as Go prints it. */
export function targetUrl(
  base: { readonly scheme: string; readonly address: string; readonly path: string },
  params: Readonly<Record<string, readonly string[]>>,
  labels: Labels,
): string {
  const merged = new Map(Object.entries(params).map(([name, values]) => [name, [...values]]));
  for (const [label, value] of labelEntries(labels)) {
    if (!label.startsWith(PARAM_PREFIX)) continue;
    const name = label.slice(PARAM_PREFIX.length);
    merged.set(name, [value, ...(merged.get(name) ?? []).slice(1)]);
  }
  const query = [...merged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, values]) => values.map((value) => `${escapeQuery(name)}=${escapeQuery(value)}`))
    .join('&');
  const path = base.path.startsWith('/') || base.path === '' ? base.path : `/${base.path}`;
  return `${base.scheme}://${base.address}${escapePath(path)}${query === '' ? '' : `?${query}`}`;
}

/** Go's url.QueryEscape. */
function escapeQuery(text: string): string {
  return encodeURIComponent(wellFormed(text))
    .replaceAll(/[!'()*]/g, percent)
    .replaceAll('%20', '+');
}

/** Go's escaping of a URL's path. */
function escapePath(path: string): string {
  return encodeURI(wellFormed(path)).replaceAll(/[!'()*#?]/g, percent);
}

/** Lone surrogates, which no UTF-8 has, become U+FFFD. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function percent(c: string): string {
  return `%${c.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** As the URL reads from another machine: the local host under its name. */
export function globalUrl(url: string, hostName: string): string {
  return url.replace(/^(https?:\/\/)(?:127\.0\.0\.1|localhost|\[::1\])(?=[:/?]|$)/, `$1${hostName}`);
}

/** Modulo its interval, where in it a target is scraped: spread over all targets, and the same after a restart. */
export function scrapeOffset(key: string, seed: string): number {
  return createHash('sha256').update(seed).update('\0').update(key).digest().readUInt32LE(0);
}

/** A short name for a target's identity. */
export function targetId(jobName: string, key: string): string {
  return createHash('sha256').update(jobName).update('\0').update(key).digest('base64url').slice(0, 16);
}
