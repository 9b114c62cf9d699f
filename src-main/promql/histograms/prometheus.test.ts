/**
 * The real Prometheus 2.42 as oracle of what it has: sums, differences and rates of native histograms over changing
 * schemas, zero buckets and counter resets. Samples lie off the borders of steps and ranges, so that its closed ranges
 * select what the left-open ones of 3.x do; counters begin high, for it extrapolates them below zero.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { compressSync } from 'snappy';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePromql } from '../../../shared/promql/parse.ts';
import { systemClock } from '../../model/clock.ts';
import { allBuckets } from '../../model/histograms/all-buckets.ts';
import { labelsFromRecord, labelsToRecord } from '../../model/labels.ts';
import type { CounterReset, HistogramBuckets, NativeHistogram } from '../../model/native-histogram.ts';
import { QueryEngine } from '../engine.ts';
import { ABSENT, HISTOGRAM } from '../result.ts';
import { MemoryStorage } from '../test-script/memory-storage.ts';
import { packBuckets } from './indexed-buckets.ts';

const isInstalled = spawnSync('prometheus', ['--version']).status === 0;
if (!isInstalled) process.stdout.write('skipped: prometheus is not installed\n');

const START_MS = 1_700_000_000_000;
const STEP_MS = 15_000;
const SAMPLES = 240;

/** Numbers that are the same in each run. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

interface TestSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly { readonly timeMs: number; readonly histogram: NativeHistogram }[];
}

interface Layout {
  readonly schema: number;
  readonly zeroThreshold: number;
}

/** Observations that are kept one by one, so that they can be counted at any resolution. */
class Observed {
  readonly #values: number[] = [];

  add(value: number): void {
    this.#values.push(value);
  }

  clear(): void {
    this.#values.length = 0;
  }

  histogram({ schema, zeroThreshold }: Layout, counterReset: CounterReset): NativeHistogram {
    const positive = new Map<number, number>();
    const negative = new Map<number, number>();
    let zeroCount = 0;
    let sum = 0;
    for (const value of this.#values) {
      sum += value;
      if (Math.abs(value) <= zeroThreshold) {
        zeroCount++;
        continue;
      }
      const index = Math.ceil(Math.log2(Math.abs(value)) * 2 ** schema);
      const side = value > 0 ? positive : negative;
      side.set(index, (side.get(index) ?? 0) + 1);
    }
    return {
      schema,
      integer: true,
      counterReset,
      zeroThreshold,
      zeroCount,
      count: this.#values.length,
      sum,
      stale: false,
      positive: packed(positive),
      negative: packed(negative),
      customValues: new Float64Array(0),
    };
  }
}

function packed(counts: ReadonlyMap<number, number>): HistogramBuckets {
  const ascending = [...counts].sort(([a], [b]) => a - b);
  return packBuckets({
    indexes: Int32Array.from(ascending, ([index]) => index),
    counts: Float64Array.from(ascending, ([, count]) => count),
  });
}

const LAYOUTS: readonly Layout[] = [
  { schema: 2, zeroThreshold: 0.001 },
  { schema: 0, zeroThreshold: 0.001 },
  { schema: 3, zeroThreshold: 0.5 },
  { schema: -1, zeroThreshold: 4 },
];

function makeSeries(): TestSeries[] {
  const random = sequence(7);
  const all: TestSeries[] = [];
  for (const job of ['steady', 'restarts', 'changes'])
    for (const instance of ['1', '2', '3']) {
      const observed = new Observed();
      const offsetMs = 1234 + all.length * 7;
      const samples = Array.from({ length: SAMPLES }, (_, i) => {
        if (job === 'restarts' && i % 71 === 70) observed.clear();
        const more = i === 0 || i % 71 === 70 ? 2000 : Math.floor(random() * 9);
        for (let n = 0; n < more; n++) observed.add((random() < 0.3 ? -1 : 1) * 10 ** (random() * 4 - 2));
        const layout = LAYOUTS[(job === 'changes' ? Math.floor(i / 50) + Number(instance) : Number(instance)) % 4]!;
        return { timeMs: START_MS + i * STEP_MS + offsetMs, histogram: observed.histogram(layout, 'unknown') };
      });
      all.push({ labels: { __name__: 'latency', job, instance }, samples });
    }
  return all;
}

