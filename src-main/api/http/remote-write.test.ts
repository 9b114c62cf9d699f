import { compressSync } from 'snappy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Matcher } from '../../model/matcher.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { isStaleAt } from '../../model/staleness.ts';
import { bitsOf, encodeWriteRequest, type SentSeries } from '../../remote/test-write-request.ts';
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
    [
      'version 2',
      good,
      { ...PROTOBUF, 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' },
      415,
    ],
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

  it('native histograms', async () => {
    expect((await write({ ...one('native'), histograms: 1 }))[0]).toBe(400);
  });

  it('everything where it is switched off', async () => {
    await using off = await startTestHearth({ options: { enableRemoteWriteReceiver: false } });
    const response = await fetch(`${off.url('prometheus')}/api/v1/write`, { method: 'POST', headers: PROTOBUF });
    expect([response.status, await response.text()]).toEqual([404, expect.stringMatching('--web.enable-remote-write')]);
  });
});
