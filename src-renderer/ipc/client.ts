import type { CallName, CallReply, CallRequest, EngineEvent } from '../../shared/contract.ts';

export type Unsubscribe = () => void;

/** How calls reach the engine. Both transports reject with EngineError, or AbortError once `signal` has fired. */
export interface Transport {
  call(name: string, request: unknown, signal: AbortSignal | undefined): Promise<unknown>;
  subscribe(listener: (event: EngineEvent) => void): Unsubscribe;
}

export interface EngineClient {
  call<N extends CallName>(
    name: N,
    request: CallRequest<N>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<CallReply<N>>;
  subscribe(listener: (event: EngineEvent) => void): Unsubscribe;
}

export function createEngineClient(transport: Transport): EngineClient {
  return {
    async call(name, request, options) {
      const reply = await transport.call(name, request, options?.signal);
      if (!isReplyOf(name, reply)) throw new TypeError(`The engine answered ${name} with nothing`);
      return reply;
    },
    subscribe: (listener) => transport.subscribe(listener),
  };
}

/** The engine has checked its reply against the schema of the call; checking again would double the cost of each one. */
function isReplyOf<N extends CallName>(_name: N, reply: unknown): reply is CallReply<N> {
  return reply !== undefined;
}
