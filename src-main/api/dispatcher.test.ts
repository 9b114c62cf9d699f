import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallRequest, calls, type ServerFrame } from '../../shared/contract.ts';
import { startTestHearth, type TestHearth } from './test-hearth.ts';

let hearth: TestHearth;
let client = 0;

beforeAll(async () => {
  hearth = await startTestHearth({ options: { queryMaxSamples: 50_000_000 } });
  hearth.write(Array.from({ length: 400 }, (_, i) => [{ __name__: 'm', i: String(i) }, i] as const));
});
afterAll(() => hearth[Symbol.asyncDispose]());

/** A window: what it was sent, and the next frame. */
function openWindow() {
  const id = ++client;
  const frames: ServerFrame[] = [];
  const waiting: ((frame: ServerFrame) => void)[] = [];
  hearth.dispatcher.open(id, (frame) => {
    const next = waiting.shift();
    if (next === undefined) frames.push(frame);
    else next(frame);
  });
  return {
    id,
    frames,
    send: (frame: unknown) => hearth.dispatcher.receive(id, frame),
    next: () => {
      const frame = frames.shift();
      return frame === undefined ? new Promise<ServerFrame>((resolve) => waiting.push(resolve)) : frame;
    },
  };
}

/** Far more work than a turn: several seconds if nobody stops it. */
const HEAVY: CallRequest<'query.range'> = {
  query: 'quantile_over_time(0.5, (m @ 1700000000)[3h:1s])',
  startMs: 1_700_000_000_000,
  endMs: 1_700_000_600_000,
  stepMs: 1000,
};

describe('calls', () => {
  it.each([
    ['no.such', {}, { kind: 'not-found' }],
    ['toString', {}, { kind: 'not-found' }],
    ['query.instant', { query: 'm' }, { kind: 'bad-request', message: expect.stringMatching(/^timeMs: /) }],
    ['query.instant', null, { kind: 'bad-request' }],
    ['query.instant', { query: 'sum(', timeMs: 0 }, { kind: 'parse', span: { from: 4, to: 4 } }],
    ['labels.values', { name: 'i', selector: '{' }, { kind: expect.stringMatching(/parse|bad-request/) }],
  ])('%s %j is refused', async (call, request, error) => {
    const window = openWindow();
    window.send({ kind: 'call', id: 1, call, request });
    expect(await window.next()).toMatchObject({ kind: 'error', id: 1, error });
  });

  it('reply in the shape of the contract', async () => {
    const window = openWindow();
    window.send({ kind: 'call', id: 7, call: 'status.get', request: {} });
    const frame = await window.next();
    expect(frame).toMatchObject({ kind: 'reply', id: 7 });
    if (frame.kind === 'reply') expect(calls['status.get'].reply.safeParse(frame.reply).success).toBe(true);
  });

  it.each([
    [null],
    [7],
    [{ kind: 'call' }],
    [{ kind: 'call', id: 'x', call: 'status.get', request: {} }],
    [{ kind: 'cancel', id: 99 }],
  ])('%j is dropped', async (raw) => {
    const window = openWindow();
    window.send(raw);
    window.send({ kind: 'call', id: 1, call: 'settings.get', request: { key: 'a' } });
    expect(await window.next()).toMatchObject({ id: 1 });
  });
});

describe('many calls', () => {
  it('are bounded, and a number stands for one at a time', async () => {
    const window = openWindow();
    for (let id = 0; id < 65; id++) window.send({ kind: 'call', id, call: 'query.range', request: HEAVY });
    expect(await window.next()).toMatchObject({ kind: 'error', id: 64, error: { kind: 'bad-request' } });
    window.send({ kind: 'cancel', id: 63 });
    expect(await window.next()).toMatchObject({ id: 63, error: { kind: 'cancelled' } });
    window.send({ kind: 'call', id: 0, call: 'status.get', request: {} });
    expect(await window.next()).toMatchObject({ id: 0, error: { kind: 'bad-request' } });
    hearth.dispatcher.close(window.id);
  });
});

describe('cancelling', () => {
  it('stops the query, and so does leaving', async () => {
    const begin = performance.now();
    const window = openWindow();
    window.send({ kind: 'call', id: 1, call: 'query.range', request: HEAVY });
    await new Promise((resolve) => setTimeout(resolve, 50));
    window.send({ kind: 'cancel', id: 1 });
    expect(await window.next()).toEqual({
      kind: 'error',
      id: 1,
      error: { kind: 'cancelled', message: 'cancelled' },
    });
    for (let id = 0; id < 20; id++) window.send({ kind: 'call', id, call: 'query.range', request: HEAVY });
    hearth.dispatcher.close(window.id);
    const other = openWindow();
    other.send({ kind: 'call', id: 1, call: 'query.instant', request: { query: 'count(m)', timeMs: HEAVY.startMs } });
    expect(await other.next()).toMatchObject({ kind: 'reply' });
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});

it('sends events to every window that is open', () => {
  const [one, two, gone] = [openWindow(), openWindow(), openWindow()];
  hearth.dispatcher.close(gone.id);
  const event = { kind: 'changed', topic: 'targets', revision: 1 } as const;
  hearth.dispatcher.broadcast(event);
  expect([one.frames, two.frames, gone.frames]).toEqual([[{ kind: 'event', event }], [{ kind: 'event', event }], []]);
});
