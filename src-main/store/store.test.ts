import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALERT_HISTORY_MS } from './alert-history.ts';
import { openMemoryStore, openStore } from './open-store.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hearth-store-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const silence = {
  id: 'a',
  matchers: [{ name: 'alertname', value: 'x', isRegex: false, isEqual: true }],
  startsAtMs: 1,
  endsAtMs: 2,
  updatedAtMs: 1,
  createdBy: 'me',
  comment: '',
};

describe('openStore', () => {
  it('keeps everything over a restart', () => {
    const first = openStore(dir, 0);
    first.silences.put(silence, 100);
    first.settings.set('theme', '"dark"');
    first.notificationLog.put({
      key: 'k',
      notifiedAtMs: 5,
      firing: ['f'],
      resolved: [],
      expiresAtMs: 9,
      receiverData: { ts: '1.2' },
    });
    first.close();
    first.close();
    const second = openStore(dir, 0);
    expect(second.problems).toEqual([]);
    expect(second.silences.all()).toEqual([silence]);
    expect(second.settings.get('theme')).toBe('"dark"');
    expect(second.settings.get('none')).toBeNull();
    expect(second.notificationLog.get('k')).toEqual({
      key: 'k',
      notifiedAtMs: 5,
      firing: ['f'],
      resolved: [],
      expiresAtMs: 9,
      receiverData: { ts: '1.2' },
    });
    second.close();
  });

  for (const [name, content] of [
    ['text', 'this is not a database, but it is longer than a header. '.repeat(100)],
    ['a damaged page', damaged()],
  ] as const) {
    it(`sets aside ${name} and says so`, () => {
      writeFileSync(join(dir, 'hearth.db'), content);
      const store = openStore(dir, 42);
      expect(store.problems).toHaveLength(1);
      expect(store.problems[0]).toContain('hearth.db.damaged-42');
      expect(readdirSync(dir)).toContain('hearth.db.damaged-42');
      expect(store.silences.all()).toEqual([]);
      store.close();
    });
  }

  it('refuses a directory that cannot be made', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(() => openStore(join(dir, 'file', 'sub'), 0)).toThrow(/cannot open/);
  });
});

function damaged(): Uint8Array {
  const bytes = new Uint8Array(8192).fill(0x5a);
  bytes.set(new TextEncoder().encode('SQLite format 3\0'));
  return bytes;
}

describe('tables', () => {
  it('prunes silences and the notification log at their expiry', () => {
    const store = openMemoryStore();
    store.silences.put(silence, 100);
    store.silences.put({ ...silence, id: 'b' }, 101);
    store.silences.prune(100);
    expect(store.silences.all().map((s) => s.id)).toEqual(['b']);
    store.notificationLog.put({
      key: 'k',
      notifiedAtMs: 5,
      firing: [],
      resolved: [],
      expiresAtMs: 9,
      receiverData: { ts: '1.2' },
    });
    store.notificationLog.prune(9);
    expect(store.notificationLog.get('k')).toBeNull();
  });

  it('keeps alert history for 90 days, newest first', () => {
    const { alertHistory } = openMemoryStore();
    const base = { fingerprint: 'f', name: 'n', from: 'pending', to: 'firing', labels: { a: 'b' }, value: 1 };
    alertHistory.add([
      { ...base, atMs: 10 },
      { ...base, atMs: 20, value: Number.NaN },
      { ...base, atMs: 20, fingerprint: 'g' },
    ]);
    const all = { startMs: 0, endMs: 100, fingerprint: null, limit: 10 };
    expect(alertHistory.range(all).map((t) => [t.atMs, t.fingerprint])).toEqual([
      [20, 'g'],
      [20, 'f'],
      [10, 'f'],
    ]);
    expect(alertHistory.range({ ...all, fingerprint: 'f', limit: 1 })[0]?.value).toBeNaN();
    alertHistory.prune(ALERT_HISTORY_MS + 15);
    expect(alertHistory.range(all)).toHaveLength(2);
  });

  it('keeps each query once and the newest 5,000', () => {
    const { queryHistory } = openMemoryStore();
    queryHistory.add('up', 1);
    queryHistory.add('rate(x[5m])', 2);
    queryHistory.add('up', 3);
    expect(queryHistory.search('', 10)).toEqual([
      { query: 'up', lastRunMs: 3, runs: 2 },
      { query: 'rate(x[5m])', lastRunMs: 2, runs: 1 },
    ]);
    expect(queryHistory.search('RATE', 10).map((e) => e.query)).toEqual(['rate(x[5m])']);
    for (let i = 0; i < 5000; i++) queryHistory.add(`q${i}`, 10 + i);
    expect(queryHistory.search('', 6000)).toHaveLength(5000);
    expect(queryHistory.search('up', 10)).toEqual([]);
  });
});
