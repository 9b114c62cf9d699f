import { beforeEach, describe, expect, it } from 'vitest';
import type { SilenceMatcher } from '../../shared/alerts.ts';
import { FakeClock } from '../model/fake-clock.ts';
import { labelsFromRecord } from '../model/labels.ts';
import { openMemoryStore, type Store } from '../store/open-store.ts';
import { RETENTION_MS, type SilenceInput, Silences } from './silences.ts';

const HOUR = 3_600_000;
const START = 1_000_000 * HOUR;
const m = (name: string, value: string, isRegex = false, isEqual = true): SilenceMatcher => ({
  name,
  value,
  isRegex,
  isEqual,
});

let clock: FakeClock;
let store: Store;
let silences: Silences;
beforeEach(() => {
  clock = new FakeClock(START);
  store = openMemoryStore();
  silences = new Silences(store.silences, clock);
  silences.load();
});

function input(change: Partial<SilenceInput> = {}): SilenceInput {
  const base = { id: null, matchers: [m('a', 'b')], createdBy: 'me', comment: 'c' };
  return { ...base, startsAtMs: START, endsAtMs: START + HOUR, ...change };
}

describe('set', () => {
  it.each([
    ['no end', { endsAtMs: 0 }, 'invalid silence: invalid zero end timestamp'],
    [
      'end before start',
      { startsAtMs: START + 2 * HOUR },
      'Failed to create silence: start time must be before end time',
    ],
    [
      'end in the past',
      { startsAtMs: START - 2 * HOUR, endsAtMs: START - HOUR },
      "Failed to create silence: end time can't be in the past",
    ],
    ['no matchers', { matchers: [] }, 'invalid silence: at least one matcher required'],
    [
      'matches the empty string',
      { matchers: [m('a', ''), m('b', '.*', true)] },
      'invalid silence: matcher set 0: at least one matcher must not match the empty string',
    ],
    ['bad expression', { matchers: [m('a', '(', true)] }, /^invalid silence: invalid label matcher 0: /],
    ['unknown id', { id: 'nope' }, 'silence not found'],
  ])('refuses: %s', (_, change, message) => {
    expect(() => silences.set(input(change))).toThrow(message);
    expect(silences.list()).toEqual([]);
  });

  it('lets a negative matcher stand for a real one', () => {
    expect(silences.set(input({ matchers: [m('a', '', false, false)] }))).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('takes a start in the past, or none, as now', () => {
    for (const startsAtMs of [0, START - HOUR]) {
      expect(silences.get(silences.set(input({ startsAtMs })))?.startsAtMs).toBe(START);
    }
  });

  /** What a change of an active (or pending) silence does to its id. */
  it.each([
    ['nothing', 0, {}, 'kept'],
    ['comment', 0, { comment: 'other' }, 'kept'],
    ['later end', 0, { endsAtMs: START + 9 * HOUR }, 'kept'],
    ['start within the same second', 0, { startsAtMs: START + 10 }, 'kept'],
    ['matchers', 0, { matchers: [m('a', 'c')] }, 'new'],
    ['start', 0, { startsAtMs: START + HOUR / 2 }, 'new'],
    ['pending, another future start', 2 * HOUR, { startsAtMs: START + 3 * HOUR, endsAtMs: START + 9 * HOUR }, 'kept'],
    ['pending, a start that is past', 2 * HOUR, { startsAtMs: START - 1, endsAtMs: START + 9 * HOUR }, 'new'],
  ] as const)('changing %s', (_, startsIn, change, id) => {
    const first = input({ startsAtMs: START + startsIn, endsAtMs: START + startsIn + HOUR });
    const old = silences.set(first);
    const next = silences.set({ ...first, ...change, id: old });
    expect(next === old ? 'kept' : 'new').toBe(id);
    if (next !== old) expect(silences.get(old)?.state).toBe('expired');
    expect(silences.get(next)?.state).not.toBe('expired');
  });

  it('makes an expired one anew and keeps the old', async () => {
    const old = silences.set(input());
    await clock.advance(2 * HOUR);
    const next = silences.set(input({ id: old, startsAtMs: 0, endsAtMs: clock.nowMs() + HOUR }));
    expect(next).not.toBe(old);
    expect(silences.list().map((s) => s.state)).toEqual(['active', 'expired']);
  });

  it('leaves the old one alone when the change is refused', () => {
    const old = silences.set(input());
    expect(() => silences.set(input({ id: old, endsAtMs: 0 }))).toThrow();
    expect(silences.get(old)?.state).toBe('active');
  });
});

describe('time', () => {
  const labels = labelsFromRecord({ a: 'b' });

  it('begins and ends without any write', async () => {
    const id = silences.set(input({ startsAtMs: START + HOUR, endsAtMs: START + 2 * HOUR }));
    const seen: string[] = [];
    for (let i = 0; i < 3; i++) {
      seen.push(`${silences.get(id)?.state} ${silences.silencing(labels).length}`);
      await clock.advance(HOUR);
    }
    expect(seen).toEqual(['pending 0', 'active 1', 'expired 0']);
  });

  it('expires: active ends now, pending is emptied, expired is left, unknown is an error', async () => {
    const active = silences.set(input());
    const pending = silences.set(input({ startsAtMs: START + HOUR, endsAtMs: START + 2 * HOUR }));
    await clock.advance(1000);
    for (const id of [active, pending, active]) silences.expire(id);
    const now = clock.nowMs();
    expect(silences.get(active)).toMatchObject({
      state: 'expired',
      startsAtMs: START,
      endsAtMs: now,
      updatedAtMs: now,
    });
    expect(silences.get(pending)).toMatchObject({ state: 'expired', startsAtMs: now, endsAtMs: now });
    expect(() => silences.expire('nope')).toThrow('silence not found');
  });

  it('outlives a restart, and is forgotten five days after its end', async () => {
    const id = silences.set(input());
    const again = new Silences(store.silences, clock);
    again.load();
    expect(again.get(id)).toEqual(silences.get(id));
    await clock.advance(HOUR + RETENTION_MS - 1);
    again.collect();
    expect(again.get(id)?.state).toBe('expired');
    await clock.advance(1);
    again.collect();
    expect(again.get(id)).toBeNull();
    expect(store.silences.all()).toEqual([]);
  });
});

describe('list', () => {
  it('has active ones by their end, pending by their start, expired by their end backwards', async () => {
    const at = (from: number, to: number) =>
      silences.set(input({ startsAtMs: START + from * HOUR, endsAtMs: START + to * HOUR }));
    const ids = { e1: at(0, 1), e2: at(0, 2), a9: at(0, 9), a8: at(0, 8), p7: at(7, 8), p6: at(6, 9) };
    await clock.advance(3 * HOUR);
    const names = Object.fromEntries(Object.entries(ids).map(([name, id]) => [id, name]));
    expect(silences.list().map((s) => names[s.id])).toEqual(['a8', 'a9', 'p6', 'p7', 'e2', 'e1']);
  });

  it('filters by matchers word for word', () => {
    silences.set(input({ matchers: [m('a', 'b'), m('c', 'd.*', true)] }));
    expect(silences.list([{ name: 'c', type: '=~', value: 'd.*' }])).toHaveLength(1);
    expect(silences.list([{ name: 'c', type: '=', value: 'd.*' }])).toHaveLength(0);
  });
});
