import { keepPreviousData, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CallName, CallReply, CallRequest } from '../../shared/contract.ts';
import { useEngine } from './engine-context.tsx';

interface CallOptions {
  readonly refetchMs?: number;
  readonly enabled?: boolean;
  /** Keep showing the last reply while one for another request is under way. */
  readonly keepPrevious?: boolean;
}

/** What a call replies, kept fresh: asked again when the engine says that its topic changed. */
export function useCall<N extends CallName>(
  name: N,
  request: CallRequest<N>,
  options: CallOptions = {},
): UseQueryResult<CallReply<N>, Error> {
  const engine = useEngine();
  const result = useQuery<CallReply<N>, Error>({
    queryKey: [name, request],
    queryFn: ({ signal }) => engine.call(name, request, { signal }),
    refetchInterval: options.refetchMs ?? false,
    enabled: options.enabled ?? true,
    ...(options.keepPrevious === true ? { placeholderData: keepPreviousData } : {}),
  });
  return result;
}

/** A call that changes something; what it touches is asked again at once. */
export function useChange<N extends CallName>(name: N, touches: readonly CallName[]) {
  const engine = useEngine();
  const cache = useQueryClient();
  return useMutation<CallReply<N>, Error, CallRequest<N>>({
    mutationFn: (request) => engine.call(name, request),
    onSuccess: () => Promise.all(touches.map((touched) => cache.invalidateQueries({ queryKey: [touched] }))),
  });
}
