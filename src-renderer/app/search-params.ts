import { parseDuration } from '../format/duration.ts';
import { printTimeRange } from '../format/time-range.ts';

/** Links carry plain text, as people write them: no JSON in quotes. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

export function printSearch(search: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search))
    if (typeof value === 'string' && value !== '') params.set(name, value);
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** A link to Prometheus's own graph page (`/graph?g0.expr=up&g0.range_input=1h&g0.tab=1`) as ours. */
export function fromClassicGraph(search: Readonly<Record<string, unknown>>): {
  expr: string;
  range?: string;
  view?: string;
} {
  const read = (name: string) => {
    const value = search[`g0.${name}`];
    return typeof value === 'string' ? value : '';
  };
  const rangeText = read('range_input') || '1h';
  const endMs = Date.parse(`${read('end_input').replace(' ', 'T')}Z`);
  const spanMs = parseDuration(rangeText) ?? 3_600_000;
  const range = Number.isNaN(endMs) ? rangeText : printTimeRange({ kind: 'absolute', startMs: endMs - spanMs, endMs });
  const table = read('tab') === '1' || read('tab') === 'table';
  return { expr: read('expr'), range, view: table ? 'table' : 'graph' };
}
