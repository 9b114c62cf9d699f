/** Native histograms between here and the real Prometheus: blocks, logs and head chunks, both ways. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import snappy from 'snappy';
import { describe, expect, test } from 'vitest';
import { allBuckets } from '../model/histograms/all-buckets.ts';
import { labelsFromRecord } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import type { HistogramBuckets, NativeHistogram } from '../model/native-histogram.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import { isStaleAt, STALE_NAN_HIGH, STALE_NAN_LOW } from '../model/staleness.ts';
import { Block } from './block/block.ts';
import { locateBlockChunk } from './block/block-querier.ts';
import { FileCache } from './block/file-cache.ts';
import { SeriesEntries } from './block/series-entries.ts';
import { runCompactionJob } from './compaction-jobs.ts';
import { Head } from './head/head.ts';
import { readHeadChunks } from './head/head-chunk-files.ts';
import { matchPostings } from './matching.ts';
import { growing, histogramOf } from './test-histograms.ts';
import { runPrometheus } from './test-prometheus.ts';
import { openTestTsdb, type TestTsdb } from './test-tsdb.ts';

const isInstalled = spawnSync('prometheus', ['--version']).status === 0;
if (!isInstalled) process.stdout.write('skipped: prometheus is not installed\n');

const FLAGS = ['--enable-feature=native-histograms'];
const START_MS = 1_700_006_400_000;
const STEP_MS = 15_000;
const SERIES = 8;

type Sample = number | NativeHistogram | 'stale' | undefined;

/** Few enough that no chunk ends by its size, which this version of Prometheus does not look at. */
const LAST = 27;

/** Ends every series with a float, so that the chunks before it are finished and leave Prometheus's memory. */
function closedAt(s: number, k: number): Sample {
  return k === LAST ? 5 : sampleAt(s, k);
}

/** What series `s` has at step `k`. */
function sampleAt(s: number, k: number): Sample {
  // Never 0: this version of Prometheus takes a float histogram without observations for one of integers.
  const counter = growing(s + 1, k + 1);
  switch (s) {
    case 0:
      return histogramOf({ sum: k * 1.25, zeroCount: k }, counter, growing(5, k));
    case 1:
      return histogramOf(
        { integer: false, sum: k / 3 },
        { 1: 0.375 * (k + 1), 3: k, ...(k > 10 ? { 7: k / 4 } : {}) },
        { 2: k / 2 },
      );
    case 2:
      return histogramOf({ counterReset: 'gauge', zeroCount: k % 7 }, { [k % 5]: 3, 7: k % 3 });
    case 3:
      return histogramOf({ integer: false, counterReset: 'gauge', sum: -k }, { [-(k % 4)]: 1.5 }, { 3: k % 3 });
    case 4: // resets
      return histogramOf({ schema: k % 50 < 30 ? 2 : 1 }, growing(3, k % 9));
    case 5: // goes stale and comes back
      if (k % 40 === 25) return 'stale';
      return k % 40 > 25 && k % 40 < 30 ? undefined : histogramOf({ zeroThreshold: 0.001 }, growing(2, k));
    case 6: // changes its kind
      return k % 30 < 10 ? k : histogramOf({ integer: k % 60 < 30 }, counter);
    default:
      return Math.sqrt(k);
  }
}

function append(db: TestTsdb, from: number, to: number, at = sampleAt): void {
  for (let k = from; k < to; k++) {
    const appender = db.tsdb.appender();
    for (let s = 0; s < SERIES; s++) {
      const sample = at(s, k);
      if (sample === undefined) continue;
      const ref = appender.series(labelsFromRecord({ __name__: 'm', s: `${s}` }));
      const t = START_MS + k * STEP_MS;
      if (typeof sample === 'number') appender.append(ref, t, sample);
      else if (sample === 'stale') appender.appendStale(ref, t);
      else appender.appendHistogram(ref, t, sample);
    }
    appender.commit();
  }
}

/** series -> samples, stale ones left out: `time value`, or `time h count sum lower upper count ...`. */
type Dump = Record<string, string[]>;

const floatOf = (text: string) => (text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text));

/** A sum of buckets that Prometheus prints with other last digits is still the same. */
const rounded = (value: number) => Number(value.toPrecision(12));

