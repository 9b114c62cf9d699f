import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { InstantQueryReply, RangeQueryReply } from '../../../shared/query.ts';
import { alignedGrid, autoStep, type Grid, gridEndingAt } from '../../format/step.ts';
import { type Interval, resolveRange } from '../../format/time-range.ts';
import { useEngine } from '../../ipc/engine-context.tsx';
import type { QueryTab } from '../../state/query-tabs.ts';

/** Drawing more lines than this helps nobody; all of them can be asked for. */
export const SERIES_LIMIT = 250;
const FASTEST_LIVE_MS = 2000;

export type RunResult =
  | { readonly kind: 'graph'; readonly reply: RangeQueryReply; readonly totalMs: number }
  | { readonly kind: 'table'; readonly reply: InstantQueryReply; readonly totalMs: number };

export interface QueryRun {
  readonly result: RunResult | null;
  /** Of the query that `result` answers or that is under way. */
  readonly interval: Interval;
  readonly grid: Grid;
  readonly error: Error | null;
  readonly running: boolean;
  readonly startedMs: number;
  readonly cancelled: boolean;
  readonly cancel: () => void;
}

interface RunOptions {
  readonly widthPx: number;
  /** null while it is not known yet. */
  readonly scrapeIntervalMs: number | null;
  readonly allSeries: boolean;
}

export function useQueryRun(tab: QueryTab, { widthPx, scrapeIntervalMs, allSeries }: RunOptions): QueryRun {
  const engine = useEngine();
  const cache = useQueryClient();
  const spanMs = resolvedSpan(tab);
  // By hundreds: a window that is dragged wider does not ask at every pixel.
  const stepMs = autoStep({
    spanMs,
    widthPx: Math.max(200, Math.round(widthPx / 100) * 100),
    floorMs: scrapeIntervalMs ?? 0,
  });
  const tick = useTick(tab.live && tab.range.kind === 'relative', Math.max(stepMs, FASTEST_LIVE_MS));
  // "Now" stands still until the query is run again, so that one answer belongs to one question.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run and a tick are new moments
  const interval = useMemo(() => resolveRange(tab.range, Date.now()), [tab.range, tab.runs, tick, tab.id]);
  const gridOf = tab.live ? alignedGrid : gridEndingAt;
  const grid = useMemo(() => gridOf(interval.startMs, interval.endMs, stepMs), [gridOf, interval, stepMs]);
  const limit = allSeries ? 0 : SERIES_LIMIT;
  const [cancelledKey, setCancelledKey] = useState('');
  const queryKey = ['run', tab.id, tab.view, tab.query, tab.view === 'graph' ? grid : interval.endMs, limit, tab.runs];
  const keyText = JSON.stringify(queryKey);
  const run = useQuery<RunResult, Error>({
    queryKey,
    enabled: tab.query !== '' && widthPx > 0 && scrapeIntervalMs !== null && cancelledKey !== keyText,
    gcTime: 30_000,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (previous, of) =>
      of?.queryKey[1] === tab.id && of.queryKey[2] === tab.view ? previous : undefined,
    queryFn: async ({ signal }) => {
      const begun = performance.now();
      const common = { query: tab.query, limit, remember: tick === 0 };
      if (tab.view === 'graph') {
        const reply = await engine.call('query.range', { ...common, ...grid }, { signal });
        return { kind: 'graph', reply, totalMs: performance.now() - begun };
      }
      const reply = await engine.call('query.instant', { ...common, limit: 0, timeMs: interval.endMs }, { signal });
      return { kind: 'table', reply, totalMs: performance.now() - begun };
    },
  });
  const running = run.fetchStatus === 'fetching';
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new key is a new start
  const startedMs = useMemo(() => performance.now(), [keyText]);
  const cancelled = cancelledKey === keyText;
  const { data, error } = run;
  // One object until something of it changes: the result is not drawn again for every key that is typed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the key
  return useMemo(
    () => ({
      result: data ?? null,
      interval,
      grid,
      error,
      running,
      startedMs,
      cancelled,
      cancel: () => {
        setCancelledKey(keyText);
        void cache.cancelQueries({ queryKey });
      },
    }),
    [data, interval, grid, error, running, startedMs, cancelled, keyText, cache],
  );
}

function resolvedSpan(tab: QueryTab): number {
  const { startMs, endMs } = resolveRange(tab.range, 0);
  return endMs - startMs;
}

/** Counts up while it is on and the window is looked at. */
function useTick(on: boolean, everyMs: number): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => {
      if (!document.hidden) setTick((before) => before + 1);
    }, everyMs);
    return () => clearInterval(timer);
  }, [on, everyMs]);
  return on ? tick : 0;
}
