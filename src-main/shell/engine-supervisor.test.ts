import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FromEngine, ToEngine } from '../api/engine-port.ts';
import { EngineSupervisor } from './engine-supervisor.ts';

/** A supervisor over engines that do what the test says. */
function setup(answersStop = true) {
  const log: string[] = [];
  const engines: { readonly crash: (reason: string) => void; readonly say: (message: FromEngine) => void }[] = [];
  const supervisor = new EngineSupervisor(
    (onMessage, onExit) => {
      const number = engines.push({ crash: onExit, say: onMessage });
      log.push(`start ${number}`);
      return {
        send: (message: ToEngine) => {
          log.push(`${number} gets ${message.kind}`);
          if (message.kind === 'stop' && answersStop) onMessage({ kind: 'stopped' });
        },
        terminate: async () => void log.push(`terminate ${number}`),
      };
    },
    {
      onMessage: (message) => log.push(`says ${message.kind}`),
      onRestart: (reason) => log.push(`restarted: ${reason}`),
      onGiveUp: (reason) => log.push(`gave up: ${reason}`),
    },
    () => Date.now(),
  );
  return { supervisor, engines, log };
}

describe('EngineSupervisor', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('starts once, passes messages on, and stops once', async () => {
    const { supervisor, engines, log } = setup();
    supervisor.start();
    supervisor.start();
    engines[0]!.say({ kind: 'ready', faces: [] });
    supervisor.send({ kind: 'suspend' });
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    supervisor.start();
    expect(log).toEqual(['start 1', 'says ready', '1 gets suspend', '1 gets stop', 'says stopped', 'terminate 1']);
  });

  it('starts again after a crash, three times with growing waits, then gives up', () => {
    const { supervisor, engines, log } = setup();
    supervisor.start();
    for (const waitMs of [500, 2000, 5000]) {
      engines.at(-1)!.crash('out of memory');
      vi.advanceTimersByTime(waitMs - 1);
      const before = log.length;
      vi.advanceTimersByTime(1);
      expect(log.slice(before)).toEqual([`start ${engines.length}`, 'restarted: out of memory']);
    }
    engines.at(-1)!.crash('out of memory');
    expect(log.at(-1)).toBe('gave up: out of memory');
    supervisor.start();
    expect(log.at(-1)).toBe('start 5');
  });

  it('forgets crashes that lie long back', () => {
    const { supervisor, engines, log } = setup();
    supervisor.start();
    for (let i = 0; i < 10; i++) {
      engines.at(-1)!.crash('now and then');
      vi.advanceTimersByTime(10 * 60_000);
    }
    expect(log.filter((line) => line.startsWith('gave up'))).toEqual([]);
    expect(engines).toHaveLength(11);
  });

  it('ends an engine that does not answer stop in time', async () => {
    const { supervisor, log } = setup(false);
    supervisor.start();
    const stopped = supervisor.stop();
    await vi.advanceTimersByTimeAsync(20_000);
    await stopped;
    expect(log).toEqual(['start 1', '1 gets stop', 'terminate 1']);
  });

  it('does not start again when it is stopped between crash and restart', async () => {
    const { supervisor, engines, log } = setup();
    supervisor.start();
    engines[0]!.crash('bad luck');
    await supervisor.stop();
    vi.advanceTimersByTime(60_000);
    expect(log).toEqual(['start 1']);
  });
});
