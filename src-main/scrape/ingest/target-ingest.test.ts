import { expect, test } from 'vitest';
import type { ScrapeConfig } from '../../config/scrape-config.ts';
import { labelsFromRecord } from '../../model/labels.ts';
import { newScrapeCounters } from '../counters.ts';
import { MemoryStorage } from '../memory-storage.ts';
import { testConfig, testRule } from '../test-config.ts';
import { TargetIngest } from './target-ingest.ts';

const NOW = 1_700_000_000_000;

/** One target, scraped once for each body, a second apart. */
class Bench {
  readonly storage = new MemoryStorage();
  readonly counters = newScrapeCounters();
  readonly ingest: TargetIngest;
  /** How many the last scrape took. */
  turns = 0;
  #nowMs = NOW;

  constructor(changes: Partial<ScrapeConfig> = {}, target: Record<string, string> = {}) {
    this.ingest = new TargetIngest(testConfig(changes), labelsFromRecord(target), this.counters);
  }

  /** Returns the error's message, '' when there is none. */
  scrape(text: string, format: 'text' | 'openmetrics' = 'text'): string {
    this.#nowMs += 1000;
    const bytes = Buffer.from(`${text} `);
    let appender = this.storage.appender();
    try {
      this.turns = 1;
      for (const _turn of this.ingest.append(
        appender,
        { bytes, length: bytes.length - 1, format },
        this.#nowMs,
        this.#nowMs,
      ))
        this.turns++;
      appender.commit();
      return '';
    } catch (error) {
      appender.rollback();
      appender = this.storage.appender();
      this.ingest.appendNothing(appender, this.#nowMs);
      appender.commit();
      return error instanceof Error ? error.message : String(error);
    }
  }

  get counts() {
    const { scraped, postRelabel, seriesAdded } = this.ingest;
    return [scraped, postRelabel, seriesAdded];
  }
}

test('lines go to their series, in any order and mixture', () => {
  const bench = new Bench();
  bench.scrape('a 1\nb{x="1"} 2\nb{x="2"} 3\n');
  expect(bench.counts).toEqual([3, 3, 3]);
  bench.scrape('a 4\nb{x="1"} 5\nb{x="2"} 6\n');
  expect(bench.counts).toEqual([3, 3, 0]);
  bench.scrape('b{x="2"} 9\nnew 7\na 8\nb{x="1"} 10\n');
  expect(bench.counts).toEqual([4, 4, 1]);
  bench.scrape('b{x="2"} 9\nnew 7\na 8\nb{x="1"} 10\n');
  expect(bench.counts).toEqual([4, 4, 0]);
  expect(bench.storage.values()).toEqual({
    a: [1, 4, 8, 8],
    'b{x="1"}': [2, 5, 10, 10],
    'b{x="2"}': [3, 6, 9, 9],
    new: [7, 7],
  });
});

test('a series that is missing gets a staleness marker once, and may come back', () => {
  const bench = new Bench();
  for (const text of ['a 1\nb 2\n', 'a 1\n', 'a 1\n', 'a 1\nb 3\n']) bench.scrape(text);
  expect(bench.storage.values()).toEqual({ a: [1, 1, 1, 1], b: [2, 'stale', 3] });
  expect(bench.counts).toEqual([2, 2, 1]);
});

test('another spelling of the same series is no end of it', () => {
  const bench = new Bench();
  bench.scrape('a{x="1",y="2"} 1\n');
  bench.scrape('a{y="2",x="1"} 2\n');
  expect(bench.storage.values()).toEqual({ 'a{x="1", y="2"}': [1, 2] });
});

test('a body that breaks off midway leaves nothing but staleness markers', () => {
  const bench = new Bench();
  bench.scrape('a 1\nb 2\n');
  expect(bench.scrape('a 3\nc 4\nb{ 5\n')).toMatch(/^expected label name/);
  expect(bench.counts).toEqual([2, 2, 1]);
  expect(bench.scrape('nonsense\n')).not.toBe('');
  bench.scrape('a 6\nb 7\n');
  expect(bench.storage.values()).toEqual({ a: [1, 'stale', 6], b: [2, 'stale', 7] });
});

test('explicit timestamps are kept, bounded, and free of staleness markers', () => {
  const bench = new Bench();
  bench.scrape(`a 1 ${NOW}\nb 2\n`);
  bench.scrape(`b 3\nfar 1 ${NOW + 3_600_000}\n`);
  bench.scrape('b 3\n');
  expect(bench.storage.values()).toEqual({ a: [1], b: [2, 3, 3] });
  expect(bench.storage.samples('a')).toEqual([[NOW, 1]]);
  expect(bench.counters.outOfBoundsSamples).toBe(1);
});

test('with track_timestamps_staleness they end, with honor_timestamps off they are ignored', () => {
  const tracking = new Bench({ trackTimestampsStaleness: true });
  tracking.scrape(`a 1 ${NOW}\n`);
  tracking.scrape('b 1\n');
  expect(tracking.storage.values()).toEqual({ a: [1, 'stale'], b: [1] });
  const ignoring = new Bench({ honorTimestamps: false });
  ignoring.scrape('a 1 5\n');
  expect(ignoring.storage.samples('a')).toEqual([[NOW + 1000, 1]]);
});

test('duplicates and out-of-order samples are counted and cost nothing else', () => {
  const bench = new Bench();
  expect(bench.scrape('a 1\na 2\nb 3\nb 3\n')).toBe('');
  expect(bench.storage.values()).toEqual({ a: [1], b: [3] });
  expect(bench.counters.duplicateSamples).toBe(2);
  expect(bench.counts).toEqual([4, 4, 2]);
  bench.scrape(`a 1 5\nb 4\n`);
  expect(bench.counters.outOfOrderSamples).toBe(1);
});

test('honor_labels decides who wins', () => {
  const body = 'a{job="other",exported_job="e",zone="t"} 1\nb 2\nc{job=""} 3\n';
  const target = { job: 'test', instance: 'i' };
  const no = new Bench({ honorLabels: false }, target);
  no.scrape(body);
  expect(Object.keys(no.storage.values())).toEqual([
    'a{exported_exported_job="other", exported_job="e", instance="i", job="test", zone="t"}',
    'b{instance="i", job="test"}',
    'c{instance="i", job="test"}',
  ]);
  const yes = new Bench({ honorLabels: true }, target);
  yes.scrape(body);
  expect(Object.keys(yes.storage.values())).toEqual([
    'a{exported_job="e", instance="i", job="other", zone="t"}',
    'b{instance="i", job="test"}',
    'c{instance="i"}',
  ]);
});

test('metric relabelling renames and drops; what it drops is counted as scraped only', () => {
  const bench = new Bench({
    metricRelabel: [
      testRule({ sourceLabels: ['__name__'], regex: 'drop.*', action: 'drop' }),
      testRule({ sourceLabels: ['__name__'], regex: 'old_(.*)', targetLabel: '__name__', replacement: 'new_$1' }),
    ],
  });
  for (let i = 0; i < 2; i++) bench.scrape('old_a 1\ndrop_me 2\n');
  expect(bench.counts).toEqual([2, 1, 0]);
  expect(bench.storage.values()).toEqual({ new_a: [1, 1] });
});

test.each([
  [{ sampleLimit: 2 }, 'a 1\nb 2\nc 3\n', 'sample limit exceeded', [3, 3, 2]],
  [
    { labelLimit: 2 },
    'a{x="1",y="2"} 1\n',
    'label_limit exceeded (metric: a, number of labels: 3, limit: 2)',
    [1, 0, 0],
  ],
  [
    { labelNameLengthLimit: 8 },
    'a{longer_than="1"} 1\n',
    'label_name_length_limit exceeded (metric: a, label name: longer_than, length: 11, limit: 8)',
    [1, 0, 0],
  ],
  [
    { labelValueLengthLimit: 3 },
    'a{x="long"} 1\n',
    'label_value_length_limit exceeded (metric: a, label name: x, value: "long", length: 4, limit: 3)',
    [1, 0, 0],
  ],
  [
    { metricRelabel: [testRule({ regex: '__name__', action: 'labeldrop' })] },
    'a{x="1"} 1\n',
    'missing metric name (__name__ label)',
    [1, 0, 0],
  ],
])('%j fails the scrape', (changes, body, message, counts) => {
  const bench = new Bench(changes);
  expect(bench.scrape(body)).toBe(message);
  expect(bench.counts).toEqual(counts);
  expect(bench.storage.values()).toEqual({});
});

test('a series that the storage has forgotten is asked for again', () => {
  const bench = new Bench();
  bench.scrape('a{le="1"} 1\n');
  bench.storage.forgottenRef = 1;
  bench.scrape('a{le="1"} 2\n');
  bench.scrape('a{le="1"} 3\n');
  expect(bench.storage.samples('a{le="1"}').map(([, v]) => v)).toEqual([1, 2, 3]);
});

test('series of an earlier configuration end unless the new one has them too', () => {
  const bench = new Bench();
  bench.scrape('a 1\nb 2\n');
  const next = new TargetIngest(
    testConfig({ metricRelabel: [testRule({ sourceLabels: ['__name__'], regex: 'b', action: 'drop' })] }),
    [],
    bench.counters,
  );
  next.inherit(bench.ingest.liveRefs());
  const appender = bench.storage.appender();
  const bytes = Buffer.from('a 3\nb 4\n');
  for (const _turn of next.append(appender, { bytes, length: bytes.length, format: 'text' }, NOW + 5000, NOW + 5000));
  appender.commit();
  expect(bench.storage.values()).toEqual({ a: [1, 3], b: [2, 'stale'] });
});

test.each(['text', 'openmetrics'] as const)(
  'a %s body full of new lines takes several turns, but the first time only',
  (format) => {
    const bench = new Bench();
    const lines = Array.from({ length: 3000 }, (_, i) => `a{n="${i}"} ${i}`);
    const body = `# TYPE a gauge\n${lines.join('\n')}\n${format === 'text' ? '' : '# EOF\n'}`;
    expect(bench.scrape(body, format)).toBe('');
    expect(bench.counts).toEqual([3000, 3000, 3000]);
    expect(bench.turns).toBe(8);
    expect(bench.scrape(body, format)).toBe('');
    expect(bench.counts).toEqual([3000, 3000, 0]);
    expect(bench.turns).toBe(1);
    expect(Object.keys(bench.storage.values())).toHaveLength(3000);
    // What is wrong far down still fails the whole scrape.
    expect(bench.scrape(`${lines.map((line) => `b${line}`).join('\n')}\n}\n`, format)).not.toBe('');
    expect(bench.storage.values()['a{n="2999"}']).toEqual([2999, 2999, 'stale']);
    expect(bench.storage.values()['ba{n="7"}']).toBeUndefined();
  },
);

test('metadata is remembered, followed, and forgotten after ten scrapes without it', () => {
  const bench = new Bench();
  bench.scrape('# HELP a first\n# TYPE a counter\na 1\n# TYPE b gauge\nb 1\n');
  bench.scrape('# HELP a first\n# TYPE a counter\na 1\n# TYPE b gauge\nb 1\n');
  bench.scrape('# HELP a second\n# TYPE a counter\na 1\n');
  expect([...bench.ingest.families.entries()]).toEqual([
    ['a', { type: 'counter', help: 'second', unit: '' }],
    ['b', { type: 'gauge', help: '', unit: '' }],
  ]);
  for (let i = 0; i < 11; i++) bench.scrape('# HELP a second\n# TYPE a counter\na 1\n');
  expect([...bench.ingest.families.entries()].map(([metric]) => metric)).toEqual(['a']);
});

test('le and quantile get one spelling, also when the type line was recognised by its bytes', () => {
  const bench = new Bench();
  bench.scrape('# TYPE h histogram\nh_bucket{le="1"} 1\n');
  bench.scrape('# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="1e6"} 2\n');
  expect(Object.keys(bench.storage.values())).toEqual(['h_bucket{le="1.0"}', 'h_bucket{le="1e+06"}']);
});

test('bodies that fail after ever other lines do not pile up', () => {
  const bench = new Bench();
  bench.scrape('steady 1\n');
  for (let round = 0; round < 5; round++) {
    const lines = Array.from({ length: 800 }, (_, i) => `a{round="${round}",i="${i}"} ${i}`);
    expect(bench.scrape(`${lines.join('\n')}\nsteady 2\n}\n`)).not.toBe('');
  }
  bench.scrape('steady 3\n');
  expect(bench.storage.values()).toEqual({ steady: [1, 'stale', 3] });
});

test('thousands of lines that come and go are swept away', () => {
  const bench = new Bench();
  for (let round = 0; round < 20; round++) {
    const lines = Array.from({ length: 500 }, (_, i) => `a{round="${round}",i="${i}"} ${i}`);
    expect(bench.scrape(`steady ${round}\n${lines.join('\n')}\n`)).toBe('');
    expect(bench.counts).toEqual([501, 501, round === 0 ? 501 : 500]);
  }
  const values = bench.storage.values();
  expect(values.steady).toHaveLength(20);
  expect(values['a{i="7", round="3"}']).toEqual([7, 'stale']);
  expect(values['a{i="7", round="19"}']).toEqual([7]);
});