/** What 2.42 does not do yet, the others, are no oracle: products, `avg`, `irate`, most of what ends in `_over_time`. */
const QUERIES = [
  'latency',
  // It takes a changed layout for a reset.
  'rate(latency{job!="changes"}[5m])',
  'increase(latency{job!="changes"}[7m])',
  'delta(latency{job="steady"}[10m])',
  'sum by (job) (latency)',
  'sum(rate(latency{job!="changes"}[5m]))',
  'latency + on (job) group_left () sum by (job) (latency)',
  'latency{instance="1"} + ignoring (instance) latency{instance="2"}',
  'histogram_count(latency)',
  'histogram_sum(rate(latency{job!="changes"}[5m]))',
  'count_over_time(latency[10m])',
  // Bounds without interpolation, which is another one now.
  'histogram_quantile(1, latency)',
  'histogram_quantile(0, sum(latency))',
  'histogram_fraction(1, 4, sum(latency))',
  'histogram_fraction(-Inf, 16, latency)',
];

describe.runIf(isInstalled)('as real Prometheus', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-histograms-'));
  const storage = new MemoryStorage();
  const engine = new QueryEngine({
    maxSamples: 1e8,
    timeoutMs: 60_000,
    lookbackMs: 300_000,
    defaultStepMs: () => 60_000,
    maxConcurrency: 4,
    clock: systemClock,
  });
  let prometheus: ChildProcess | null = null;
  let url = '';

  beforeAll(async () => {
    fs.writeFileSync(path.join(dir, 'prometheus.yml'), 'global: {}\n');
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    prometheus = spawn('prometheus', [
      `--config.file=${dir}/prometheus.yml`,
      `--storage.tsdb.path=${dir}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=native-histograms',
      '--web.enable-remote-write-receiver',
      '--storage.tsdb.retention.time=100y',
      '--log.level=error',
    ]);
    await ready(url);
    const series = makeSeries();
    for (const { labels, samples } of series) {
      const stored = samples.map(({ timeMs, histogram }) => ({
        timeMs,
        startMs: 0,
        item: { kind: 'histogram', histogram, hintWritten: false } as const,
      }));
      storage.write(labelsFromRecord(labels), stored);
    }
    const body = compressSync(Buffer.concat(series.map((one) => field(1, timeSeries(one)))));
    const reply = await fetch(`${url}/api/v1/write`, { method: 'POST', body: new Uint8Array(body) });
    if (!reply.ok) throw new Error(await reply.text());
  }, 60_000);

  afterAll(async () => {
    if (prometheus !== null) {
      const exited = once(prometheus, 'exit');
      prometheus.kill('SIGTERM');
      await exited;
    }
    fs.rmSync(dir, { recursive: true, force: true });
  });

  test.each(QUERIES)('%s', async (query) => {
    const bounds = { startMs: START_MS + 1_000_500, endMs: START_MS + 3_500_500, stepMs: 113_000 };
    const search = new URLSearchParams({
      query,
      start: String(bounds.startMs / 1000),
      end: String(bounds.endMs / 1000),
      step: String(bounds.stepMs / 1000),
    });
    const reply = await fetch(`${url}/api/v1/query_range?${search}`);
    const { data, error }: { data: { result: TheirSeries[] }; error?: string } = JSON.parse(await reply.text());
    expect(error).toBe(undefined);
    const expected = new Map(data.result.map((one) => [keyOf(one.metric), theirPoints(one)]));
    const actual = await ours(query, bounds);
    expect(expected.size).toBeGreaterThan(0);
    expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [key, points] of expected) {
      const mine = actual.get(key) ?? [];
      expect(mine.map(([time]) => time)).toEqual(points.map(([time]) => time));
      for (const [i, [, text]] of points.entries()) expect(mine[i]?.[1], `${key} at point ${i}`).toEqual(text);
    }
  });

  async function ours(query: string, bounds: { startMs: number; endMs: number; stepMs: number }): Promise<Points> {
    const { value } = await engine.range(storage, parsePromql(query), bounds);
    if (value.kind !== 'matrix') throw new Error(value.kind);
    const { labels, values, present, steps, histograms } = value.matrix;
    return new Map(
      labels.map((set, s) => {
        const row = Array.from({ length: steps.count }, (_, k) => k).filter(
          (k) => present[s * steps.count + k] !== ABSENT,
        );
        const points = row.map((k): Point => {
          const cell = s * steps.count + k;
          const number = values[cell]!;
          return [
            (bounds.startMs + k * bounds.stepMs) / 1000,
            present[cell] === HISTOGRAM ? ourPoint(histograms[number]!) : [rounded(number)],
          ];
        });
        return [keyOf(labelsToRecord(set)), points];
      }),
    );
  }
});

type Point = readonly [timeSec: number, numbers: readonly number[]];
type Points = Map<string, readonly Point[]>;

interface TheirSeries {
  readonly metric: Record<string, string>;
  readonly values?: [number, string][];
  readonly histograms?: [
    number,
    { readonly count: string; readonly sum: string; readonly buckets?: [number, string, string, string][] },
  ][];
}

/** [count, sum, and of each bucket its boundary rule, lower and upper bound, count]. */
function theirPoints({ values = [], histograms = [] }: TheirSeries): Point[] {
  const points: Point[] = [
    ...values.map(([time, text]): Point => [time, [rounded(numberOf(text))]]),
    ...histograms.map(
      ([time, { count, sum, buckets = [] }]): Point => [
        time,
        [count, sum, ...buckets.flat()].map((text) => rounded(numberOf(text))),
      ],
    ),
  ];
  return points.sort(([a], [b]) => a - b);
}

function ourPoint(h: NativeHistogram): number[] {
  const buckets = allBuckets(h).flatMap(({ lower, upper, lowerInclusive, upperInclusive, count }) => [
    upperInclusive ? (lowerInclusive ? 3 : 0) : lowerInclusive ? 1 : 2,
    lower,
    upper,
    count,
  ]);
  return [h.count, h.sum, ...buckets].map(rounded);
}

/** As many digits as order of summation leaves alone. */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}

function numberOf(text: string | number): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const isReady = await fetch(`${url}/-/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('Prometheus did not become ready');
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** prompb.TimeSeries: labels 1, histograms 4. */
function timeSeries({ labels, samples }: TestSeries): Buffer {
  const names = Object.keys(labels).sort();
  return Buffer.concat([
    ...names.map((name) =>
      field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(labels[name]!))])),
    ),
    ...samples.map(({ timeMs, histogram }) => field(4, histogramMessage(timeMs, histogram))),
  ]);
}

/** prompb.Histogram with integer counts, the buckets as differences. */
function histogramMessage(timeMs: number, h: NativeHistogram): Buffer {
  return Buffer.concat([
    number(1, BigInt(h.count)),
    double(3, h.sum),
    number(4, zigzag(h.schema)),
    double(5, h.zeroThreshold),
    number(6, BigInt(h.zeroCount)),
    ...side(h.negative, 8, 9),
    ...side(h.positive, 11, 12),
    number(15, BigInt(timeMs)),
  ]);
}

function side({ spans, counts }: HistogramBuckets, spanField: number, deltaField: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let i = 0; i < spans.length; i += 2)
    parts.push(field(spanField, Buffer.concat([number(1, zigzag(spans[i]!)), number(2, BigInt(spans[i + 1]!))])));
  const deltas = Array.from(counts, (count, i) => varint(zigzag(count - (i === 0 ? 0 : counts[i - 1]!))));
  return [...parts, field(deltaField, Buffer.concat(deltas))];
}

function field(id: number, content: Buffer): Buffer {
  return Buffer.concat([varint(BigInt(id * 8 + 2)), varint(BigInt(content.length)), content]);
}

function number(id: number, value: bigint): Buffer {
  return Buffer.concat([varint(BigInt(id * 8)), varint(value)]);
}

function double(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint(BigInt(id * 8 + 1)), bytes]);
}

function zigzag(value: number): bigint {
  return BigInt(value < 0 ? -2 * value - 1 : 2 * value);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