function ourDump(db: TestTsdb): Dump {
  const out: Dump = {};
  const querier = db.tsdb.querier(0, 2e12);
  const set = querier.select([new Matcher('__name__', '=', 'm')]);
  const columns = new SampleColumns();
  for (let i = 0; i < set.length; i++) {
    columns.clear();
    set.read(i, 0, 2e12, columns);
    const lines: string[] = [];
    for (let k = 0; k < columns.length; k++) {
      const h = columns.histograms?.[k];
      const t = columns.times[k] ?? 0;
      if (isStaleAt(columns.halves, k)) continue;
      if (h === undefined) lines.push(`${t} ${columns.values[k]}`);
      else
        lines.push(
          [t, 'h', h.count, h.sum, ...allBuckets(h).flatMap((b) => [rounded(b.lower), rounded(b.upper), b.count])].join(
            ' ',
          ),
        );
    }
    out[set.labels(i)[3] ?? ''] = lines;
  }
  querier.close();
  return out;
}

interface RangeAnswer {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [number, string])[];
  readonly histograms?: readonly (readonly [
    number,
    {
      readonly count: string;
      readonly sum: string;
      readonly buckets?: readonly (readonly [number, string, string, string])[];
    },
  ])[];
}

/** Series by series: the difference of whole dumps is too long to be shown. */
function expectEqual(found: Dump, wanted: Dump): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
  for (const [series, lines] of Object.entries(wanted)) {
    const i = lines.findIndex((line, k) => found[series]?.[k] !== line);
    expect([series, found[series]?.length, found[series]?.[i]]).toEqual([series, lines.length, lines[i]]);
  }
}

