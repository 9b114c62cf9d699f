import { afterEach, describe, expect, test } from 'vitest';
import type { ScrapeConfig } from '../config/scrape-config.ts';
import { FakeClock } from '../model/fake-clock.ts';
import { labelsToRecord } from '../model/labels.ts';
import { silentLogger } from '../model/log.ts';
import { MemoryStorage } from './memory-storage.ts';
import { ScrapeManager } from './scrape-manager.ts';
import { configFor, targetsOf } from './target.ts';
import { testConfig, testGroup, testRule } from './test-config.ts';

const START = 1_700_000_000_000;

/** A manager whose targets answer within the process; the clock stands still until advanced. */
class Bench {
  readonly clock = new FakeClock(START);
  readonly storage = new MemoryStorage();
  readonly bodies = new Map<string, string>();
  readonly manager: ScrapeManager;
  hang: Promise<void> | null = null;

  constructor(openingMs = 0) {
    this.manager = new ScrapeManager({
      appendable: this.storage,
      clock: this.clock,
      logger: silentLogger,
      collectBuiltin: async (name) => {
        await this.hang;
        return Buffer.from(this.bodies.get(name) ?? 'a 1\n');
      },
      version: '0',
      hostName: 'here',
      openingMs,
      extraScrapeMetrics: false,
      ingestFeatures: { metadata: false, createdZeros: false },
    });
    benches.push(this);
  }

  configure(...configs: Partial<ScrapeConfig>[]): void {
    this.manager.applyConfig(configs.map(testConfig));
  }

  times(series: string): number[] {
    return this.storage.samples(series).map(([timeMs]) => timeMs);
  }
}

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.manager.stop();
});

const one = { __address__: 'x:1', __hearth_exporter__: 'one' };
const two = { __address__: 'y:2', __hearth_exporter__: 'two' };
const UP_ONE = 'up{instance="x:1", job="test"}';
const A_ONE = 'a{instance="x:1", job="test"}';

test('targets are scraped at every interval, each at its own time of it', async () => {
  const bench = new Bench();
  bench.configure({});
  bench.manager.setGroups('test', [testGroup(one, two)]);
  bench.manager.start();
  await bench.clock.advance(5000);
  const first = bench.times(UP_ONE);
  const second = bench.times('up{instance="y:2", job="test"}');
  expect(first).toHaveLength(5);
  expect(second).toHaveLength(5);
  expect(first.slice(1).map((t, i) => t - first[i]!)).toEqual([1000, 1000, 1000, 1000]);
  expect(first[0]! % 1000).not.toBe(second[0]! % 1000);
});

test('exporters in this process are scraped at once and every second while they are new', async () => {
  const bench = new Bench(5000);
  bench.configure({ scrapeIntervalMs: 10_000 });
  bench.manager.setGroups('test', [testGroup(one)]);
  bench.manager.start();
  await bench.clock.advance(30_000);
  const times = bench.times(UP_ONE).map((timeMs) => timeMs - START);
  expect(times[0]).toBe(0);
  expect(times.filter((timeMs) => timeMs < 5500).length).toBeGreaterThanOrEqual(5);
  expect(times.slice(-2).map((timeMs, i, all) => timeMs - (all[i - 1] ?? timeMs - 10_000))).toEqual([10_000, 10_000]);
});

test('a target that is removed ends two intervals and a tenth after its last scrape, at the time of its first missed scrape', async () => {
  const bench = new Bench();
  bench.configure({});
  bench.manager.setGroups('test', [testGroup(one, two)]);
  bench.manager.start();
  await bench.clock.advance(3000);
  bench.manager.setGroups('test', [testGroup(two)]);
  const last = bench.times(UP_ONE).at(-1)!;
  await bench.clock.advance(last + 2100 - (START + 3000) - 1);
  expect(bench.storage.samples(UP_ONE).at(-1)).toEqual([last, 1]);
  await bench.clock.advance(2);
  expect(bench.storage.samples(UP_ONE).at(-1)).toEqual([last + 1000, 'stale']);
  expect(bench.storage.samples(A_ONE).at(-1)).toEqual([last + 1000, 'stale']);
  expect(bench.manager.targets()).toHaveLength(1);
});

test('a target that comes back in time does not end', async () => {
  const bench = new Bench();
  bench.configure({});
  bench.manager.setGroups('test', [testGroup(one)]);
  bench.manager.start();
  await bench.clock.advance(3000);
  bench.manager.setGroups('test', []);
  await bench.clock.advance(500);
  bench.manager.setGroups('test', [testGroup(one)]);
  await bench.clock.advance(5000);
  expect(bench.storage.values()[A_ONE]).not.toContain('stale');
});

