import { afterEach, describe, expect, it } from 'vitest';
import type { ClientFrame, EngineEvent, ServerFrame } from '../../shared/contract.ts';
import { createEngineClient } from './client.ts';
import { EngineError, isAbort } from './engine-error.ts';
import { PortTransport } from './port-transport.ts';

/** The engine's end of a real port: what came over it, and a way to answer. */
class EngineEnd {
  readonly channel = new MessageChannel();
  readonly frames: ClientFrame[] = [];
  #arrived: (() => void)[] = [];

  constructor() {
    this.channel.port1.onmessage = (message: MessageEvent<ClientFrame>) => {
      this.frames.push(message.data);
      for (const arrived of this.#arrived.splice(0)) arrived();
    };
  }

  async frame(at: number): Promise<ClientFrame> {
    while (this.frames.length <= at) await new Promise<void>((resolve) => this.#arrived.push(resolve));
    return this.frames[at]!;
  }

  send(frame: ServerFrame): void {
    this.channel.port1.postMessage(frame);
  }
}

describe('calls over a port', () => {
  const ends: EngineEnd[] = [];
  const engineEnd = () => {
    const end = new EngineEnd();
    ends.push(end);
    return end;
  };
  afterEach(() => {
    for (const { channel } of ends.splice(0)) {
      channel.port1.close();
      channel.port2.close();
    }
  });

  it('waits for the port and brings each reply to its call', async () => {
    const transport = new PortTransport();
    const first = transport.call('a', 1, undefined);
    const second = transport.call('b', 2, undefined);
    const end = engineEnd();
    transport.attach(end.channel.port2);
    expect(await end.frame(0)).toEqual({ kind: 'call', id: 1, call: 'a', request: 1 });
    expect(await end.frame(1)).toEqual({ kind: 'call', id: 2, call: 'b', request: 2 });
    end.send({ kind: 'reply', id: 2, reply: Float64Array.of(1.5) });
    end.send({ kind: 'reply', id: 1, reply: 'one' });
    expect(await second).toEqual(Float64Array.of(1.5));
    expect(await first).toBe('one');
  });

  it('rejects with what the engine says', async () => {
    const transport = new PortTransport();
    const end = engineEnd();
    transport.attach(end.channel.port2);
    const call = transport.call('query.range', {}, undefined);
    await end.frame(0);
    end.send({ kind: 'error', id: 1, error: { kind: 'parse', message: 'no', span: { from: 1, to: 2 } } });
    await expect(call).rejects.toMatchObject({ kind: 'parse', message: 'no', span: { from: 1, to: 2 } });
    await expect(call).rejects.toBeInstanceOf(EngineError);
  });

  it('cancels in the engine, and a late reply changes nothing', async () => {
    const transport = new PortTransport();
    const end = engineEnd();
    transport.attach(end.channel.port2);
    const abort = new AbortController();
    const call = transport.call('query.range', {}, abort.signal);
    await end.frame(0);
    abort.abort();
    await expect(call).rejects.toSatisfy(isAbort);
    expect(await end.frame(1)).toEqual({ kind: 'cancel', id: 1 });
    end.send({ kind: 'reply', id: 1, reply: 'late' });
    const next = transport.call('status.get', {}, undefined);
    await end.frame(2);
    end.send({ kind: 'reply', id: 2, reply: 'fresh' });
    expect(await next).toBe('fresh');
  });

  it('does not send what was cancelled before there was a port', async () => {
    const transport = new PortTransport();
    const abort = new AbortController();
    const cancelled = transport.call('a', 1, abort.signal);
    abort.abort();
    await expect(cancelled).rejects.toSatisfy(isAbort);
    const end = engineEnd();
    transport.attach(end.channel.port2);
    const call = transport.call('b', 2, undefined);
    expect(await end.frame(0)).toMatchObject({ call: 'b' });
    end.send({ kind: 'reply', id: 2, reply: 'b' });
    expect(await call).toBe('b');
  });

  it('refuses calls in flight when a new engine takes over', async () => {
    const transport = new PortTransport();
    const old = engineEnd();
    transport.attach(old.channel.port2);
    const call = transport.call('a', 1, undefined);
    await old.frame(0);
    const topics: string[] = [];
    transport.subscribe((event) => topics.push(event.kind === 'changed' ? event.topic : ''));
    transport.attach(engineEnd().channel.port2);
    await expect(call).rejects.toMatchObject({ kind: 'unavailable' });
    expect(topics).toEqual(['targets', 'alerts', 'silences', 'config', 'status']);
  });

  it('tells every listener of events until it has left', async () => {
    const transport = new PortTransport();
    const end = engineEnd();
    transport.attach(end.channel.port2);
    const heard: EngineEvent[] = [];
    const engine = createEngineClient(transport);
    const undo = engine.subscribe((event) => heard.push(event));
    end.send({ kind: 'event', event: { kind: 'open', path: '/alerts' } });
    await expect.poll(() => heard).toEqual([{ kind: 'open', path: '/alerts' }]);
    undo();
    end.send({ kind: 'event', event: { kind: 'open', path: '/targets' } });
    const call = transport.call('a', 1, undefined);
    await end.frame(0);
    end.send({ kind: 'reply', id: 1, reply: 'after the event' });
    await call;
    expect(heard).toHaveLength(1);
  });
});
