import type { z } from 'zod';
import {
  type CallName,
  type CallReply,
  type ClientFrame,
  calls,
  clientFrame,
  type EngineEvent,
  type ParsedRequest,
  type ServerFrame,
  type WireError,
} from '../../shared/contract.ts';
import { PromqlParseError } from '../../shared/promql/ast.ts';
import type { Logger } from '../model/log.ts';
import { RegexError } from '../model/regex.ts';
import { QueryError } from '../promql/errors.ts';

/** Refusal of a call, with the kind that the window is told. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly kind: WireError['kind'];

  constructor(kind: WireError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

type Requests = { readonly [N in CallName]: ParsedRequest<N> };

/** One function a call of the contract. `signal` fires when the window cancels or goes away. */
export type Handlers = {
  readonly [N in CallName]: (request: Requests[N], signal: AbortSignal) => Promise<CallReply<N>>;
};

/** The contract as the compiler can pair it with the handlers, name by name. */
const shapes: {
  readonly [N in CallName]: { readonly request: z.ZodType<Requests[N]>; readonly reply: z.ZodType };
} = calls;

type Send = (frame: ServerFrame) => void;

const MAX_IN_FLIGHT = 64;

interface Client {
  readonly send: Send;
  readonly inFlight: Map<number, AbortController>;
}

/** Serves the contract to windows: validates requests and replies, carries cancels, sends events to all. */
export class Dispatcher {
  readonly #handlers: Handlers;
  readonly #logger: Logger;
  readonly #clients = new Map<number, Client>();

  constructor(handlers: Handlers, logger: Logger) {
    this.#handlers = handlers;
    this.#logger = logger;
  }

  /** A client of the same number that is still open is closed first. */
  open(client: number, send: Send): void {
    this.close(client);
    this.#clients.set(client, { send, inFlight: new Map() });
  }

  close(client: number): void {
    for (const controller of this.#clients.get(client)?.inFlight.values() ?? []) controller.abort();
    this.#clients.delete(client);
  }

  broadcast(event: EngineEvent): void {
    for (const client of this.#clients.values()) client.send({ kind: 'event', event });
  }

  /** A frame as it came from outside; a malformed one is dropped and logged. */
  receive(clientId: number, raw: unknown): void {
    const client = this.#clients.get(clientId);
    const parsed = clientFrame.safeParse(raw);
    if (client === undefined || !parsed.success) {
      this.#logger.warn(
        { client: clientId, reason: parsed.error?.message ?? 'unknown client' },
        'dropped a malformed frame',
      );
      return;
    }
    const frame = parsed.data;
    switch (frame.kind) {
      case 'cancel':
        client.inFlight.get(frame.id)?.abort();
        return;
      case 'call':
        void this.#answer(client, frame);
        return;
    }
  }

  async #answer(client: Client, frame: Extract<ClientFrame, { kind: 'call' }>): Promise<void> {
    if (client.inFlight.has(frame.id) || client.inFlight.size >= MAX_IN_FLIGHT) {
      client.send({
        kind: 'error',
        id: frame.id,
        error: { kind: 'bad-request', message: `at most ${MAX_IN_FLIGHT} calls at once, each with its own id` },
      });
      return;
    }
    const controller = new AbortController();
    client.inFlight.set(frame.id, controller);
    const outcome = await this.call(frame.call, frame.request, controller.signal);
    client.inFlight.delete(frame.id);
    client.send(
      'reply' in outcome
        ? { kind: 'reply', id: frame.id, reply: outcome.reply }
        : { kind: 'error', id: frame.id, error: outcome.error },
    );
  }

  /** One call by name with an unchecked request. Never rejects. */
  async call(
    name: string,
    request: unknown,
    signal: AbortSignal,
  ): Promise<{ readonly reply: unknown } | { readonly error: WireError }> {
    if (!isCallName(name))
      return { error: { kind: 'not-found', message: `there is no call named ${JSON.stringify(name)}` } };
    try {
      return { reply: await this.#run(name, request, signal) };
    } catch (error) {
      if (signal.aborted) return { error: { kind: 'cancelled', message: 'cancelled' } };
      const wire = wireErrorOf(error);
      if (wire.kind === 'internal') this.#logger.error({ call: name, err: error }, 'a call failed');
      return { error: wire };
    }
  }

  async #run<N extends CallName>(name: N, request: unknown, signal: AbortSignal): Promise<unknown> {
    const { request: requestShape, reply: replyShape } = shapes[name];
    const parsed = requestShape.safeParse(request);
    if (!parsed.success)
      throw new CallError(
        'bad-request',
        parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
      );
    const handler = this.#handlers[name];
    return replyShape.parse(await handler(parsed.data, signal));
  }
}

function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}

function wireErrorOf(error: unknown): WireError {
  if (error instanceof CallError) return { kind: error.kind, message: error.message };
  if (error instanceof PromqlParseError) return { kind: 'parse', message: error.message, ...spanOf(error) };
  if (error instanceof RegexError) return { kind: 'bad-request', message: error.message };
  if (error instanceof QueryError) return { kind: queryErrorKind(error), message: error.message };
  return { kind: 'internal', message: error instanceof Error ? error.message : String(error) };
}

function spanOf(error: PromqlParseError): { span?: { from: number; to: number } } {
  const first = error.diagnostics[0];
  return first === undefined ? {} : { span: { from: first.span.from, to: first.span.to } };
}

function queryErrorKind(error: QueryError): WireError['kind'] {
  switch (error.kind) {
    case 'cancelled':
      return 'cancelled';
    case 'timeout':
      return 'timeout';
    case 'invalid':
      return 'bad-request';
    default:
      return 'execution';
  }
}
