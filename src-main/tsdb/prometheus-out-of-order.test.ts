/** Samples out of order and exemplars against the real Prometheus: the same writes to both, and each opens what the other wrote. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Labels, labelsFromRecord, labelsToRecord } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import type { Exemplar } from '../model/storage.ts';
import { ByteReader } from './byte-reader.ts';
import { runCompactionJob } from './compaction-jobs.ts';
import { isInstalled, ourDump, queriedDump, remoteWrite, sendWrite } from './prometheus-oracle.ts';
import { runPrometheus } from './test-prometheus.ts';
import { openTestTsdb, type TestTsdb } from './test-tsdb.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = 1_700_000_000_000 - (1_700_000_000_000 % (2 * HOUR));
const WINDOW = 3 * HOUR;
const CONFIG = 'storage:\n  tsdb:\n    out_of_order_time_window: 3h\n';
const OPTIONS = { runCompaction: runCompactionJob, outOfOrderWindowMs: WINDOW };

const REASONS: Readonly<Record<string, string>> = {
  'out-of-order': 'out of order sample',
  duplicate: 'duplicate sample for timestamp',
  'out-of-bounds': 'out of bounds',
  'too-old': 'too old sample',
};

type Write = readonly [series: number, timeMs: number, value: number];

/** Numbers from 0 up to 1 that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function labelsOf(series: number): Labels {
  return labelsFromRecord({ __name__: 'ooo', s: `${series}` });
}

/** Requests: mostly a step on of all series, and between them samples from up to `reachMs` before. */
function* requests(seed: number, minutes: number, reachMs: number): Generator<Write[]> {
  const next = numbers(seed);
  for (let minute = 0; minute < minutes; minute++) {
    const now = START + minute * MINUTE;
    yield Array.from({ length: 6 }, (_, s) => [s, now + s, Math.floor(next() * 1000)] as const);
    for (let i = 0; i < 3; i++) {
      const timeMs = now - Math.floor(next() * reachMs);
      yield [[Math.floor(next() * 8), timeMs, timeMs % 1000]];
    }
  }
}

function append(db: TestTsdb, writes: readonly Write[]): string {
  const appender = db.tsdb.appender();
  for (const [series, timeMs, value] of writes) {
    const outcome = appender.append(appender.series(labelsOf(series)), timeMs, value);
    if (outcome === 'ok') continue;
    appender.rollback();
    return REASONS[outcome] ?? outcome;
  }
  appender.commit();
  return '';
}

/** Both take, or refuse for the same reason. */
async function writeToBoth(db: TestTsdb, url: string, writes: readonly Write[]): Promise<void> {
  const series = writes.map(([s, timeMs, value]) => ({ labels: labelsOf(s), samples: [[timeMs, value] as const] }));
  const [status, text] = await sendWrite(url, remoteWrite(series));
  const ours = append(db, writes);
  expect([JSON.stringify(writes), status === 204 ? '' : text.trim()]).toEqual([JSON.stringify(writes), ours]);
}

function copyOf(dir: string): string {
  const copy = `${dir}-copy`;
  fs.rmSync(copy, { recursive: true, force: true });
  fs.cpSync(dir, copy, { recursive: true });
  fs.rmSync(path.join(copy, 'lock'), { force: true });
  return copy;
}

/** Whether a head chunk of encoding 1 has the bit that says that it came out of order. */
function hasOutOfOrderChunks(dir: string): boolean {
  return fs.readdirSync(dir).some((name) => {
    const reader = new ByteReader(fs.readFileSync(path.join(dir, name)), 8);
    while (reader.left > 30) {
      reader.skip(24);
      const encoding = reader.u8();
      if (encoding === 0x81) return true;
      reader.skip(reader.uvarint() + 4);
    }
    return false;
  });
}

describe.skipIf(!isInstalled)('out of order, beside Prometheus', () => {
  test.each([
    ['before anything is cut', 150, 4 * HOUR],
    ['across cuts', 700, 3.5 * HOUR],
  ])('%s', { timeout: 120_000 }, async (_, minutes, reachMs) => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-ooo-'));
    const theirs = path.join(dir, 'theirs');
    const endMs = START + minutes * MINUTE;
    await using db = await openTestTsdb(OPTIONS);
    await runPrometheus(theirs, CONFIG, async (url) => {
      for (const writes of requests(7, minutes, reachMs)) await writeToBoth(db, url, writes);
      await db.tsdb.maintain();
      expect(ourDump(db)).toEqual(await queriedDump(url, 'ooo', endMs));
    });
    const expected = ourDump(db);
    // theirs has what is to be read: a log, chunks written out of order, and once cut blocks of those
    expect(fs.readdirSync(path.join(theirs, 'wbl')).length).toBeGreaterThan(0);
    expect(hasOutOfOrderChunks(path.join(theirs, 'chunks_head'))).toBe(true);
    if (minutes > 180) expect(db.tsdb.blocks().length).toBeGreaterThan(2);
    expect(db.tsdb.headStats().outOfOrderAppended).toBeGreaterThan(minutes);

    await using opened = await openTestTsdb(OPTIONS, copyOf(theirs));
    expect(opened.tsdb.problems()).toEqual([]);
    expect(ourDump(opened)).toEqual(expected);

    await db.reopen();
    expect(ourDump(db)).toEqual(expected);
    const copy = copyOf(db.dir);
    const log = await runPrometheus(copy, CONFIG, async (url) => {
      expect(await queriedDump(url, 'ooo', endMs)).toEqual(expected);
    });
    expect(log).not.toMatch(/corrupt|level=error/i);
    fs.rmSync(copy, { recursive: true });
    fs.rmSync(dir, { recursive: true });
  });
});

