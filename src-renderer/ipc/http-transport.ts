import type { EngineEvent, WireError } from '../../shared/contract.ts';
import { padTo8, putColumns } from '../../shared/page-frame.ts';
import type { Transport } from './client.ts';
import { EngineError } from './engine-error.ts';
import { everythingChanged } from './everything-changed.ts';

/** Calls over HTTP, for the page in a browser. Aborting the request cancels the work in the engine. */
export function connectHttp(origin: string): Transport {
  const listeners = new Set<(event: EngineEvent) => void>();
  let events: EventSource | null = null;

  return {
    async call(name, request, signal) {
      const response = await send(`${origin}/hearth/call/${name}`, request, signal);
      if (response.ok) return decodePageFrame(await response.arrayBuffer());
      throw new EngineError(await errorOf(response));
    },
    subscribe(listener) {
      listeners.add(listener);
      events ??= listen(`${origin}/hearth/events`, (event) => {
        for (const each of listeners) each(event);
      });
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        events?.close();
        events = null;
      };
    },
  };
}

/** The bytes of a reply, see shared/page-frame.ts. Columns are views of `body`. */
export function decodePageFrame(body: ArrayBuffer): unknown {
  const jsonLength = new DataView(body).getUint32(0, true);
  const plain: unknown = JSON.parse(new TextDecoder().decode(new Uint8Array(body, 4, jsonLength)));
  return putColumns(plain, body, padTo8(4 + jsonLength));
}

async function send(url: string, request: unknown, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Hearth': '1' },
      body: JSON.stringify(request),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new EngineError({ kind: 'unavailable', message: 'Hearth does not answer. It may have been stopped.' });
  }
}

async function errorOf(response: Response): Promise<WireError> {
  const text = await response.text();
  try {
    const error: WireError = JSON.parse(text);
    if (typeof error.message === 'string' && typeof error.kind === 'string') return error;
  } catch {
    // Not an answer of Hearth (a proxy, another program on the port): said in words below.
  }
  return { kind: 'unavailable', message: `Unexpected answer from the server (status ${response.status}).` };
}

function listen(url: string, receive: (event: EngineEvent) => void): EventSource {
  const source = new EventSource(url);
  let broken = false;
  source.onerror = () => {
    broken = true;
  };
  source.onopen = () => {
    if (broken) for (const event of everythingChanged) receive(event);
    broken = false;
  };
  source.onmessage = (message: MessageEvent<string>) => {
    const event: EngineEvent = JSON.parse(message.data);
    receive(event);
  };
  return source;
}
