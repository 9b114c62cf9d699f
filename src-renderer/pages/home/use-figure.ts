import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { EngineClient } from '../../ipc/client.ts';
import { useEngine } from '../../ipc/engine-context.tsx';

/** The one number that a query gives now; nothing is asked for ''. */
export function useFigure(query: string, refetchMs: number) {
  const engine = useEngine();
  return useQuery<number | null, Error>({
    queryKey: ['figure', query],
    queryFn: ({ signal }) => figure(engine, query, signal),
    enabled: query !== '',
    refetchInterval: refetchMs,
    placeholderData: keepPreviousData,
  });
}

/** null where there is none. NaN would not do: it never equals itself, and the query would tell of a change for ever. */
async function figure(engine: EngineClient, query: string, signal: AbortSignal): Promise<number | null> {
  const reply = await engine.call('query.instant', { query, timeMs: Date.now() }, { signal });
  const value = reply.value.kind === 'vector' ? reply.value.values[0] : undefined;
  return value === undefined || Number.isNaN(value) ? null : value;
}
