/** `hearth tsdb ...` beside the real promtool, on the same directories. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeClock } from '../model/fake-clock.ts';
import { labelsFromRecord } from '../model/labels.ts';
import { runCompactionJob } from '../tsdb/compaction-jobs.ts';
import { openTestTsdb, type TestTsdb } from '../tsdb/test-tsdb.ts';
import { tsdbCommand } from './tsdb-command.ts';
import { formatBase2Bytes, formatDuration } from './units.ts';

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool) process.stdout.write('skipped: promtool is not installed\n');

const START_MS = 1_700_000_000_000;
const clock = new FakeClock(START_MS);

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function ours(...args: string[]): Promise<Run> {
  let out = '';
  let err = '';
  const terminal = {
    write: async (text: string) => {
      out += text;
    },
    complain: (line: string) => {
      err += `${line}\n`;
    },
  };
  return { status: await tsdbCommand(args, terminal, clock), out, err };
}

function promtool(...args: string[]): string {
  return execFileSync('promtool', ['tsdb', ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
}

const lines = (text: string) => text.split('\n').sort();

/** Lists whose entries weigh the same come in any order. */
function normalised(analysis: string): string[][] {
  return analysis
    .replace('\nSeries:', '\nTotal Series:')
    .split('\n\n')
    .map((section) => section.split('\n').sort());
}

function treeHash(dir: string): string {
  const hash = createHash('sha256');
  for (const name of fs.readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = path.join(dir, name);
    const stat = fs.statSync(file);
    hash.update(`${name} ${stat.mode} ${stat.mtimeMs}\n`);
    if (stat.isFile()) hash.update(fs.readFileSync(file));
  }
  return hash.digest('hex');
}

let db: TestTsdb;

/** Blocks, and samples that are only in the log; the database stays open. */
beforeAll(async () => {
  db = await openTestTsdb({ runCompaction: runCompactionJob });
  for (let k = 0; k < 1700; k++) {
    if (k === 1300) await db.tsdb.maintain();
    const appender = db.tsdb.appender();
    for (let s = 0; s < 17; s++) {
      if (s > 12 && (k < 100 * s || k > 100 * s + 250)) continue;
      const labels = { __name__: `m${s % 3}_total`, s: `${s}`, q: 'x"y\\z', ...(s % 4 === 0 ? { uni: 'ü室😀' } : {}) };
      const ref = appender.series(labelsFromRecord(labels));
      const value = [Number.NaN, Infinity, -Infinity, -0, 5e-324, 1234567, 1e21][k % 7] ?? 0;
      if (s === 5 && k % 31 === 30) appender.appendStale(ref, START_MS + k * 15_000);
      else appender.append(ref, START_MS + k * 15_000 + s, s === 6 ? value : Math.sin(k) * s);
    }
    appender.commit();
  }
});
afterAll(() => db[Symbol.asyncDispose]());

describe.skipIf(!hasPromtool)('as promtool', () => {
  test.each([[['list']], [['list', '-r']], [['list', '--human-readable']]])('%j', async (args) => {
    expect(db.tsdb.blocks().length).toBeGreaterThan(1);
    expect(await ours(...args, db.dir)).toEqual({ status: 0, out: promtool(...args, db.dir), err: '' });
  });

  test.each([
    [[]],
    [['--min-time=1700003000000', '--max-time=1700019000000']],
    [['--match', 'm1_total{s=~"1|4"}']],
    [['--match={uni!="",s!="8"}', '--min-time', '1700020000000']],
    [['--match', '{nothing="here"}']],
  ])('dump %j', async (args) => {
    const { status, out, err } = await ours('dump', ...args, db.dir);
    expect([status, err]).toEqual([0, '']);
    expect(lines(out)).toEqual(lines(promtool('dump', ...args, db.dir)));
  });

  test('analyze', async () => {
    for (const { ulid } of db.tsdb.blocks()) {
      const { status, out } = await ours('analyze', '--limit=1000', db.dir, ulid);
      expect(status).toBe(0);
      expect(normalised(out)).toEqual(normalised(promtool('analyze', '--limit=1000', db.dir, ulid)));
    }
    const newest = db.tsdb
      .blocks()
      .map(({ ulid }) => ulid)
      .sort()
      .at(-1);
    expect((await ours('analyze', db.dir)).out).toContain(`Block ID: ${newest}\n`);
  });

  test('create-blocks-from openmetrics: the same blocks, and promtool reads ours', async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-backfill-'));
    const text = ['# TYPE a counter', '# HELP a Some help.'];
    for (let k = 0; k < 2500; k++) {
      if (k > 700 && k < 1900) continue;
      text.push(`a_total{s="x",q="1\\"2\\\\3\\n4"} ${k * 1.5} ${1.6e9 + k * 15}.25`);
      if (k % 3 === 0) text.push(`a_total{s="y"} ${k % 2 === 0 ? 'NaN' : '+Inf'} ${1.6e9 + k * 15} # {id="7"} 1`);
    }
    fs.writeFileSync(path.join(dir, 'in.om'), `${text.join('\n')}\n# EOF\n`);
    const args = ['create-blocks-from', 'openmetrics', path.join(dir, 'in.om')];
    const theirs = promtool(...args, path.join(dir, 'theirs'));
    const made = await ours(...args, path.join(dir, 'ours'));
    // Names are random; our meta.json also counts floats and histograms, as that of newer Prometheus, and is longer.
    const alike = (table: string) => table.replaceAll(/^\w{26}| \d+$/gm, '');
    expect([made.status, made.err, alike(made.out)]).toEqual([0, '', alike(theirs)]);
    expect(promtool('list', path.join(dir, 'ours'))).toBe((await ours('list', path.join(dir, 'ours'))).out);
    for (const one of ['ours', 'theirs']) fs.mkdirSync(path.join(dir, one, 'wal'));
    expect(promtool('dump', path.join(dir, 'ours'))).toEqual(promtool('dump', path.join(dir, 'theirs')));
    expect(fs.readdirSync(path.join(dir, 'ours')).filter((name) => name.length !== 26)).toEqual(['chunks_head', 'wal']);
    const labelled = await ours(...args, path.join(dir, 'more'), '-q', '--label=s=z', '--label', 'q=');
    expect(labelled).toEqual({ status: 1, out: '', err: expect.stringMatching(/out-of-order|duplicate/) });
    fs.rmSync(dir, { recursive: true });
  });
});

