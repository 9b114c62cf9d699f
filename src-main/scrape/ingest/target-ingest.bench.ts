/**
 * Run by hand: `node src-main/scrape/ingest/target-ingest.bench.ts`. CPU nanoseconds a sample from body to appender, the
 * storage doing nothing: 20 targets of 5,000 series, first met, then known, then with a tenth of the lines moved; then
 * as many series in protobuf, a tenth of them counters, the others in classic histograms of ten buckets.
 */
import { TYPE } from '../../exposition/protobuf/family-head.ts';
import { encodeFamilies } from '../../exposition/protobuf/test-families.ts';
import type { Appender } from '../../model/storage.ts';
import { newScrapeCounters } from '../counters.ts';
import { testConfig } from '../test-config.ts';
import { type BodyFormat, TargetIngest } from './target-ingest.ts';

const TARGETS = 20;
const SERIES = 5_000;
const ROUNDS = 10;

class NoStorage implements Appender {
  #refs = 0;
  readonly #last = new Float64Array(3 * TARGETS * SERIES);

  series(): number {
    return ++this.#refs;
  }

  append(ref: number, _timeMs: number, value: number) {
    this.#last[ref] = value;
    return 'ok' as const;
  }

  appendHistogram() {
    return 'ok' as const;
  }

  appendStale() {
    return 'ok' as const;
  }

  appendExemplar() {
    return 'disabled' as const;
  }

  setMetadata(): void {}

  commit(): void {}

  rollback(): void {}
}

function body(round: number, moved: boolean): Buffer {
  const lines = Array.from({ length: SERIES }, (_, i) => {
    const labels = `app="app-${i % 17}",namespace="ns-${i % 5}",pod="pod-${i}",method="GET",code="200",le="${i % 11}.5"`;
    return `http_request_duration_seconds_bucket{${labels}} ${(i * 7919 + round * 104729) / 64}`;
  });
  if (moved) for (let i = 0; i + 10 < SERIES; i += 10) lines.push(...lines.splice(i, 1));
  return Buffer.from(`# TYPE http_request_duration_seconds histogram\n${lines.join('\n')}\n`);
}

const storage = new NoStorage();
const targets = Array.from(
  { length: TARGETS },
  (_, i) => new TargetIngest(testConfig(), ['instance', `host-${i}`, 'job', 'bench'], newScrapeCounters()),
);
let timeMs = 1_700_000_000_000;

function protobufBody(round: number): Uint8Array {
  const labelsOf = (i: number) => ({
    app: `app-${i % 17}`,
    namespace: `ns-${i % 5}`,
    pod: `pod-${i}`,
    method: 'GET',
    code: '200',
  });
  const counters = Array.from({ length: SERIES / 10 }, (_, i) => ({
    labels: labelsOf(i),
    counter: { value: i * 7919 + round },
  }));
  const histograms = Array.from({ length: (SERIES * 9) / 10 / 12 }, (_, i) => {
    const buckets = Array.from({ length: 10 }, (_each, k) => ({
      le: k === 9 ? Number.POSITIVE_INFINITY : 2 ** k / 64,
      count: (k + 1) * (i + round),
    }));
    return { labels: labelsOf(i), histogram: { count: 10 * (i + round), sum: i / 3, buckets } };
  });
  return encodeFamilies([
    { name: 'http_requests_total', help: 'Requests.', type: TYPE.counter, metrics: counters },
    { name: 'http_request_duration_seconds', help: 'Durations.', type: TYPE.histogram, metrics: histograms },
  ]);
}

function scrapeAll(round: number, moved: boolean, format: BodyFormat = 'text'): number {
  const content = format === 'text' ? body(round, moved) : protobufBody(round);
  const bytes = Buffer.concat([content, Buffer.alloc(1)]);
  timeMs += 15_000;
  const before = process.cpuUsage();
  for (const target of targets)
    for (const _turn of target.append(storage, { bytes, length: bytes.length - 1, format }, timeMs, timeMs));
  const used = process.cpuUsage(before);
  return ((used.user + used.system) * 1000) / (TARGETS * SERIES);
}

function report(what: string, ns: readonly number[]): void {
  const sorted = [...ns].sort((a, b) => a - b);
  process.stdout.write(`${what}: ${Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0)} ns a sample\n`);
}

const rounds = Array.from({ length: ROUNDS }, (_, i) => i);
report('first met', [scrapeAll(0, false)]);
report(
  'known',
  rounds.map((round) => scrapeAll(round, false)),
);
report(
  'known, a tenth moved by turns',
  rounds.map((round) => scrapeAll(round, round % 2 === 0)),
);
report('protobuf, first met', [scrapeAll(0, false, 'protobuf')]);
report(
  'protobuf, known',
  rounds.map((round) => scrapeAll(round, false, 'protobuf')),
);
