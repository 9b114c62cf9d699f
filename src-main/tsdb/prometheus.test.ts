/** The real Prometheus and its promtool as oracles: they read what is written here, and the other way round. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import snappy from 'snappy';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Labels, labelsFromRecord } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import { ByteWriter } from './byte-writer.ts';
import { runCompactionJob } from './compaction-jobs.ts';
import { openTestTsdb, type TestTsdb } from './test-tsdb.ts';

const isInstalled = ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).status === 0);
if (!isInstalled) process.stdout.write('skipped: prometheus and promtool are not installed\n');

/** series -> time -> value bits */
type Dump = Record<string, Record<string, string>>;

function bitsOf(value: number): string {
  return Number.isNaN(value) ? 'NaN' : Buffer.from(Float64Array.of(value).buffer).toString('hex');
}

function keyOf(labels: Labels): string {
  const pairs: string[] = [];
  for (let i = 0; i < labels.length; i += 2) pairs.push(`${labels[i]}=${JSON.stringify(labels[i + 1])}`);
  return `{${pairs.join(', ')}}`;
}

function ourDump(db: TestTsdb): Dump {
  const out: Dump = {};
  const querier = db.tsdb.querier(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const set = querier.select([]);
  const columns = new SampleColumns();
  for (let i = 0; i < set.length; i++) {
    columns.clear();
    set.read(i, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, columns);
    const samples: Record<string, string> = {};
    for (let k = 0; k < columns.length; k++) samples[columns.times[k] ?? 0] = bitsOf(columns.values[k] ?? 0);
    out[keyOf(set.labels(i))] = samples;
  }
  querier.close();
  return out;
}

function promtoolDump(dir: string): Dump {
  const text = execFileSync('promtool', ['tsdb', 'dump', dir], { encoding: 'utf8', maxBuffer: 1 << 29 });
  const out: Dump = {};
  for (const line of text.split('\n')) {
    const [, labels, value = '', time = ''] = /^(\{.*\}) (\S+) (-?\d+)$/.exec(line) ?? [];
    if (labels === undefined) continue;
    const number = value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value);
    out[labels] ??= {};
    out[labels][time] = bitsOf(number);
  }
  return out;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function runPrometheus(dir: string, config: string, action: (url: string) => Promise<void>): Promise<string> {
  const file = path.join(dir, '..', `${path.basename(dir)}.yml`);
  fs.writeFileSync(file, config);
  const port = await freePort();
  const child = spawn('prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${dir}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--storage.tsdb.retention.time=100y',
    '--web.enable-remote-write-receiver',
    '--web.enable-admin-api',
  ]);
  let log = '';
  child.stderr.on('data', (data) => {
    log += data;
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    for (let i = 0; i < 200; i++) {
      const isReady = await fetch(`${url}/-/ready`).then(
        (r) => r.ok,
        () => false,
      );
      if (isReady) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await action(url);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    fs.rmSync(file, { force: true });
  }
  return log;
}

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

/** A remote-write body: one sample each of 40 series at every one of `times`. */
function writeRequest(times: readonly number[]): Buffer {
  const field = (number: number, bytes: Buffer) => {
    const out = new ByteWriter();
    out.uvarint(number * 8 + 2);
    out.uvarint(bytes.length);
    out.raw(bytes);
    return Buffer.from(out.written());
  };
  const label = (name: string, value: string) =>
    field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))]));
  const series = Array.from({ length: 40 }, (_, i) => {
    const samples = times.map((t) => {
      const out = new ByteWriter();
      out.u8(9);
      out.raw(new Uint8Array(Float64Array.of(Math.sin(t) * i).buffer));
      out.u8(16);
      out.uvarint(t + i);
      return field(2, Buffer.from(out.written()));
    });
    return field(1, Buffer.concat([label('__name__', 'live'), label('i', `${i}`), ...samples]));
  });
  return snappy.compressSync(Buffer.concat(series));
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
        const headers = { 'Content-Encoding': 'snappy', 'Content-Type': 'application/x-protobuf' };
        const body = new Uint8Array(writeRequest(times));
        const response = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body });
        expect([response.status, await response.text()]).toEqual([204, '']);
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