async function query(url: string, expr: string, timeMs: number): Promise<RangeAnswer[]> {
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}&time=${timeMs / 1000}`);
  return JSON.parse(await answer.text()).data.result;
}

async function rangeQuery(url: string, expr: string, endMs: number): Promise<RangeAnswer[]> {
  const range = `start=${START_MS / 1000}&end=${endMs / 1000}&step=${STEP_MS / 1000}`;
  const answer = await fetch(`${url}/api/v1/query_range?query=${encodeURIComponent(expr)}&${range}`);
  return JSON.parse(await answer.text()).data.result;
}

/**
 * What a selector finds at every step, a sample that is missing as the one before it. Not by a range selector: at the
 * first sample of another kind this version of Prometheus gives the histogram before it.
 */
async function theirDump(url: string, endMs: number): Promise<Dump> {
  const out: Dump = {};
  for (const { metric, values = [], histograms = [] } of await rangeQuery(url, 'm', endMs)) {
    const lines: [number, string][] = values.map(([t, v]) => [
      Math.round(t * 1000),
      `${Math.round(t * 1000)} ${floatOf(v)}`,
    ]);
    for (const [t, { count, sum, buckets = [] }] of histograms) {
      const timeMs = Math.round(t * 1000);
      const parts = buckets.flatMap(([, lower, upper, n]) => [
        rounded(Number(lower)),
        rounded(Number(upper)),
        Number(n),
      ]);
      lines.push([timeMs, [timeMs, 'h', Number(count), Number(sum), ...parts].join(' ')]);
    }
    out[metric.s ?? ''] = lines.sort((a, b) => a[0] - b[0]).map(([, line]) => line);
  }
  return out;
}

/** The chunks of a block by series: encoding and bytes. */
function chunksOf(blockDir: string): Record<string, string[]> {
  const block = Block.open(blockDir, new FileCache(1 << 24));
  const out: Record<string, string[]> = {};
  for (const id of matchPostings(block.index, [new Matcher('__name__', '=', 'm')])) {
    const entries = new SeriesEntries(block.index);
    entries.add(id, 0, 2e12);
    const chunks: string[] = [];
    for (let c = 0; c < entries.firstChunk(1); c++) {
      const { encoding, bytes, start, end } = locateBlockChunk(
        block,
        entries.chunkSegments[c] ?? 0,
        entries.chunkOffsets[c] ?? 0,
      );
      chunks.push(`${encoding} ${bytes.toString('hex', start, end)}`);
    }
    out[block.index.symbols.text(entries.labels(0)[3] ?? 0)] = chunks;
  }
  block.close();
  return out;
}

function onlyBlock(dir: string): string {
  const [name, more] = fs.readdirSync(dir).filter((entry) => entry.length === 26);
  expect(more).toBeUndefined();
  return path.join(dir, name ?? '');
}

const STALE_BITS = (BigInt(STALE_NAN_HIGH) << 32n) | BigInt(STALE_NAN_LOW);

/** A remote-write body with all samples of the steps, in order. */
function writeRequest(from: number, to: number, at: typeof sampleAt): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  for (let k = from; k < to; k++) {
    for (let s = 0; s < SERIES; s++) {
      const sample = at(s, k);
      if (sample === undefined) continue;
      writer.tag(1, WireType.LengthDelimited).fork();
      for (const [name, value] of [
        ['__name__', 'm'],
        ['s', `${s}`],
      ] as const) {
        writer.tag(1, WireType.LengthDelimited).fork();
        writer.tag(1, WireType.LengthDelimited).string(name).tag(2, WireType.LengthDelimited).string(value).join();
      }
      if (typeof sample === 'number') {
        writer.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.Bit64).double(sample);
        writer
          .tag(2, WireType.Varint)
          .int64(START_MS + k * STEP_MS)
          .join();
      } else {
        writer.tag(4, WireType.LengthDelimited).fork();
        if (sample === 'stale') writer.tag(3, WireType.Bit64).fixed64(STALE_BITS);
        else writeHistogram(writer, sample);
        writer
          .tag(15, WireType.Varint)
          .int64(START_MS + k * STEP_MS)
          .join();
      }
      writer.join();
    }
  }
  return new Uint8Array(snappy.compressSync(Buffer.from(writer.finish())));
}

function writeHistogram(writer: BinaryWriter, h: NativeHistogram): void {
  if (h.integer) writer.tag(1, WireType.Varint).uint64(h.count).tag(6, WireType.Varint).uint64(h.zeroCount);
  else writer.tag(2, WireType.Bit64).double(h.count).tag(7, WireType.Bit64).double(h.zeroCount);
  writer.tag(3, WireType.Bit64).double(h.sum).tag(4, WireType.Varint).sint32(h.schema);
  writer.tag(5, WireType.Bit64).double(h.zeroThreshold);
  writeBuckets(writer, h.negative, 8, h.integer);
  writeBuckets(writer, h.positive, 11, h.integer);
  if (h.counterReset === 'gauge') writer.tag(14, WireType.Varint).int32(3);
}

function writeBuckets(
  writer: BinaryWriter,
  { spans, counts }: HistogramBuckets,
  field: number,
  integer: boolean,
): void {
  for (let i = 0; i < spans.length; i += 2) {
    writer.tag(field, WireType.LengthDelimited).fork();
    writer
      .tag(1, WireType.Varint)
      .sint32(spans[i] ?? 0)
      .tag(2, WireType.Varint)
      .uint32(spans[i + 1] ?? 0)
      .join();
  }
  if (counts.length === 0) return;
  writer.tag(field + (integer ? 1 : 2), WireType.LengthDelimited).fork();
  counts.forEach((count, i) => {
    if (integer) writer.sint64(count - (counts[i - 1] ?? 0));
    else writer.double(count);
  });
  writer.join();
}

async function send(url: string, from: number, to: number, at = sampleAt): Promise<void> {
  const headers = { 'Content-Encoding': 'snappy', 'Content-Type': 'application/x-protobuf' };
  const response = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body: writeRequest(from, to, at) });
  expect([response.status, await response.text()]).toEqual([204, '']);
}

const QUERIES = [
  'histogram_count(m)',
  'histogram_sum(m)',
  'histogram_quantile(0.9, m)',
  'histogram_quantile(0.5, rate(m[5m]))',
  'histogram_count(sum(rate(m{s=~"0|1"}[10m])))',
];

async function answersTo(url: string): Promise<string[]> {
  const answers: string[] = [];
  for (const expr of QUERIES) {
    const found = await query(url, expr, START_MS + 700 * STEP_MS);
    expect(found.length).toBeGreaterThan(0);
    answers.push(JSON.stringify(found));
  }
  return answers;
}

describe.skipIf(!isInstalled)('native histograms', () => {
  /** To QUERIES, by Prometheus on what was written here. */
  let answers: string[] = [];

  test('written here are read there: blocks, log and all', async () => {
    await using db = await openTestTsdb({ runCompaction: runCompactionJob });
    append(db, 0, 1500);
    await db.tsdb.maintain();
    expect(db.tsdb.blocks().length).toBeGreaterThan(1);
    const ours = ourDump(db);
    expect(Object.keys(ours).length).toBe(SERIES);
    await db.tsdb.close();
    const copy = `${db.dir}-copy`;
    fs.cpSync(db.dir, copy, { recursive: true });
    fs.rmSync(path.join(copy, 'lock'), { force: true });
    const endMs = START_MS + 1499 * STEP_MS;
    const log = await runPrometheus(
      copy,
      'global: {}\n',
      async (url) => {
        expectEqual(await theirDump(url, endMs), ours);
        answers = await answersTo(url);
      },
      FLAGS,
    );
    expect(log).not.toMatch(/corrupt|level=error/i);
    const again = await openTestTsdb({ runCompaction: runCompactionJob }, copy);
    expect(again.tsdb.problems()).toEqual([]);
    expectEqual(ourDump(again), ours);
    await again[Symbol.asyncDispose]();
    fs.rmSync(copy, { recursive: true });
    await db.open();
  });

  test('written there are read here: log, head chunks and a block of the head', async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-prometheus-'));
    const data = path.join(dir, 'data');
    const endMs = START_MS + 1499 * STEP_MS;
    let theirs: Dump = {};
    await runPrometheus(
      data,
      'global: {}\n',
      async (url) => {
        // Of a batch it stores floats before histograms: series 6 may not have both.
        for (let k = 0; k < 1500; k += 10) await send(url, k, k + 10);
        theirs = await theirDump(url, endMs);
        expect(await answersTo(url)).toEqual(answers);
      },
      FLAGS,
    );
    expect(Object.keys(theirs).length).toBe(SERIES);
    expect(fs.readdirSync(path.join(data, 'chunks_head'))).not.toEqual([]);
    fs.rmSync(path.join(data, 'lock'), { force: true });
    await using db = await openTestTsdb({ runCompaction: runCompactionJob }, data);
    expect(db.tsdb.problems()).toEqual([]);
    expectEqual(ourDump(db), theirs);
    await db.tsdb.maintain();
    expectEqual(ourDump(db), theirs);
    await db.reopen();
    expect(db.tsdb.problems()).toEqual([]);
    expectEqual(ourDump(db), theirs);
    fs.rmSync(dir, { recursive: true });
  });

  test('chunks are the same to the byte', async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-prometheus-'));
    const data = path.join(dir, 'data');
    await runPrometheus(
      data,
      'global: {}\n',
      async (url) => {
        for (let k = 0; k < LAST; k += 9) await send(url, k, k + 9, closedAt);
        await send(url, LAST, LAST + 1, closedAt);
      },
      FLAGS,
    );
    const head = new Head({ chunkRangeMs: 7_200_000, maxSeries: 0 });
    const report = readHeadChunks(path.join(data, 'chunks_head'), head);
    expect(report.damages).toEqual([]);
    const theirs: Record<string, string[]> = {};
    for (const [ref, chunks] of report.chunks) {
      theirs[`${ref - 1}`] = chunks.map(({ encoding, address, bytes }) => {
        return `${encoding} ${Buffer.from(head.arena.memory.u8.slice(address, address + bytes)).toString('hex')}`;
      });
    }
    await using db = await openTestTsdb({ runCompaction: runCompactionJob });
    append(db, 0, LAST + 1, closedAt);
    const name = await db.tsdb.snapshot(false);
    const ours = chunksOf(onlyBlock(path.join(db.dir, 'snapshots', name)));
    for (const chunks of Object.values(ours)) if (chunks.at(-1)?.startsWith('1 0001')) chunks.pop();
    delete ours['7'];
    expect(Object.keys(ours).length).toBe(SERIES - 1);
    expect(Object.values(ours).flat().length).toBeGreaterThanOrEqual(10);
    expect(ours).toEqual(theirs);
    fs.rmSync(dir, { recursive: true });
  });
});
