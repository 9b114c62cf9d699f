import { useEffect, useRef } from 'react';
import { parseTimeRange, printTimeRange } from '../../format/time-range.ts';
import { type QueryTab, useQueryTabs } from '../../state/query-tabs.ts';
import type { QuerySearch } from './query-search.ts';

/**
 * Keeps the address and the active tab the same: a link that comes in opens its query in a tab, and what is run in the
 * tab becomes the address. Returns the active tab.
 */
export function useLinkedTab(search: QuerySearch, onSearch: (search: QuerySearch) => void): QueryTab {
  const tab = useQueryTabs((state) => state.tabs.find((each) => each.id === state.activeId) ?? state.tabs[0]);
  if (tab === undefined) throw new Error('There is always a query tab');
  /** The address as this hook wrote it last: it is not a link that came in. */
  const written = useRef<string | null>(null);
  const incoming = linkText(search);
  const own = linkText(searchOf(tab));

  useEffect(() => {
    if (incoming === written.current || (search.expr ?? '') === '') return;
    written.current = incoming;
    const range = parseTimeRange(search.range ?? '', Date.now()) ?? undefined;
    const view = search.view === 'table' ? 'table' : search.view === 'graph' ? 'graph' : undefined;
    useQueryTabs.getState().open(search.expr ?? '', range, view);
  }, [incoming, search]);

  const push = useRef(onSearch);
  push.current = onSearch;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text says whether the address is another
  useEffect(() => {
    if (own === incoming) return;
    written.current = own;
    push.current(searchOf(tab));
  }, [own]);
  return tab;
}

export function searchOf(tab: QueryTab): QuerySearch {
  return tab.query === '' ? {} : { expr: tab.query, range: printTimeRange(tab.range), view: tab.view };
}

function linkText(search: QuerySearch): string {
  return JSON.stringify([search.expr ?? '', search.range ?? '', search.view ?? '']);
}
