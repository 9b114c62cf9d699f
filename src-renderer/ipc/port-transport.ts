import type { ClientFrame, EngineEvent, ServerFrame } from '../../shared/contract.ts';
import type { Transport } from './client.ts';
import { abortError, EngineError } from './engine-error.ts';
import { everythingChanged } from './everything-changed.ts';

interface Pending {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Calls over a MessagePort to the engine's thread. The port may come late (the engine starts beside the window) and may
 * come again (the engine was restarted): calls made before wait for it, calls in flight on the old port are refused.
 */
export class PortTransport implements Transport {
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #waiting: ClientFrame[] = [];
  #port: MessagePort | null = null;
  #nextId = 1;

  /** Takes over the port; it must not have been started. */
  attach(port: MessagePort): void {
    const again = this.#port !== null;
    if (again) this.#lose();
    this.#port = port;
    port.onmessage = (message: MessageEvent<ServerFrame>) => this.#receive(message.data);
    for (const frame of this.#waiting.splice(0)) port.postMessage(frame);
    if (again) for (const event of everythingChanged) this.#tell(event);
  }

  call(name: string, request: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    if (signal?.aborted === true) return Promise.reject(abortError());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancel = () => {
        if (!this.#pending.delete(id)) return;
        this.#waiting = this.#waiting.filter((frame) => frame.id !== id);
        this.#port?.postMessage({ kind: 'cancel', id } satisfies ClientFrame);
        reject(abortError());
      };
      const settled = () => signal?.removeEventListener('abort', cancel);
      this.#pending.set(id, {
        resolve: (reply) => {
          settled();
          resolve(reply);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      signal?.addEventListener('abort', cancel, { once: true });
      const frame: ClientFrame = { kind: 'call', id, call: name, request };
      if (this.#port === null) this.#waiting.push(frame);
      else this.#port.postMessage(frame);
    });
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #receive(frame: ServerFrame): void {
    if (frame.kind === 'event') {
      this.#tell(frame.event);
      return;
    }
    const pending = this.#pending.get(frame.id);
    this.#pending.delete(frame.id);
    if (frame.kind === 'reply') pending?.resolve(frame.reply);
    else pending?.reject(new EngineError(frame.error));
  }

  #tell(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #lose(): void {
    this.#port?.close();
    const error = new EngineError({ kind: 'unavailable', message: 'The engine was restarted.' });
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
    this.#waiting = [];
  }
}

/** Asks the preload script for the port and hands over each one that comes. */
export function connectPort(window: Window): PortTransport {
  const transport = new PortTransport();
  window.addEventListener('message', (message) => {
    const port = message.ports[0];
    if (message.source === window && message.data === 'hearth:port' && port !== undefined) transport.attach(port);
  });
  window.postMessage('hearth:port-please', window.location.origin);
  return transport;
}
