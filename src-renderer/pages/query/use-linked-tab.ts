import { useEffect, useRef } from 'react';
import { parseTimeRange, printTimeRange } from '../../format/time-range.ts';
import { type QueryTab, useQueryTabs } from '../../state/query-tabs.ts';
import type { QuerySearch } from './query-search.ts';

/**
 * Keeps the address and the active tab the same: a link that comes in opens its query in a tab, and what is run in the
 * tab becomes the address. Returns the active tab.
 */
export function useLinkedTab(search: QuerySearch, onSearch: (search: QuerySearch) => void): QueryTab {
  const tab = useQueryTabs(activeTab);
  /** The address as it was last read or written here: anything else is a link that came in. */
  const known = useRef<string | null>(null);
  const incoming = linkText(search);
  const own = linkText(searchOf(tab));
  const latest = useRef({ search, onSearch });
  latest.current = { search, onSearch };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the two texts say all that can change
  useEffect(() => {
    const link = latest.current.search;
    if (incoming !== known.current && (link.expr ?? '') !== '') openLink(link);
    // From the store: the tab of this render may be the one before the link was opened.
    const now = searchOf(activeTab());
    known.current = linkText(now);
    if (known.current !== incoming) latest.current.onSearch(now);
  }, [incoming, own]);
  return tab;
}

function openLink(link: QuerySearch): void {
  const range = parseTimeRange(link.range ?? '', Date.now()) ?? undefined;
  const view = link.view === 'table' || link.view === 'graph' ? link.view : undefined;
  useQueryTabs.getState().open(link.expr ?? '', range, view);
}

function activeTab(): QueryTab {
  const { tabs, activeId } = useQueryTabs.getState();
  const tab = tabs.find((each) => each.id === activeId) ?? tabs[0];
  if (tab === undefined) throw new Error('There is always a query tab');
  return tab;
}

function searchOf(tab: QueryTab): QuerySearch {
  return tab.query === '' ? {} : { expr: tab.query, range: printTimeRange(tab.range), view: tab.view };
}

function linkText(search: QuerySearch): string {
  return JSON.stringify([search.expr ?? '', search.range ?? '', search.view ?? '']);
}