describe('reading', () => {
  test('changes nothing, and needs no lock', async () => {
    const before = treeHash(db.dir);
    for (const args of [['list'], ['analyze', '--extended'], ['dump'], ['dump-openmetrics']]) {
      expect((await ours(...args, db.dir)).status).toBe(0);
    }
    expect(treeHash(db.dir)).toBe(before);
    expect(db.tsdb.problems()).toEqual([]);
  });

  test('dump-openmetrics makes what create-blocks-from openmetrics reads', async () => {
    const args = ['--match', 'm0_total{s="3"}', '--max-time=1700010000000'];
    const { out } = await ours('dump-openmetrics', ...args, db.dir);
    const file = `${db.dir}.om`;
    fs.writeFileSync(file, out);
    const created = await ours('create-blocks-from', 'openmetrics', file, `${db.dir}.blocks`, '--label=made=here');
    expect([created.status, created.err]).toEqual([0, '']);
    const back = await ours('dump-openmetrics', `${db.dir}.blocks`);
    expect(back.out.replaceAll('made="here",', '')).toBe(out);
    expect(lines((await ours('dump', `${db.dir}.blocks`)).out.replaceAll('made="here", ', ''))).toEqual(
      lines((await ours('dump', ...args, db.dir)).out),
    );
    fs.rmSync(file);
    fs.rmSync(`${db.dir}.blocks`, { recursive: true });
  });

  test('series alone', async () => {
    expect((await ours('dump', '--format=seriesjson', '--match={s="3"}', '--match=m0_total{s="0"}', db.dir)).out).toBe(
      '{"__name__":"m0_total","q":"x\\"y\\\\z","s":"0","uni":"ü室😀"}\n{"__name__":"m0_total","q":"x\\"y\\\\z","s":"3"}\n',
    );
  });

  test('what is damaged is named, the rest is read', async () => {
    const copy = `${db.dir}.damaged`;
    fs.cpSync(db.dir, copy, { recursive: true });
    const [first] = db.tsdb.blocks();
    fs.truncateSync(path.join(copy, first?.ulid ?? '', 'index'), 100);
    const { status, out, err } = await ours('dump', copy);
    expect(status).toBe(1);
    expect(err).toContain(first?.ulid);
    expect(lines(out).length).toBeGreaterThan(1000);
    fs.rmSync(copy, { recursive: true });
  });
});

test.each([
  [[], 1, "hearth: error: must select a subcommand of 'tsdb', try --help"],
  [['nonsense'], 1, 'hearth: error: expected command but got "nonsense", try --help'],
  [['list', 'a', 'b'], 1, 'hearth: error: unexpected b, try --help'],
  [['list', '--foo'], 1, "hearth: error: unknown long flag '--foo', try --help"],
  [['dump', '--min-time=x'], 1, 'hearth: error: strconv.ParseInt: parsing "x": invalid syntax, try --help'],
  [['dump', '--min-time'], 1, "hearth: error: expected argument for flag '--min-time', try --help"],
  [['create-blocks-from', 'openmetrics'], 1, "hearth: error: required argument 'input file' not provided, try --help"],
  [['list', '/nowhere'], 1, 'opening the db dir: stat /nowhere: no such file or directory'],
])('%j is refused', async (args, status, message) => {
  expect(await ours(...args)).toEqual({ status, out: '', err: `${message}\n` });
});

test('help', async () => {
  expect(await ours('--help')).toMatchObject({ status: 0, out: expect.stringContaining('tsdb dump-openmetrics') });
  expect(await ours('dump', '--help')).toMatchObject({ status: 0, out: expect.stringContaining('--min-time') });
});

test.each([
  [0, '0s'],
  [1, '1ms'],
  [1000, '1s'],
  [60_000, '1m0s'],
  [5_595_001, '1h33m15.001s'],
  [-1500, '-1.5s'],
])('%d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [0, '0B'],
  [3745, '3KiB673B'],
  [2 ** 30, '1GiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBase2Bytes(bytes)).toBe(text);
});
