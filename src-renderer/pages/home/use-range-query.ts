import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { RangeQueryReply } from '../../../shared/query.ts';
import { alignedGrid, type Grid } from '../../format/step.ts';
import type { Interval } from '../../format/time-range.ts';
import { useEngine } from '../../ipc/engine-context.tsx';

export interface LiveReply {
  readonly reply: RangeQueryReply;
  readonly interval: Interval;
}

interface LiveQuery {
  readonly query: string;
  readonly spanMs: number;
  readonly stepMs: number;
  readonly refetchMs: number;
  readonly limit?: number;
}

/** The last `spanMs` of a query, asked again as time goes on; the last answer stays until the next is there. */
export function useLiveQuery({
  query,
  spanMs,
  stepMs,
  refetchMs,
  limit = 0,
}: LiveQuery): UseQueryResult<LiveReply, Error> {
  const engine = useEngine();
  return useQuery<LiveReply, Error>({
    queryKey: ['live', query, spanMs, stepMs],
    enabled: query !== '',
    refetchInterval: refetchMs,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const nowMs = Date.now();
      const grid: Grid = alignedGrid(nowMs - spanMs, nowMs, stepMs);
      const reply = await engine.call('query.range', { query, limit, ...grid }, { signal });
      return { reply, interval: { startMs: nowMs - spanMs, endMs: nowMs } };
    },
  });
}