/** By series, as /api/v1/query_exemplars answers. */
async function queriedExemplars(url: string): Promise<unknown> {
  const answer = await fetch(`${url}/api/v1/query_exemplars?query=ooo&start=0&end=2000000000`);
  const { data } = JSON.parse(await answer.text());
  return data.map(
    (one: { seriesLabels: object; exemplars: { labels: object; value: string; timestamp: number }[] }) => ({
      seriesLabels: one.seriesLabels,
      exemplars: one.exemplars.map(({ labels, value, timestamp }) => [
        labels,
        Number(value),
        Math.round(timestamp * 1000),
      ]),
    }),
  );
}

function ourExemplars(db: TestTsdb): unknown {
  return db.tsdb.exemplars(0, 2e12, [[new Matcher('__name__', '=', 'ooo')]]).map(({ labels, exemplars }) => ({
    seriesLabels: labelsToRecord(labels),
    exemplars: exemplars.map(({ labels: own, value, timeMs }) => [labelsToRecord(own), value, timeMs]),
  }));
}

describe.skipIf(!isInstalled)('exemplars, beside Prometheus', () => {
  const config = 'storage: {exemplars: {max_exemplars: 50}}\n';
  const flags = ['--enable-feature=exemplar-storage'];

  /** One request: a sample and a few exemplars of some series, now and then again, too old or too long. */
  function* written(): Generator<{ series: number; timeMs: number; exemplars: Exemplar[] }> {
    const next = numbers(3);
    for (let k = 0; k < 150; k++) {
      const timeMs = START + k * 1000;
      const exemplars = Array.from({ length: 1 + Math.floor(next() * 3) }, (_, i) => ({
        labels: ['trace_id', `${k}ü${'x'.repeat(next() < 0.1 ? 130 : 5)}`],
        value: Math.floor(next() * 100) / 8,
        timeMs: timeMs + i * 10 - (next() < 0.2 ? 20_000 : 0),
      }));
      const again = next() < 0.2 ? exemplars.slice(-1) : [];
      yield { series: Math.floor(next() * 9), timeMs, exemplars: [...exemplars, ...again] };
    }
  }

  test('both keep the same, and open what the other wrote', { timeout: 60_000 }, async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-exemplars-'));
    const theirs = path.join(dir, 'theirs');
    await using db = await openTestTsdb({ maxExemplars: 50, keepsMetadata: true });
    let answered: unknown;
    const action = async (url: string) => {
      for (const { series, timeMs, exemplars } of written()) {
        const labels = labelsOf(series);
        const body = remoteWrite([{ labels, samples: [[timeMs, 1]], exemplars }]);
        expect(await sendWrite(url, body)).toEqual([204, '']);
        const appender = db.tsdb.appender();
        const ref = appender.series(labels);
        appender.append(ref, timeMs, 1);
        for (const exemplar of exemplars) appender.appendExemplar(ref, exemplar);
        appender.setMetadata(ref, { type: 'gauge', unit: '', help: `Of ${series}: ü, ${timeMs % 3}.` });
        appender.commit();
      }
      answered = await queriedExemplars(url);
    };
    await runPrometheus(theirs, config, action, flags);
    expect(ourExemplars(db)).toEqual(answered);
    expect(db.tsdb.exemplarStats.count).toBe(50);

    await using opened = await openTestTsdb({ maxExemplars: 50 }, copyOf(theirs));
    expect(ourExemplars(opened)).toEqual(answered);
    await db.reopen();
    expect(ourExemplars(db)).toEqual(answered);
    const copy = copyOf(db.dir);
    const check = async (url: string) => expect(await queriedExemplars(url)).toEqual(answered);
    expect(await runPrometheus(copy, config, check, flags)).not.toMatch(/corrupt|level=error/i);
    fs.rmSync(copy, { recursive: true });
    fs.rmSync(dir, { recursive: true });
  });
});