test('at shutdown nothing ends', async () => {
  const bench = new Bench();
  bench.configure({});
  bench.manager.setGroups('test', [testGroup(one)]);
  bench.manager.start();
  await bench.clock.advance(3000);
  bench.manager.setGroups('test', []);
  await bench.manager.stop();
  await bench.manager.stop();
  await bench.clock.advance(10_000);
  expect(bench.storage.values()[A_ONE]).toEqual([1, 1, 1]);
});

describe('a reload', () => {
  test('without a change loses no scrape and keeps the memory', async () => {
    const bench = new Bench();
    bench.configure({});
    bench.manager.setGroups('test', [testGroup(one)]);
    bench.manager.start();
    for (let i = 0; i < 10; i++) {
      await bench.clock.advance(700);
      bench.configure({});
      bench.manager.setGroups('test', [testGroup(one)]);
    }
    expect(bench.times(UP_ONE)).toHaveLength(7);
    expect(bench.storage.values()['scrape_series_added{instance="x:1", job="test"}']).toEqual([1, 0, 0, 0, 0, 0, 0]);
  });

  test('with other metric relabelling moves the series over', async () => {
    const bench = new Bench();
    bench.configure({});
    bench.manager.setGroups('test', [testGroup(one)]);
    bench.manager.start();
    await bench.clock.advance(2000);
    bench.configure({ metricRelabel: [testRule({ targetLabel: 'phase', replacement: 'two' })] });
    await bench.clock.advance(2000);
    expect(bench.storage.values()[A_ONE]).toEqual([1, 1, 'stale']);
    expect(bench.storage.values()['a{instance="x:1", job="test", phase="two"}']).toEqual([1, 1]);
    expect(bench.storage.values()[UP_ONE]).toEqual([1, 1, 1, 1]);
  });

  test('with another interval keeps the loop', async () => {
    const bench = new Bench();
    bench.configure({});
    bench.manager.setGroups('test', [testGroup(one)]);
    bench.manager.start();
    await bench.clock.advance(2000);
    bench.configure({ scrapeIntervalMs: 500 });
    await bench.clock.advance(2000);
    expect(bench.times(UP_ONE)).toHaveLength(6);
  });

  test('that drops the job lets its series run out', async () => {
    const bench = new Bench();
    bench.configure({});
    bench.manager.setGroups('test', [testGroup(one)]);
    bench.manager.start();
    await bench.clock.advance(2000);
    bench.configure({ jobName: 'other' });
    await bench.clock.advance(4000);
    expect(bench.storage.values()[A_ONE]).toEqual([1, 1]);
    expect(bench.manager.jobs()).toEqual(['other']);
  });
});

test('a target that never answers costs its own up == 0, at every interval', async () => {
  const bench = new Bench();
  bench.configure({ scrapeTimeoutMs: 1000 });
  bench.manager.setGroups('test', [testGroup(one)]);
  bench.manager.start();
  await bench.clock.advance(2000);
  bench.hang = new Promise(() => {});
  await bench.clock.advance(5100);
  const values = bench.storage.values()[UP_ONE] ?? [];
  expect(values.slice(0, 2)).toEqual([1, 1]);
  expect(values.length).toBeGreaterThanOrEqual(6);
  expect(values.slice(2)).not.toContain(1);
  expect(bench.storage.values()[A_ONE]).toEqual([1, 1, 'stale']);
  expect(bench.manager.targets()[0]).toMatchObject({ health: 'down', lastError: 'context deadline exceeded' });
});

test('target_limit fails every target of the job', async () => {
  const bench = new Bench();
  bench.configure({ targetLimit: 1 });
  bench.manager.setGroups('test', [testGroup(one, two)]);
  bench.manager.start();
  await bench.clock.advance(1500);
  expect(bench.manager.targets().map((t) => t.lastError)).toEqual(
    Array(2).fill('target_limit exceeded (number of targets: 2, limit: 1)'),
  );
  bench.manager.setGroups('test', [testGroup(one)]);
  await bench.clock.advance(1500);
  expect(bench.manager.targets().map((t) => t.health)).toEqual(['up']);
});

test('what happens is told at most four times a second, and until the undo', async () => {
  const bench = new Bench();
  let told = 0;
  const undo = bench.manager.subscribe(() => told++);
  bench.configure({});
  bench.manager.setGroups('test', [
    testGroup(...Array.from({ length: 50 }, (_, i) => ({ ...one, __address__: `t:${i}` }))),
  ]);
  bench.manager.start();
  await bench.clock.advance(2000);
  expect(told).toBeGreaterThan(2);
  expect(told).toBeLessThanOrEqual(8);
  undo();
  const before = told;
  await bench.clock.advance(2000);
  expect(told).toBe(before);
});

test('sleep stops the ticks, waking sets them anew', async () => {
  const bench = new Bench();
  bench.configure({});
  bench.manager.setGroups('test', [testGroup(one)]);
  bench.manager.start();
  await bench.clock.advance(2000);
  bench.manager.suspend();
  await bench.clock.advance(60_400);
  bench.manager.resume();
  await bench.clock.advance(2000);
  expect(bench.times(UP_ONE)).toHaveLength(4);
});

