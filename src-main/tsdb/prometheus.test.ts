/** The real Prometheus and its promtool as oracles: they read what is written here, and the other way round. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labelsFromRecord } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import { runCompactionJob } from './compaction-jobs.ts';
import {
  bitsOf,
  type Dump,
  isInstalled,
  keyOf,
  ourDump,
  promtoolDump,
  remoteWrite,
  sendWrite,
} from './prometheus-oracle.ts';
import { runPrometheus } from './test-prometheus.ts';
import { openTestTsdb, type TestTsdb } from './test-tsdb.ts';

const START_MS = 1_700_000_000_000;

function write(db: TestTsdb, fromK: number, toK: number): void {
  for (let k = fromK; k < toK; k++) {
    const appender = db.tsdb.appender();
    for (let s = 0; s < 25; s++) {
      if (s === 7 && k % 50 > 20) continue;
      if (s > 20 && k > 300) continue;
      const ref = appender.series(
        labelsFromRecord({ __name__: `m${s % 3}`, s: `${s}`, q: 'x"y\\z', ...(s % 4 === 0 ? { uni: 'ü室😀' } : {}) }),
      );
      const t = START_MS + k * 15_000 + s * 13;
      const special = [Number.NaN, Infinity, -Infinity, 0, -0, 5e-324, 1e308][k % 7] ?? 0;
      if (s === 5 && k % 31 === 30) appender.appendStale(ref, t);
      else appender.append(ref, t, s === 6 ? special : s % 2 === 0 ? k * s : Math.sin(k * s) * 1e3);
    }
    appender.commit();
  }
}

describe.skipIf(!isInstalled)('written here', () => {
  let db: TestTsdb;
  let expected: Dump;

  beforeAll(async () => {
    db = await openTestTsdb({ runCompaction: runCompactionJob });
    write(db, 0, 1500);
    await db.tsdb.maintain();
    expected = ourDump(db);
  });
  afterAll(() => db[Symbol.asyncDispose]());

  test('blocks were cut and hold what was in the head', async () => {
    expect(db.tsdb.blocks().length).toBeGreaterThanOrEqual(2);
    const whole = await openTestTsdb();
    write(whole, 0, 1500);
    expect(expected).toEqual(ourDump(whole));
    await whole[Symbol.asyncDispose]();
  });

  test('promtool reads the same samples', async () => {
    await db.reopen();
    expect(ourDump(db)).toEqual(expected);
    const copy = `${db.dir}-copy`;
    fs.cpSync(db.dir, copy, { recursive: true });
    expect(promtoolDump(copy)).toEqual(expected);
    for (const { ulid, stats } of db.tsdb.blocks()) {
      const text = execFileSync('promtool', ['tsdb', 'analyze', copy, ulid], { encoding: 'utf8' });
      expect(text).toContain(`Series: ${stats.numSeries}\n`);
    }
    fs.rmSync(copy, { recursive: true });
  });

  test('Prometheus opens the whole directory and answers the same', async () => {
    const copy = `${db.dir}-copy`;
    fs.cpSync(db.dir, copy, { recursive: true });
    fs.rmSync(path.join(copy, 'lock'), { force: true });
    const log = await runPrometheus(copy, 'global: {}\n', async (url) => {
      const query = encodeURIComponent('{__name__=~"m.*"}[10h]');
      const answer = await fetch(`${url}/api/v1/query?query=${query}&time=${START_MS / 1000 + 30_000}`);
      const { data } = JSON.parse(await answer.text());
      let samples = 0;
      for (const { metric, values } of data.result) {
        const ours = expected[keyOf(labelsFromRecord(metric))] ?? {};
        samples += values.length;
        for (const [t, v] of values) {
          const number = v === '+Inf' ? Infinity : v === '-Inf' ? -Infinity : Number(v);
          expect([t, bitsOf(number)]).toEqual([t, ours[Math.round(t * 1000)]]);
        }
      }
      expect(data.result.length).toBe(25);
      expect(samples).toBeGreaterThan(30_000);
    });
    expect(log).not.toMatch(/corrupt|level=error/i);
    fs.rmSync(copy, { recursive: true });
  });
});

/** One sample each of 40 series at every one of `times`. */
function writeRequest(times: readonly number[]): Buffer {
  return remoteWrite(
    Array.from({ length: 40 }, (_, i) => ({
      labels: ['__name__', 'live', 'i', `${i}`],
      samples: times.map((t) => [t + i, Math.sin(t) * i] as const),
    })),
  );
}

describe.skipIf(!isInstalled)('written by Prometheus', () => {
  test('its log, head chunks and blocks open with the same samples, and it opens them again after us', async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-prometheus-'));
    const openMetrics = path.join(dir, 'in.om');
    const lines = ['# TYPE backfilled gauge'];
    for (let k = 0; k < 2000; k++) {
      for (const s of ['a', 'b']) lines.push(`backfilled{s="${s}"} ${k * 1.5} ${1.6e9 + k * 15}`);
    }
    fs.writeFileSync(openMetrics, `${lines.join('\n')}\n# EOF\n`);
    const data = path.join(dir, 'data');
    execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', openMetrics, data]);
    await runPrometheus(data, 'global: {}\n', async (url) => {
      for (let k = 0; k < 50; k++) {
        const times = Array.from({ length: 12 }, (_, j) => START_MS + (k * 12 + j) * 15_000);
        expect(await sendWrite(url, writeRequest(times))).toEqual([204, '']);
      }
      for (const [selector, from, to] of [
        ['live{i=~"3|4"}', START_MS / 1000 + 1000, START_MS / 1000 + 4000],
        ['live{i="5"}', 0, 2e9],
        ['backfilled{s="a"}', 1.6e9 + 500, 1.6e9 + 9999],
      ] as const) {
        const query = `match[]=${encodeURIComponent(selector)}&start=${from}&end=${to}`;
        const response = await fetch(`${url}/api/v1/admin/tsdb/delete_series?${query}`, { method: 'POST' });
        expect(response.status).toBe(204);
      }
    });
    expect(fs.readdirSync(path.join(data, 'chunks_head'))).not.toEqual([]);
    fs.rmSync(path.join(data, 'lock'), { force: true });
    const theirs = promtoolDump(data);
    await using db = await openTestTsdb({ runCompaction: runCompactionJob }, data);
    expect(db.tsdb.problems()).toEqual([]);
    const ours = ourDump(db);
    expect(ours).toEqual(theirs);
    expect(Object.keys(ours).length).toBe(41); // one was deleted
    await db.tsdb.delete(1.6e12 + 5e6, START_MS + 1e6, [[new Matcher('s', '=', 'b')], [new Matcher('i', '=~', '1.')]]);
    const less = ourDump(db);
    expect(less).not.toEqual(ours);
    await db.tsdb.close();
    expect(promtoolDump(db.dir)).toEqual(less);
    await db.open();
    await db.tsdb.maintain();
    await db.tsdb.cleanTombstones();
    await db.tsdb.close();
    expect(promtoolDump(db.dir)).toEqual(less);
    await db.open();
    fs.rmSync(dir, { recursive: true });
  });
});
