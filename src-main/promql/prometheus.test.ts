/**
 * The real Prometheus 2.42 as oracle. Samples lie off the borders of steps and ranges, so that its closed ranges select
 * what the left-open ones of 3.x do.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePromql } from '../../shared/promql/parse.ts';
import { systemClock } from '../model/clock.ts';
import { labelsToRecord } from '../model/labels.ts';
import { QueryEngine } from './engine.ts';
import { TestStorage } from './test-storage.ts';

const isInstalled = ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).status === 0);
if (!isInstalled) process.stdout.write('skipped: prometheus and promtool are not installed\n');

const START_SEC = 1_700_000_000;
const SAMPLES = 400;
const STEP_SEC = 15;

/** Numbers that are the same in each run. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

interface TestSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [timeMs: number, value: number])[];
}

function makeSeries(): TestSeries[] {
  const random = sequence(42);
  const all: TestSeries[] = [];
  const add = (name: string, labels: Record<string, string>, next: (i: number) => number | null) => {
    const offsetMs = 1234 + all.length * 7;
    const samples = Array.from({ length: SAMPLES }, (_, i) => [
      (START_SEC + i * STEP_SEC) * 1000 + offsetMs,
      next(i),
    ]).filter((sample): sample is [number, number] => sample[1] !== null);
    all.push({ name, labels, samples });
  };
  for (const job of ['api', 'web'])
    for (const instance of ['1', '2', '3']) {
      let total = 5000;
      add('requests_total', { job, instance }, (i) => {
        total = i % 97 === 96 ? 5000 : total + Math.floor(random() * 50);
        return total;
      });
      add('level', { job, instance }, (i) => (i % 40 > 33 ? null : 50 + 40 * Math.sin(i / 20) + random()));
      add('build', { job, instance, version: `v${instance}` }, () => 1);
      let inAll = 1000;
      for (const le of ['0.1', '0.5', '1', '+Inf']) {
        const base = inAll;
        let count = base;
        add('latency_bucket', { job, instance, le }, () => {
          count += 10 + all.length;
          return count;
        });
        inAll += 1000;
      }
    }
  return all;
}

const QUERIES = [
  'requests_total',
  'rate(requests_total[5m])',
  'increase(requests_total[7m])',
  'irate(requests_total[2m])',
  'delta(level[10m])',
  'deriv(level[10m])',
  'predict_linear(level[10m], 600)',
  'resets(requests_total[1h])',
  'changes(build[20m])',
  'avg_over_time(level[11m])',
  'stddev_over_time(level[11m])',
  'quantile_over_time(0.3, level[20m])',
  'max_over_time(level[3m])',
  'count_over_time(level[1h])',
  'sum by (job) (rate(requests_total[5m]))',
  'avg without (instance) (level)',
  'stdvar(level)',
  'quantile by (job) (0.9, level)',
  'topk(2, level)',
  'bottomk by (job) (1, level)',
  'count_values("value", floor(level / 10))',
  'histogram_quantile(0.9, sum by (le, job) (rate(latency_bucket[5m])))',
  'histogram_quantile(0.5, latency_bucket)',
  'level / on (job, instance) group_left (version) build',
  'level > 60',
  'level > bool 60',
  'level and on (job) (requests_total > 9000)',
  'level unless level > 50',
  'level or requests_total',
  'level offset 7m - level',
  'level @ 1700003000',
  'sum(level @ end()) + sum(level)',
  'max_over_time(rate(requests_total[5m])[30m:47s])',
  'sum_over_time(sum(level)[10m:])',
  'label_replace(level, "host", "h$1", "instance", "(.*)")',
  'label_join(level, "both", "-", "job", "instance")',
  'absent(level{job="none"})',
  'absent_over_time(level{instance="1",job="api"}[1m])',
  'timestamp(level)',
  'hour(timestamp(level)) + day_of_week(timestamp(level))',
  'clamp(level, 20, 60) ^ 2 % 7',
  'round(level, 0.5)',
  'scalar(sum(level)) * build',
  '-level',
  'sgn(level - 50)',
  'time() - 1700000000',
];

describe.runIf(isInstalled)('as real Prometheus', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-promql-'));
  const storage = new TestStorage();
  const engine = new QueryEngine({
    maxSamples: 1e7,
    timeoutMs: 60_000,
    lookbackMs: 300_000,
    defaultStepMs: () => 60_000,
    maxConcurrency: 4,
    clock: systemClock,
  });
  let prometheus: ChildProcess | null = null;
  let url = '';

  beforeAll(async () => {
    const series = makeSeries();
    for (const { name, labels, samples } of series) storage.add({ __name__: name, ...labels }, samples);
    const text = path.join(dir, 'in.om');
    fs.writeFileSync(text, openMetrics(series));
    execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text, path.join(dir, 'data')]);
    fs.writeFileSync(path.join(dir, 'prometheus.yml'), 'global: {}\n');
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    prometheus = spawn('prometheus', [
      `--config.file=${dir}/prometheus.yml`,
      `--storage.tsdb.path=${dir}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--storage.tsdb.retention.time=100y',
      '--log.level=error',
    ]);
    for (let tries = 0; tries < 200; tries++) {
      const ready = await fetch(`${url}/-/ready`).then(
        (response) => response.ok,
        () => false,
      );
      if (ready) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('Prometheus did not become ready');
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
    const bounds = { startMs: (START_SEC + 1000.5) * 1000, endMs: (START_SEC + 6600.5) * 1000, stepMs: 113_000 };
    const search = new URLSearchParams({
      query,
      start: String(bounds.startMs / 1000),
      end: String(bounds.endMs / 1000),
      step: String(bounds.stepMs / 1000),
    });
    const reply = await fetch(`${url}/api/v1/query_range?${search}`);
    const { data }: { data: { result: Parameters<typeof byLabels>[0] } } = JSON.parse(await reply.text());
    const expected = byLabels(data.result);
    const actual = await ours(query, bounds);
    expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [key, points] of expected) {
      const mine = actual.get(key) ?? [];
      expect(mine.map(([time]) => time)).toEqual(points.map(([time]) => time));
      for (const [i, [, value]] of points.entries()) expectClose(mine[i]?.[1] ?? 0, value, `${key} at point ${i}`);
    }
  });

  async function ours(query: string, bounds: { startMs: number; endMs: number; stepMs: number }): Promise<Points> {
    const { value } = await engine.range(storage, parsePromql(query), bounds);
    if (value.kind !== 'matrix') throw new Error(value.kind);
    const { labels, values, present, steps } = value.matrix;
    return new Map(
      labels.map((set, s) => {
        const row = Array.from({ length: steps.count }, (_, k) => k).filter((k) => present[s * steps.count + k] === 1);
        const points = row.map(
          (k) => [(bounds.startMs + k * bounds.stepMs) / 1000, values[s * steps.count + k]!] as const,
        );
        return [keyOf(labelsToRecord(set)), points];
      }),
    );
  }
});

type Points = Map<string, readonly (readonly [timeSec: number, value: number])[]>;

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function byLabels(result: readonly { metric: Record<string, string>; values: [number, string][] }[]): Points {
  return new Map(
    result.map(({ metric, values }) => [keyOf(metric), values.map(([time, text]) => [time, numberOf(text)] as const)]),
  );
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

function expectClose(actual: number, expected: number, what: string): void {
  if (Object.is(actual, expected) || actual === expected) return;
  const difference = Math.abs(actual - expected) / Math.max(Math.abs(actual), Math.abs(expected), 1e-3);
  expect(difference, `${what}: ${actual} instead of ${expected}`).toBeLessThan(1e-9);
}

function openMetrics(series: readonly TestSeries[]): string {
  const lines = series
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, labels, samples }) => {
      const text = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      return samples.map(([timeMs, value]) => `${name}{${text.join()}} ${value} ${(timeMs / 1000).toFixed(3)}`);
    });
  return `${lines.join('\n')}\n# EOF\n`;
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
