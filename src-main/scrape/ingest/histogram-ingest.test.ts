import { expect, test } from 'vitest';
import type { ScrapeConfig } from '../../config/scrape-config.ts';
import { TYPE } from '../../exposition/protobuf/family-head.ts';
import { encodeFamilies, type SentFamily } from '../../exposition/protobuf/test-families.ts';
import { NO_LABELS } from '../../model/labels.ts';
import { newScrapeCounters } from '../counters.ts';
import { MemoryStorage, type StoredValue } from '../memory-storage.ts';
import { testConfig } from '../test-config.ts';
import { type BodyFormat, type IngestFeatures, TargetIngest } from './target-ingest.ts';

const NOW = 1_700_000_000_000;

class Bench {
  readonly storage = new MemoryStorage();
  readonly counters = newScrapeCounters();
  readonly ingest: TargetIngest;
  #nowMs = NOW;

  constructor(changes: Partial<ScrapeConfig> = {}, features: Partial<IngestFeatures> = {}) {
    this.ingest = new TargetIngest(testConfig(changes), NO_LABELS, this.counters, {
      metadata: false,
      createdZeros: false,
      ...features,
    });
  }

  /** Returns the error's message, '' when there is none. */
  scrape(body: string | readonly SentFamily[]): string {
    this.#nowMs += 1000;
    const format: BodyFormat = typeof body === 'string' ? 'openmetrics' : 'protobuf';
    const bytes = typeof body === 'string' ? Buffer.from(`${body}# EOF\n `) : Buffer.from([...encodeFamilies(body), 0]);
    let appender = this.storage.appender();
    try {
      const scraped = { bytes, length: bytes.length - 1, format };
      for (const _turn of this.ingest.append(appender, scraped, this.#nowMs, this.#nowMs));
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

  /** Native histograms as `schema count sum [custom bounds] spans : counts`. */
  values(): Record<string, unknown[]> {
    return Object.fromEntries(Object.entries(this.storage.values()).map(([name, v]) => [name, v.map(printed)]));
  }

  exemplars(name: string): string[] {
    return this.storage
      .exemplars(name)
      .map(({ labels, value, timeMs }) => `${labels.join('=')} ${value} @${timeMs - NOW}`);
  }
}

function printed(value: StoredValue): unknown {
  if (typeof value !== 'object') return value;
  const { schema, count, sum, customValues, positive } = value;
  return `${schema} ${count} ${sum} [${[...customValues].join(' ')}] ${[...positive.spans].join(' ')} : ${[...positive.counts].join(' ')}`;
}

function family(count: number, deltas: readonly number[] = [1, count - 2]): SentFamily {
  const buckets = [
    { le: 1, count: 1 },
    { le: 2, count },
  ];
  const positive = { spans: [[0, deltas.length]] as const, deltas };
  return {
    name: 'h',
    type: TYPE.histogram,
    metrics: [{ labels: { a: 'b' }, histogram: { count, sum: 5, schema: 2, zeroThreshold: 1e-9, buckets, positive } }],
  };
}

test('native histograms of a target are stored, seen again without a new series, and end', () => {
  const bench = new Bench({ scrapeNativeHistograms: true });
  bench.scrape([family(3), { name: 'g', type: TYPE.gauge, metrics: [{ gauge: 1 }] }]);
  expect([bench.ingest.scraped, bench.ingest.postRelabel, bench.ingest.seriesAdded]).toEqual([2, 2, 2]);
  bench.scrape([family(4), { name: 'g', type: TYPE.gauge, metrics: [{ gauge: 2 }] }]);
  expect([bench.ingest.scraped, bench.ingest.postRelabel, bench.ingest.seriesAdded]).toEqual([2, 2, 0]);
  bench.scrape([{ name: 'g', type: TYPE.gauge, metrics: [{ gauge: 3 }] }]);
  expect(bench.values()).toEqual({ 'h{a="b"}': ['2 3 5 [] 0 2 : 1 2', '2 4 5 [] 0 2 : 1 3', 'stale'], g: [1, 2, 3] });
});

test.each<[string, Partial<ScrapeConfig>, string[]]>([
  ['classic only, unless asked for', {}, ['h_count', 'h_sum', 'h_bucket', 'h_bucket', 'h_bucket']],
  [
    'both',
    { scrapeNativeHistograms: true, alwaysScrapeClassicHistograms: true },
    ['h', 'h_count', 'h_sum', 'h_bucket', 'h_bucket', 'h_bucket'],
  ],
  ['native wins over conversion', { scrapeNativeHistograms: true, convertClassicHistogramsToNhcb: true }, ['h']],
  ['conversion', { convertClassicHistogramsToNhcb: true }, ['h']],
])('what is stored of a histogram: %s', (_, changes, names) => {
  const bench = new Bench(changes);
  expect(bench.scrape([family(3)])).toBe('');
  expect(bench.ingest.scraped).toBe(names.length);
  expect(Object.keys(bench.values()).map((name) => name.replace(/\{.*/, ''))).toEqual(names);
});

test('a native histogram with its classic buckets is not converted a second time', () => {
  const bench = new Bench({
    scrapeNativeHistograms: true,
    alwaysScrapeClassicHistograms: true,
    convertClassicHistogramsToNhcb: true,
  });
  bench.scrape([family(3)]);
  bench.scrape([family(4)]);
  expect(bench.values()['h{a="b"}']).toEqual(['2 3 5 [] 0 2 : 1 2', '2 4 5 [] 0 2 : 1 3']);
  expect(bench.counters.duplicateSamples).toBe(0);
});

const CLASSIC = (n: number) =>
  `# TYPE h histogram\nh_bucket{x="1",le="0.5"} ${n} # {t="${n}"} 0.25 ${NOW / 1000 + n}.5\nh_bucket{x="1",le="+Inf"} ${n + 2} # {t="no time"} 9\n` +
  `h_sum{x="1"} 7\nh_count{x="1"} ${n + 2}\nh_bucket{x="2",le="0.5"} 1\nh_bucket{x="2",le="+Inf"} 0\n# TYPE g gauge\ng 1\n`;

test('classic histograms become native ones with custom buckets; what contradicts itself is left out', () => {
  const bench = new Bench({ convertClassicHistogramsToNhcb: true });
  for (const n of [1, 2, 3]) {
    expect(bench.scrape(CLASSIC(n))).toBe('');
    expect([bench.ingest.scraped, bench.ingest.postRelabel, bench.ingest.seriesAdded]).toEqual([2, 2, n === 1 ? 2 : 0]);
  }
  expect(bench.values()).toEqual({
    'h{x="1"}': ['-53 3 7 [0.5] 0 2 : 1 2', '-53 4 7 [0.5] 0 2 : 2 2', '-53 5 7 [0.5] 0 2 : 3 2'],
    g: [1, 1, 1],
  });
  expect(bench.exemplars('h{x="1"}')).toEqual(['t=1 0.25 @1500', 't=2 0.25 @2500', 't=3 0.25 @3500']);
});

test('classic histograms that are converted may be kept, and end', () => {
  const bench = new Bench({ convertClassicHistogramsToNhcb: true, alwaysScrapeClassicHistograms: true });
  bench.scrape('# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 2\nh_count 2\nh_sum 1\n');
  bench.scrape('');
  expect(bench.values()).toEqual({
    'h_bucket{le="1.0"}': [2, 'stale'],
    'h_bucket{le="+Inf"}': [2, 'stale'],
    h_count: [2, 'stale'],
    h_sum: [1, 'stale'],
    h: ['-53 2 1 [1] 0 2 : 2 0', 'stale'],
  });
});

test.each<[Partial<ScrapeConfig>, string, unknown[]]>([
  [{ nativeHistogramBucketLimit: 2 }, '', ['1 12 5 [] 0 2 : 1 11', '1 13 5 [] 0 2 : 1 12']],
  [{ nativeHistogramMinBucketFactor: 4 }, '', ['-1 12 5 [] 0 2 : 1 11', '-1 13 5 [] 0 2 : 1 12']],
  [{ nativeHistogramMinBucketFactor: 1.1 }, '', ['2 12 5 [] 0 3 : 1 4 7', '2 13 5 [] 0 3 : 1 5 7']],
  [{ nativeHistogramBucketLimit: 1 }, 'histogram bucket limit exceeded', []],
])('%j', (changes, error, values) => {
  const bench = new Bench({ scrapeNativeHistograms: true, ...changes });
  expect(bench.scrape([family(12, [1, 3, 3])])).toBe(error);
  expect(bench.scrape([family(13, [1, 4, 2])])).toBe(error);
  expect(bench.values()['h{a="b"}'] ?? []).toEqual(values);
});

test('exemplars go with their samples, each once, and late ones are counted', () => {
  const bench = new Bench();
  const line = (id: string, time = '') => `# TYPE c counter\nc_total 1 # {id="${id}"} 0.5${time}\n`;
  for (const id of ['a', 'a', 'b']) bench.scrape(line(id));
  expect(bench.exemplars('c_total')).toEqual(['id=a 0.5 @1000', 'id=b 0.5 @3000']);
  bench.scrape(line('c', ` ${NOW / 1000}`));
  expect(bench.counters.outOfOrderExemplars).toBe(1);
  expect(bench.exemplars('c_total')).toHaveLength(2);
});

test('several exemplars of a native histogram come in order of time', () => {
  const bench = new Bench({ scrapeNativeHistograms: true });
  const exemplars = [3, 1, 2].map((n) => ({ labels: { n: String(n) }, value: n, timeMs: NOW + n }));
  const [metric] = family(3).metrics;
  bench.scrape([{ ...family(3), metrics: [{ ...metric, histogram: { ...metric?.histogram, exemplars } }] }]);
  expect(bench.exemplars('h{a="b"}')).toEqual(['n=1 1 @1', 'n=2 2 @2', 'n=3 3 @3']);
});

test('metadata reaches the storage for new series and when it changes', () => {
  const bench = new Bench({}, { metadata: true });
  const text = (help: string) => `# HELP c ${help}\n# TYPE c counter\nc_total 1\nother 2\n`;
  bench.scrape(text('one'));
  expect(bench.storage.metadata('c_total')).toEqual({ type: 'counter', help: 'one', unit: '' });
  expect(bench.storage.metadata('other')).toBeUndefined();
  bench.scrape(text('two'));
  expect(bench.storage.metadata('c_total')).toEqual({ type: 'counter', help: 'two', unit: '' });
});

test('what counts was nothing when it began, where that is told and wanted', () => {
  const createdMs = NOW - 500;
  const families = (value: number, ms = createdMs): SentFamily[] => [
    {
      name: 'c',
      type: TYPE.counter,
      metrics: [{ counter: { value, createdMs: ms } }, { labels: { x: '1' }, counter: { value } }],
    },
    {
      name: 'h',
      type: TYPE.histogram,
      metrics: [{ histogram: { ...family(3).metrics[0]?.histogram, createdMs: ms } }],
    },
  ];
  const bench = new Bench({ scrapeNativeHistograms: true }, { createdZeros: true });
  for (const value of [7, 8]) bench.scrape(families(value));
  bench.scrape(families(2, NOW + 2500));
  expect(bench.values()).toEqual({
    c: [0, 7, 8, 0, 2],
    'c{x="1"}': [7, 8, 2],
    h: ['2 0 0 []  : ', '2 3 5 [] 0 2 : 1 2', '2 3 5 [] 0 2 : 1 2', '2 0 0 []  : ', '2 3 5 [] 0 2 : 1 2'],
  });
  expect(bench.counters.outOfOrderSamples).toBe(0);
});
