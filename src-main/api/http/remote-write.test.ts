import { compressSync } from 'snappy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Matcher } from '../../model/matcher.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { isStaleAt } from '../../model/staleness.ts';
import {
  bitsOf,
  encodeWriteRequest,
  encodeWriteRequestV2,
  type SentHistogram,
  type SentSeries,
} from '../../remote/test-write-request.ts';
import { startTestHearth, type TestHearth } from '../test-hearth.ts';

const NOW = 1_700_000_000_000;
const STALE = 0x7ff0000000000002n;

let hearth: TestHearth;
beforeAll(async () => {
  hearth = await startTestHearth();
});
afterAll(() => hearth[Symbol.asyncDispose]());

const PROTOBUF = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };

async function post(body: Uint8Array, headers: Record<string, string> = PROTOBUF): Promise<[number, string]> {
  const response = await fetch(`${hearth.url('prometheus')}/api/v1/write`, {
    method: 'POST',
    headers,
    body: Uint8Array.from(body),
  });
  return [response.status, await response.text()];
}

const write = (...series: SentSeries[]) => post(compressSync(encodeWriteRequest(series)));

/** Samples of a metric: [time, value or 'stale']. */
function stored(name: string): unknown[] {
  const querier = hearth.parts.queryable.querier(0, NOW * 2);
  const set = querier.select([new Matcher('__name__', '=', name)]);
  const columns = new SampleColumns();
  const found: unknown[] = [];
  for (let i = 0; i < set.length; i++) {
    columns.length = 0;
    const length = set.read(i, 0, NOW * 2, columns);
    for (let k = 0; k < length; k++)
      found.push([columns.times[k], isStaleAt(columns.halves, k) ? 'stale' : columns.values[k]]);
  }
  querier.close();
  return found;
}

/** Native histograms of a metric: [time, schema, count, sum, spans, counts, custom bounds]. */
function storedHistograms(name: string): unknown[] {
  const querier = hearth.parts.queryable.querier(0, NOW * 2);
  const set = querier.select([new Matcher('__name__', '=', name)]);
  const columns = new SampleColumns();
  const length = set.length === 0 ? 0 : set.read(0, 0, NOW * 2, columns);
  querier.close();
  return Array.from({ length }, (_, i) => {
    const h = columns.histograms?.[i];
    const time = (columns.times[i] ?? 0) - NOW;
    if (h === undefined || h.stale) return [time, h === undefined ? columns.values[i] : 'stale'];
    const { schema, count, sum, positive, customValues } = h;
    return [time, schema, count, sum, [...positive.spans], [...positive.counts], [...customValues]];
  });
}

const HISTOGRAM: SentHistogram = {
  timeMs: NOW,
  count: 7,
  sum: 3.5,
  schema: 1,
  spans: [
    [-1, 2],
    [1, 1],
  ],
  deltas: [1, 2, 0],
};

const one = (name: string, ...samples: (readonly [number, bigint])[]): SentSeries => ({
  labels: [
    ['job', 'a'],
    ['__name__', name],
  ],
  samples,
});

