import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { crc32c } from '@node-rs/crc32';
import { compressSync, uncompressSync } from 'snappy';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { labelsFromRecord } from '../../model/labels.ts';
import { type NativeHistogram, NO_BUCKETS } from '../../model/native-histogram.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { isStaleAt } from '../../model/staleness.ts';
import { decodeWriteRequest } from '../../remote/write-request.ts';
import { decodeChunk } from '../../tsdb/chunk/decode-chunk.ts';
import { startTestHearth, type TestHearth } from '../test-hearth.ts';

const NOW = 1_700_000_000_000;
const NESTED = WireType.LengthDelimited;

const HISTOGRAM: NativeHistogram = {
  schema: 2,
  integer: true,
  counterReset: 'unknown',
  zeroThreshold: 0.5,
  zeroCount: 1,
  count: 8,
  sum: 12.5,
  stale: false,
  positive: { spans: Int32Array.of(3, 2, 1, 1), counts: Float64Array.of(1, 4, 2) },
  negative: NO_BUCKETS,
  customValues: new Float64Array(0),
};

let hearth: TestHearth;
beforeAll(async () => {
  hearth = await startTestHearth({ prometheus: 'global: { external_labels: { region: eu, job: other } }' });
  const appender = hearth.parts.tsdb.appender();
  const ref = appender.series(labelsFromRecord({ __name__: 'm', job: 'a', id: '2' }));
  for (let i = 0; i < 300; i++) appender.append(ref, NOW - 300 + i, i / 3);
  appender.appendStale(ref, NOW);
  const second = appender.series(labelsFromRecord({ __name__: 'm', id: '1' }));
  appender.appendHistogram(second, NOW - 1, HISTOGRAM);
  appender.append(appender.series(labelsFromRecord({ __name__: 'other' })), NOW, 1);
  appender.commit();
});
afterAll(() => hearth[Symbol.asyncDispose]());

function query(matchers: readonly (readonly [type: number, name: string, value: string])[], types: readonly number[]) {
  const writer = new BinaryWriter().tag(1, NESTED).fork();
  writer
    .tag(1, WireType.Varint)
    .int64(NOW - 200)
    .tag(2, WireType.Varint)
    .int64(NOW);
  for (const [type, name, value] of matchers)
    writer
      .tag(3, NESTED)
      .fork()
      .tag(1, WireType.Varint)
      .int32(type)
      .tag(2, NESTED)
      .string(name)
      .tag(3, NESTED)
      .string(value)
      .join();
  writer.join();
  for (const type of types) writer.tag(2, WireType.Varint).int32(type);
  return compressSync(Buffer.from(writer.finish()));
}

async function ask(body: Uint8Array): Promise<[status: number, type: string | null, bytes: Buffer]> {
  const response = await fetch(`${hearth.url('prometheus')}/api/v1/read`, {
    method: 'POST',
    body: Uint8Array.from(body),
  });
  return [response.status, response.headers.get('content-type'), Buffer.from(await response.arrayBuffer())];
}

it('answers with samples, external labels added, by labels', async () => {
  const [status, type, packed] = await ask(
    query(
      [
        [0, '__name__', 'm'],
        [0, 'region', 'eu'],
      ],
      [],
    ),
  );
  expect([status, type]).toEqual([200, 'application/x-protobuf']);
  // A QueryResult has the same first field as a WriteRequest: its series.
  const reader = new BinaryReader(uncompressSync(packed) as Buffer);
  reader.tag();
  const columns = new SampleColumns();
  const series = decodeWriteRequest(reader.bytes(), columns);
  expect(series.map(({ labels }) => labels)).toEqual([
    ['__name__', 'm', 'id', '1', 'job', 'other', 'region', 'eu'],
    ['__name__', 'm', 'id', '2', 'job', 'a', 'region', 'eu'],
  ]);
  expect(series[0]?.histograms).toEqual([{ timeMs: NOW - 1, histogram: HISTOGRAM }]);
  expect(columns.length).toBe(201);
  expect([columns.times[0], columns.values[0]]).toEqual([NOW - 200, 100 / 3]);
  expect(isStaleAt(columns.halves, 200)).toBe(true);
});

it('streams chunks when that is asked for first', async () => {
  const [status, type, bytes] = await ask(
    query(
      [
        [2, '__name__', 'm|other'],
        [1, '__name__', 'other'],
      ],
      [1, 0],
    ),
  );
  expect([status, type]).toEqual([200, 'application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse']);
  const found: [id: string, encodings: number[], samples: number][] = [];
  for (let pos = 0; pos < bytes.length; ) {
    const head = new BinaryReader(bytes.subarray(pos));
    const length = head.uint32();
    const start = pos + head.pos + 4;
    const message = bytes.subarray(start, start + length);
    expect(bytes.readUInt32BE(start - 4)).toBe(crc32c(message));
    found.push(chunked(message));
    pos = start + length;
  }
  expect(found).toEqual([
    ['1', [2], 1],
    ['2', [1, 1], 201],
  ]);
});

/** What a ChunkedReadResponse has: the label `id`, and its chunks. */
function chunked(message: Uint8Array): [id: string, encodings: number[], samples: number] {
  const outer = new BinaryReader(message);
  outer.tag();
  const series = new BinaryReader(outer.bytes());
  const labels: Record<string, string> = {};
  const encodings: number[] = [];
  const columns = new SampleColumns();
  while (series.pos < series.len) {
    const [field] = series.tag();
    const part = new BinaryReader(series.bytes());
    const values: unknown[] = [];
    while (part.pos < part.len) {
      const [, type] = part.tag();
      values.push(type === NESTED ? part.bytes() : Number(part.int64()));
    }
    if (field === 1)
      labels[Buffer.from(values[0] as Uint8Array).toString()] = Buffer.from(values[1] as Uint8Array).toString();
    else {
      encodings.push(values[2] as number);
      const bytes = values[3] as Uint8Array;
      const padded = new Uint8Array(bytes.length + 8); // decoders read ahead
      padded.set(bytes);
      decodeChunk(
        {
          encoding: values[2] as number,
          bytes: padded,
          start: 0,
          end: bytes.length,
          count: (bytes[0]! << 8) | bytes[1]!,
        },
        0,
        NOW,
        columns,
      );
    }
  }
  return [labels.id ?? '', encodings, columns.length];
}

it.each([
  ['no snappy', Buffer.from('hello'), /snappy/],
  ['a bad expression', query([[2, '__name__', '(']], []), /missing closing|error parsing/],
  ['unknown response types only', query([], [7]), /does not support any of the requested response types/],
])('refuses %s', async (_, body, reason) => {
  const [status, , bytes] = await ask(body);
  expect(status).toBe(400);
  expect(bytes.toString()).toMatch(reason);
});
