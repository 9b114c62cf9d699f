import { compareStrings, METRIC_NAME } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { Handlers } from '../dispatcher.ts';
import type { ApiParts } from '../parts.ts';
import { selectorMatchers } from '../selectors.ts';

/** What completion looks at: the last hour. */
const RECENT_MS = 3_600_000;

export function metadataCalls(parts: ApiParts): Pick<Handlers, 'metrics.search' | 'labels.names' | 'labels.values'> {
  const recent = <T>(read: (querier: ReturnType<ApiParts['queryable']['querier']>) => T): T => {
    const nowMs = parts.clock.nowMs();
    const querier = parts.queryable.querier(nowMs - RECENT_MS, nowMs);
    try {
      return read(querier);
    } finally {
      querier.close();
    }
  };
  const matchersOf = (selector: string): readonly Matcher[] => (selector === '' ? [] : selectorMatchers(selector));
  return {
    'metrics.search': async ({ text, limit }) => {
      const names = recent((querier) => querier.labelValues(METRIC_NAME, []));
      const metrics = rankNames(names, text).slice(0, limit);
      return { total: names.length, metrics: metrics.map((name) => ({ name, ...parts.metadataOf(name) })) };
    },
    'labels.names': async ({ match, limit }) =>
      recent((querier) => querier.labelNames(matchersOf(match))).slice(0, limit),
    'labels.values': async ({ match, name, limit }) =>
      recent((querier) => querier.labelValues(name, matchersOf(match))).slice(0, limit),
  };
}

/** Names that contain the letters of `text` in order: prefixes first, then substrings, then the rest; shorter first. */
export function rankNames(names: readonly string[], text: string): string[] {
  if (text === '') return [...names];
  const wanted = text.toLowerCase();
  const ranked: { readonly name: string; readonly rank: number }[] = [];
  for (const name of names) {
    const rank = rankOf(name.toLowerCase(), wanted);
    if (rank >= 0) ranked.push({ name, rank });
  }
  ranked.sort((a, b) => a.rank - b.rank || a.name.length - b.name.length || compareStrings(a.name, b.name));
  return ranked.map(({ name }) => name);
}

/** 0 prefix, 1 word prefix, 2 substring, 3 letters in order, -1 none. */
function rankOf(name: string, wanted: string): number {
  const at = name.indexOf(wanted);
  if (at === 0) return 0;
  if (at > 0) return name[at - 1] === '_' || name[at - 1] === ':' ? 1 : 2;
  let next = 0;
  for (let i = 0; i < name.length && next < wanted.length; i++) if (name[i] === wanted[next]) next++;
  return next === wanted.length ? 3 : -1;
}