describe('what is taken', () => {
  it('is stored, staleness markers and other NaNs told apart', async () => {
    expect(await write(one('taken', [NOW, bitsOf(1.5)], [NOW + 1, 0x7ff8000000000001n], [NOW + 2, STALE]))).toEqual([
      204,
      '',
    ]);
    expect(stored('taken')).toEqual([
      [NOW, 1.5],
      [NOW + 1, Number.NaN],
      [NOW + 2, 'stale'],
    ]);
  });

  it('may come again, but not otherwise', async () => {
    await write(one('again', [NOW, bitsOf(1)]));
    expect((await write(one('again', [NOW, bitsOf(1)])))[0]).toBe(204);
    expect(await write(one('again', [NOW, bitsOf(2)]))).toEqual([400, 'duplicate sample for timestamp\n']);
  });

  it('loses what contradicts itself, as in Prometheus', async () => {
    const twice = [one('twice', [NOW, bitsOf(1)], [NOW - 1, bitsOf(3)]), one('twice', [NOW, bitsOf(2)])];
    expect(await write(...twice)).toEqual([204, '']);
    expect(stored('twice')).toEqual([[NOW, 1]]);
  });

  it('is all or nothing', async () => {
    await write(one('late', [NOW, bitsOf(1)]));
    expect(await write(one('first', [NOW, bitsOf(1)]), one('late', [NOW - 1, bitsOf(2)]))).toEqual([
      400,
      'out of order sample\n',
    ]);
    expect(stored('first')).toEqual([]);
    expect(stored('late')).toEqual([[NOW, 1]]);
  });

  it.each([
    ['without a name', [['job', 'a']]],
    [
      'with a label twice',
      [
        ['__name__', 'bad'],
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    [
      'with a label of no name',
      [
        ['__name__', 'bad'],
        ['', '1'],
      ],
    ],
  ] as const)('leaves series out that are %s', async (_, labels) => {
    const before = hearth.parts.writeReceiver?.invalidSeries ?? 0;
    expect(await write({ labels, samples: [[NOW, bitsOf(1)]] }, one('beside', [NOW, bitsOf(1)]))).toEqual([204, '']);
    expect(stored('bad')).toEqual([]);
    expect(stored('beside')).toEqual([[NOW, 1]]);
    expect(hearth.parts.writeReceiver?.invalidSeries).toBe(before + 1);
  });
});

describe('what is refused', () => {
  const good = compressSync(encodeWriteRequest([one('refused', [NOW, bitsOf(1)])]));
  it.each([
    ['text', good, { ...PROTOBUF, 'content-type': 'text/plain' }, 415],
    ['version 3', good, { ...PROTOBUF, 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v3' }, 415],
    ['a message of version 2 as one of version 1', compressSync(Buffer.from([0x0a, 0x01, 0x0a])), PROTOBUF, 400],
    ['gzip', good, { ...PROTOBUF, 'content-encoding': 'gzip' }, 415],
    ['no snappy', Buffer.from('hello'), PROTOBUF, 400],
    ['nothing', Buffer.alloc(0), PROTOBUF, 400],
    ['no message', compressSync(Buffer.from('hello')), PROTOBUF, 400],
    ['a bomb that says so', compressSync(Buffer.alloc(40 * 2 ** 20)), PROTOBUF, 400],
    [
      'a bomb that lies',
      Buffer.concat([Buffer.from([10]), compressSync(Buffer.alloc(2 ** 20)).subarray(3)]),
      PROTOBUF,
      400,
    ],
    ['an endless length', Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), PROTOBUF, 400],
  ] as const)('%s', async (_, body, headers, status) => {
    expect((await post(body, headers))[0]).toBe(status);
    expect(stored('refused')).toEqual([]);
  });

  it('samples from the future', async () => {
    expect(await write(one('future', [NOW + 10 * 60_000 + 1, bitsOf(1)]))).toEqual([400, 'out of bounds\n']);
  });

  it('versions that are not accepted', async () => {
    await using one = await startTestHearth({ options: { remoteWriteMessages: ['prometheus.WriteRequest'] } });
    const headers = { ...PROTOBUF, 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' };
    const response = await fetch(`${one.url('prometheus')}/api/v1/write`, { method: 'POST', headers });
    expect([response.status, await response.text()]).toEqual([
      415,
      expect.stringMatching(/only accepts prometheus\.Write/),
    ]);
  });

  it('everything where it is switched off', async () => {
    await using off = await startTestHearth({ options: { enableRemoteWriteReceiver: false } });
    const response = await fetch(`${off.url('prometheus')}/api/v1/write`, { method: 'POST', headers: PROTOBUF });
    expect([response.status, await response.text()]).toEqual([404, expect.stringMatching('--web.enable-remote-write')]);
  });
});

describe('native histograms', () => {
  it('are stored, of integers, of floats, with custom buckets, and stale', async () => {
    const custom = {
      ...HISTOGRAM,
      timeMs: NOW + 1,
      schema: -53,
      spans: [[0, 2]] as const,
      deltas: [3, 1],
      customValues: [1],
    };
    const floats = { ...HISTOGRAM, timeMs: NOW + 2, count: 1.5, deltas: [], counts: [0.25, 0.25, 1] };
    const stale = { ...HISTOGRAM, timeMs: NOW + 3, count: 0, spans: [], deltas: [], sum: Number.NaN };
    const bytes = encodeWriteRequest([{ ...one('native'), histograms: [HISTOGRAM, custom, floats, stale] }]);
    // The encoder writes the NaN of JavaScript: here it becomes the marker.
    const nan = Buffer.from([0, 0, 0, 0, 0, 0, 0xf8, 0x7f]);
    Buffer.from([2, 0, 0, 0, 0, 0, 0xf0, 0x7f]).copy(bytes, Buffer.from(bytes).indexOf(nan));
    expect(await post(compressSync(bytes))).toEqual([204, '']);
    expect(storedHistograms('native')).toEqual([
      [0, 1, 7, 3.5, [-1, 2, 1, 1], [1, 3, 3], []],
      [1, -53, 7, 3.5, [0, 2], [3, 4], [1]],
      [2, 1, 1.5, 3.5, [-1, 2, 1, 1], [0.25, 0.25, 1], []],
      [3, 'stale'],
    ]);
  });

  it('that contradict themselves fail the request', async () => {
    const [status, reason] = await write({ ...one('wrong'), histograms: [{ ...HISTOGRAM, deltas: [1] }] });
    expect([status, reason]).toEqual([400, expect.stringMatching(/spans/)]);
    expect(storedHistograms('wrong')).toEqual([]);
  });
});

describe('version 2', () => {
  const V2 = { ...PROTOBUF, 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' };

  async function writeV2(...series: SentSeries[]): Promise<[number, string, ...(string | null)[]]> {
    const body = Uint8Array.from(compressSync(encodeWriteRequestV2(series)));
    const response = await fetch(`${hearth.url('prometheus')}/api/v1/write`, { method: 'POST', headers: V2, body });
    const written = ['samples', 'histograms', 'exemplars'].map((what) =>
      response.headers.get(`x-prometheus-remote-write-${what}-written`),
    );
    return [response.status, await response.text(), ...written];
  }

  it('is stored, and counted in headers', async () => {
    hearth.parts.tsdb.resizeExemplars(100);
    const exemplar = { labels: [['id', '7']] as const, value: 2, timeMs: NOW };
    expect(
      await writeV2(
        { ...one('two', [NOW, bitsOf(1)], [NOW + 1, bitsOf(2)]), exemplars: [exemplar] },
        { ...one('two_h'), histograms: [HISTOGRAM], metadata: { type: 3, help: 'Help.', unit: '' } },
      ),
    ).toEqual([204, '', '2', '1', '1']);
    expect(stored('two')).toEqual([
      [NOW, 1],
      [NOW + 1, 2],
    ]);
    expect(storedHistograms('two_h')).toHaveLength(1);
    const found = hearth.parts.tsdb.exemplars(0, NOW, [[new Matcher('__name__', '=', 'two')]]);
    expect(found.flatMap(({ exemplars }) => exemplars)).toEqual([{ labels: ['id', '7'], value: 2, timeMs: NOW }]);
  });

  it('is stored as far as it can be; the rest is told', async () => {
    await writeV2(one('part', [NOW, bitsOf(1)]));
    expect(
      await writeV2(
        one('part', [NOW - 1, bitsOf(1)], [NOW + 5, bitsOf(2)]),
        { labels: [['job', 'a']], samples: [[NOW, bitsOf(1)]] },
        one('none'),
      ),
    ).toEqual([
      400,
      'out of order sample for series part{job="a"}\ninvalid metric name or labels, got {job="a"}\n' +
        'TimeSeries must contain at least one sample or histogram for series none{job="a"}\n',
      '1',
      '0',
      '0',
    ]);
    expect(stored('part')).toEqual([
      [NOW, 1],
      [NOW + 5, 2],
    ]);
  });
});