test('a target can be scraped at once, and is described', async () => {
  const bench = new Bench();
  bench.bodies.set('one', '# HELP a an A\n# TYPE a gauge\na 1\n');
  bench.configure({ jobName: 'test', scrapeIntervalMs: 60_000 });
  bench.manager.setGroups('test', [testGroup(one)]);
  const [before] = bench.manager.targets();
  expect(before).toMatchObject({ health: 'unknown', job: 'test', url: 'http://x:1/metrics', recent: [] });
  expect(await bench.manager.scrapeNow(before!.id)).toBe(true);
  expect(await bench.manager.scrapeNow('nobody')).toBe(false);
  const [after] = bench.manager.targets();
  expect(after).toMatchObject({ id: before!.id, health: 'up', lastError: '', samplesScraped: 1, recent: [true] });
  expect(after?.lastScrapeMs).toBe(START);
  expect([...bench.manager.metadata()]).toEqual([
    { metric: 'a', type: 'gauge', help: 'an A', unit: '', job: 'test', target: after?.labels },
  ]);
});

describe('targets', () => {
  const discovered = (changes: Partial<ScrapeConfig>, ...targets: Record<string, string>[]) =>
    targetsOf([testGroup(...targets)], testConfig(changes));

  test('labels, URL and times come from configuration, discovery and relabelling', () => {
    const { targets, dropped } = discovered(
      {
        params: { a: ['1'], b: ['x y', 'z&'] },
        relabel: [
          testRule({ sourceLabels: ['__address__'], regex: 'dropme.*', action: 'drop' }),
          testRule({ sourceLabels: ['__address__'], targetLabel: '__param_target' }),
          testRule({ regex: '__meta_(.*)', action: 'labelmap' }),
        ],
      },
      { __address__: '127.0.0.1:80', __meta_x: 'mx', __scrape_interval__: '2s', __param_b: 'own', __tmp: 't' },
      { __address__: 'dropme:80' },
    );
    expect(targets).toHaveLength(1);
    expect(targets[0]).toMatchObject({
      url: 'http://127.0.0.1:80/metrics?a=1&b=own&b=z%26&target=127.0.0.1%3A80',
      intervalMs: 2000,
      timeoutMs: 500,
    });
    expect(labelsToRecord(targets[0]!.labels)).toEqual({ instance: '127.0.0.1:80', job: 'test', x: 'mx' });
    expect(labelsToRecord(dropped[0]!)).toEqual({
      __address__: 'dropme:80',
      __metrics_path__: '/metrics',
      __param_a: '1',
      __param_b: 'x y',
      __scheme__: 'http',
      __scrape_interval__: '1s',
      __scrape_timeout__: '500ms',
      job: 'test',
    });
  });

  test('may say by its labels what becomes of histograms', () => {
    const labels = {
      __address__: 'x:1',
      __scrape_native_histograms__: 'true',
      __convert_classic_histograms_to_nhcb__: '0',
    };
    const [target] = discovered({}, labels).targets;
    expect(configFor(target!, testConfig({ convertClassicHistogramsToNhcb: true }), false)).toMatchObject({
      scrapeNativeHistograms: true,
      convertClassicHistogramsToNhcb: false,
      scrapeProtocols: expect.arrayContaining(['PrometheusProto']),
    });
    const own = testConfig({ scrapeProtocols: ['PrometheusText0.0.4'] });
    expect(configFor(target!, own, false).scrapeProtocols).toEqual(['PrometheusText0.0.4']);
  });

  test.each([
    [{}, 'no address'],
    [{ __address__: 'a/b' }, '"a/b" is not a valid hostname'],
    [{ __address__: 'x:1', __scrape_interval__: '0s' }, 'scrape interval cannot be 0'],
    [
      { __address__: 'x:1', __scrape_native_histograms__: 'maybe' },
      'error parsing __scrape_native_histograms__: "maybe" is no boolean',
    ],
    [
      { __address__: 'x:1', __scrape_timeout__: '3s' },
      'scrape timeout cannot be greater than scrape interval ("3s" > "1s")',
    ],
    [
      { __address__: 'x:1', __scrape_interval__: 'soon' },
      'error parsing scrape interval: not a valid duration string: "soon"',
    ],
    [{ __address__: 'x y:1' }, 'invalid URL "http://x y:1/metrics"'],
  ])('%j cannot be scraped', (target, reason) => {
    const { targets, refused } = discovered({}, target);
    expect(targets).toEqual([]);
    expect(refused[0]).toContain(reason);
  });

  test('the same target found twice is one', () => {
    expect(discovered({}, { __address__: 'x:1' }, { __address__: 'x:1', __meta_other: 'y' }).targets).toHaveLength(1);
  });
});
