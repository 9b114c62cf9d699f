import { afterAll, beforeAll, expect, it } from 'vitest';
import { labelsFromRecord } from '../../model/labels.ts';
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram, NO_BUCKETS } from '../../model/native-histogram.ts';
import { newScrapeCounters } from '../../scrape/counters.ts';
import { TargetIngest } from '../../scrape/ingest/target-ingest.ts';
import { MemoryStorage } from '../../scrape/memory-storage.ts';
import { testConfig } from '../../scrape/test-config.ts';
import { startTestHearth, type TestHearth } from '../test-hearth.ts';
import { prefersProtobuf } from './federate.ts';

const EXPONENTIAL: NativeHistogram = {
  schema: 1,
  integer: true,
  counterReset: 'unknown',
  zeroThreshold: 0.25,
  zeroCount: 3,
  count: 14,
  sum: 4.5,
  stale: false,
  positive: { spans: Int32Array.of(-3, 2, 1, 1), counts: Float64Array.of(1, 2, 4) },
  negative: { spans: Int32Array.of(1, 1), counts: Float64Array.of(4) },
  customValues: new Float64Array(0),
};
const CUSTOM: NativeHistogram = {
  ...EXPONENTIAL,
  schema: CUSTOM_BUCKETS_SCHEMA,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 3,
  positive: { spans: Int32Array.of(0, 1, 1, 1), counts: Float64Array.of(1, 2) },
  negative: NO_BUCKETS,
  customValues: Float64Array.of(0.5, 10),
};

let hearth: TestHearth;
beforeAll(async () => {
  hearth = await startTestHearth();
  const nowMs = hearth.clock.nowMs();
  const appender = hearth.parts.tsdb.appender();
  const append = (name: string, histogram: NativeHistogram) =>
    appender.appendHistogram(appender.series(labelsFromRecord({ __name__: name, job: 'j' })), nowMs, histogram);
  append('native', EXPONENTIAL);
  append('native_gauge', { ...EXPONENTIAL, counterReset: 'gauge' });
  append('custom', CUSTOM);
  appender.append(appender.series(labelsFromRecord({ __name__: 'plain', job: 'j' })), nowMs, 1.5);
  appender.commit();
});
afterAll(() => hearth[Symbol.asyncDispose]());

async function federate(accept: string): Promise<[type: string, body: Buffer]> {
  const response = await fetch(`${hearth.url('prometheus')}/federate?match[]={job="j"}`, { headers: { accept } });
  return [response.headers.get('content-type') ?? '', Buffer.from(await response.arrayBuffer())];
}

it('tells native histograms in protobuf, read again as they were', async () => {
  const protobuf = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';
  const [type, body] = await federate(`${protobuf},text/plain;q=0.5`);
  expect(type).toBe(protobuf);
  const storage = new MemoryStorage();
  const appender = storage.appender();
  const config = testConfig({ scrapeNativeHistograms: true, honorLabels: true, convertClassicHistogramsToNhcb: true });
  const ingest = new TargetIngest(config, ['instance', 'x'], newScrapeCounters());
  const nowMs = hearth.clock.nowMs();
  for (const _ of ingest.append(appender, { bytes: body, length: body.length, format: 'protobuf' }, nowMs, nowMs));
  appender.commit();
  expect(storage.values()).toEqual({
    'native{job="j"}': [{ ...EXPONENTIAL, integer: false }],
    'native_gauge{job="j"}': [{ ...EXPONENTIAL, integer: false, counterReset: 'gauge' }],
    'custom{job="j"}': [{ ...CUSTOM, positive: { spans: Int32Array.of(0, 3), counts: Float64Array.of(1, 0, 2) } }],
    'plain{job="j"}': [1.5],
  });
});

it('tells custom buckets as classic ones in text, and leaves the others out', async () => {
  const [type, body] = await federate('text/plain');
  const nowMs = hearth.clock.nowMs();
  expect(type).toMatch(/^text\/plain; version=0.0.4/);
  expect(body.toString().trimEnd().split('\n')).toEqual([
    '# TYPE custom histogram',
    `custom_bucket{job="j",instance="",le="0.5"} 1 ${nowMs}`,
    `custom_bucket{job="j",instance="",le="10"} 1 ${nowMs}`,
    `custom_bucket{job="j",instance="",le="+Inf"} 3 ${nowMs}`,
    `custom_sum{job="j",instance=""} 4.5 ${nowMs}`,
    `custom_count{job="j",instance=""} 3 ${nowMs}`,
    '# TYPE plain untyped',
    `plain{job="j",instance=""} 1.5 ${nowMs}`,
  ]);
});

it.each([
  [
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,text/plain;q=0.5',
    true,
  ],
  [
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.1,text/plain;q=0.5',
    false,
  ],
  ['application/vnd.google.protobuf', false],
  ['', false],
])('Accept: %s', (accept, protobuf) => expect(prefersProtobuf(accept)).toBe(protobuf));
