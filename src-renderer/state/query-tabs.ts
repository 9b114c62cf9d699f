import { create } from 'zustand';
import { lastOf, parseTimeRange, printTimeRange, type TimeRange } from '../format/time-range.ts';

export type ResultView = 'graph' | 'table';

export interface QueryTab {
  readonly id: number;
  /** What stands in the editor, run or not. */
  readonly text: string;
  /** What was run last; '' before the first run. */
  readonly query: string;
  readonly range: TimeRange;
  readonly view: ResultView;
  /** Grows with every run: the same query run again asks the engine again. */
  readonly runs: number;
  readonly live: boolean;
  /** Ranges zoomed out of, the latest last. */
  readonly zoomedFrom: readonly TimeRange[];
}

interface QueryTabs {
  readonly tabs: readonly QueryTab[];
  readonly activeId: number;
  readonly select: (id: number) => void;
  readonly open: (query: string, range?: TimeRange, view?: ResultView) => void;
  readonly openEmpty: () => void;
  readonly close: (id: number) => void;
  readonly change: (id: number, change: Partial<Pick<QueryTab, 'text' | 'view' | 'live'>>) => void;
  readonly run: (id: number, query: string) => void;
  readonly setRange: (id: number, range: TimeRange) => void;
  readonly zoom: (id: number, range: TimeRange) => void;
  readonly zoomBack: (id: number) => void;
}

const MOST_TABS = 30;
const MOST_ZOOMS = 50;
const DEFAULT_RANGE = lastOf(3_600_000);

function emptyTab(id: number, range: TimeRange = DEFAULT_RANGE): QueryTab {
  return { id, text: '', query: '', range, view: 'graph', runs: 0, live: false, zoomedFrom: [] };
}

export const useQueryTabs = create<QueryTabs>((set, get) => {
  const update = (id: number, next: (tab: QueryTab) => QueryTab) =>
    set({ tabs: get().tabs.map((tab) => (tab.id === id ? next(tab) : tab)) });
  return {
    tabs: [emptyTab(1)],
    activeId: 1,
    select: (activeId) => set({ activeId }),
    openEmpty: () => set(opened(get().tabs, get().activeId, { query: '', range: undefined, view: undefined })),
    open: (query, range, view) => set(opened(get().tabs, get().activeId, { query, range, view })),
    close: (id) => set(closed(get().tabs, get().activeId, id)),
    change: (id, change) => update(id, (tab) => ({ ...tab, ...change })),
    run: (id, query) => update(id, (tab) => ({ ...tab, text: query, query: query.trim(), runs: tab.runs + 1 })),
    setRange: (id, range) => update(id, (tab) => ({ ...tab, range, zoomedFrom: [], runs: tab.runs + 1 })),
    zoom: (id, range) =>
      update(id, (tab) => ({ ...tab, range, zoomedFrom: [...tab.zoomedFrom, tab.range].slice(-MOST_ZOOMS) })),
    zoomBack: (id) =>
      update(id, (tab) => {
        const range = tab.zoomedFrom.at(-1);
        return range === undefined ? tab : { ...tab, range, zoomedFrom: tab.zoomedFrom.slice(0, -1) };
      }),
  };
});

type TabState = Pick<QueryTabs, 'tabs' | 'activeId'>;

interface Opening {
  readonly query: string;
  readonly range: TimeRange | undefined;
  readonly view: ResultView | undefined;
}

/** A tab that already shows the query is selected; an empty active tab is used; else a new one comes after the last. */
export function opened(tabs: readonly QueryTab[], activeId: number, { query, range, view }: Opening): TabState {
  const active = tabs.find((tab) => tab.id === activeId);
  const same = query === '' ? undefined : [active, ...tabs].find((tab) => tab?.query === query);
  const use = same ?? (active?.text === '' ? active : undefined);
  const changes = {
    ...(range === undefined ? {} : { range, zoomedFrom: [] }),
    ...(view === undefined ? {} : { view }),
  };
  if (use !== undefined) {
    const next = { ...use, ...changes, text: query, query, runs: query === '' ? 0 : use.runs + 1 };
    return { tabs: tabs.map((tab) => (tab === use ? next : tab)), activeId: use.id };
  }
  const id = Math.max(0, ...tabs.map((tab) => tab.id)) + 1;
  const fresh = { ...emptyTab(id, active?.range), ...changes, text: query, query, runs: query === '' ? 0 : 1 };
  return { tabs: [...tabs, fresh].slice(-MOST_TABS), activeId: id };
}

/** There is always a tab; closing the active one selects its neighbour. */
export function closed(tabs: readonly QueryTab[], activeId: number, id: number): TabState {
  const at = tabs.findIndex((tab) => tab.id === id);
  const rest = tabs.filter((tab) => tab.id !== id);
  if (rest.length === 0) return { tabs: [emptyTab(id + 1)], activeId: id + 1 };
  const neighbour = rest[Math.min(at, rest.length - 1)];
  return { tabs: rest, activeId: activeId === id && neighbour !== undefined ? neighbour.id : activeId };
}

/** What is remembered between runs, and back. Anything that does not look right is left out. */
export function printTabs({ tabs, activeId }: TabState): unknown {
  return {
    activeId,
    tabs: tabs.map(({ id, text, query, range, view }) => ({ id, text, query, range: printTimeRange(range), view })),
  };
}

export function parseTabs(value: unknown, nowMs: number): TabState | null {
  if (!isRecord(value) || !Array.isArray(value.tabs)) return null;
  const tabs = value.tabs.slice(0, MOST_TABS).flatMap((tab: unknown) => parseTab(tab, nowMs));
  const first = tabs[0];
  if (first === undefined) return null;
  const active = tabs.find((tab) => tab.id === value.activeId) ?? first;
  return { tabs, activeId: active.id };
}

/** Tabs of the last run and those opened since the start (a link came in): all stay, and the newest choice is active. */
export function mergeTabs(restored: TabState, current: TabState): TabState {
  const opened = current.tabs.filter((tab) => tab.text.trim() !== '');
  const active = opened.find((tab) => tab.id === current.activeId);
  let state = restored;
  for (const tab of opened) {
    if (state.tabs.some((each) => each.text === tab.text)) continue;
    const id = Math.max(0, ...state.tabs.map((each) => each.id)) + 1;
    state = { tabs: [...state.tabs, { ...tab, id }].slice(-MOST_TABS), activeId: state.activeId };
  }
  const chosen = active === undefined ? undefined : state.tabs.find((tab) => tab.text === active.text);
  if (chosen === undefined || active === undefined) return state;
  // The link says how to look at it, also where the query was open already.
  const tabs = state.tabs.map((tab) => (tab === chosen ? { ...active, id: chosen.id } : tab));
  return { tabs, activeId: chosen.id };
}

function parseTab(value: unknown, nowMs: number): QueryTab[] {
  if (!isRecord(value)) return [];
  const { id, text, query, range, view } = value;
  if (typeof id !== 'number' || typeof text !== 'string' || typeof query !== 'string') return [];
  const parsed = typeof range === 'string' ? parseTimeRange(range, nowMs) : null;
  return [
    {
      ...emptyTab(id, parsed ?? DEFAULT_RANGE),
      text,
      query,
      view: view === 'table' ? 'table' : 'graph',
      runs: query === '' ? 0 : 1,
    },
  ];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
