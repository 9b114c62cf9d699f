import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CorruptChunkError } from '../../kernels/xor-chunk.ts';
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram, STALE_HISTOGRAM } from '../../model/native-histogram.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { BitReader } from './bit-reader.ts';
import { BitWriter } from './bit-writer.ts';
import { decodeChunk } from './decode-chunk.ts';
import { HistogramChunkWriter, type WrittenChunk } from './histogram-chunks.ts';

const edge = [1, 3, 4, 7, 8, 31, 32, 63, 64, 255, 256, 511, 512, 2047, 2048, 4095, 4096];
const edges = [...edge, ...[17, 18, 24, 25, 31, 32, 33, 52].flatMap((n) => [2 ** n - 1, 2 ** n, 2 ** n + 1])];

describe('varbit numbers', () => {
  test('at the edges of every width', () => {
    const out = new BitWriter();
    const values = [0, ...edges, ...edges.map((n) => -n)];
    out.reserve(80 * 3 * values.length);
    out.bits(1, 1);
    for (const value of values) out.varbitInt(value);
    for (const value of edges) out.varbitUint(value);
    const reader = new BitReader(out.bytes, 0, out.byteLength);
    reader.bits(1);
    expect(values.map(() => reader.varbitInt())).toEqual(values);
    expect(edges.map(() => reader.varbitUint())).toEqual(edges);
    expect(reader.bitsLeft).toBeLessThan(8);
  });

  test.each([
    [0, '0'],
    [4, '10100'],
    [-3, '10101'],
    [5, '110000101'],
    [-31, '110100001'],
    [256, '1110100000000'],
    [-2047, `11110${(4096 - 2047).toString(2)}`],
    [131072, `1111101${'0'.repeat(17)}`],
    [-(2 ** 24) + 1, `11111101${'0'.repeat(23)}1`],
    [2 ** 25, `11111110${(2 ** 25).toString(2).padStart(56, '0')}`],
    [-(2 ** 25), `11111110${(2n ** 56n - 2n ** 25n).toString(2)}`],
  ])('%i is %s', (value, bits) => {
    const out = new BitWriter();
    out.varbitInt(value);
    const all = Array.from(out.bytes.subarray(0, out.byteLength), (byte) => byte.toString(2).padStart(8, '0')).join('');
    expect(all.slice(0, out.bit)).toBe(bits);
  });
});

/** Absolute counts by bucket index, as a test thinks of them. */
type Buckets = Readonly<Record<string, number>>;

function spansOf(buckets: Buckets): NativeHistogram['positive'] {
  const spans: number[] = [];
  const counts: number[] = [];
  let next = 0;
  for (const index of Object.keys(buckets)
    .map(Number)
    .sort((a, b) => a - b)) {
    if (spans.length > 0 && index === next) spans[spans.length - 1] = (spans.at(-1) ?? 0) + 1;
    else spans.push(index - next, 1);
    counts.push(buckets[index] ?? 0);
    next = index + 1;
  }
  return { spans: Int32Array.from(spans), counts: Float64Array.from(counts) };
}

function histogram(
  parts: Partial<Omit<NativeHistogram, 'positive' | 'negative'>>,
  positive: Buckets,
  negative: Buckets = {},
) {
  const sum = [...Object.values(positive), ...Object.values(negative)].reduce((a, b) => a + b, parts.zeroCount ?? 0);
  const h: NativeHistogram = {
    schema: 3,
    integer: true,
    counterReset: 'unknown',
    zeroThreshold: 2 ** -128,
    zeroCount: 0,
    count: sum,
    sum: 17.5,
    stale: false,
    customValues: new Float64Array(0),
    ...parts,
    positive: spansOf(positive),
    negative: spansOf(negative),
  };
  return h;
}

interface Copied extends WrittenChunk {
  readonly header: number;
}

function encode(samples: readonly (readonly [number, NativeHistogram])[], maxSamples = 1000): Copied[] {
  const columns = new SampleColumns(samples.length);
  columns.histograms = samples.map(([, h]) => h);
  samples.forEach(([t], i) => {
    columns.times[i] = t;
  });
  columns.length = samples.length;
  const chunks: Copied[] = [];
  new HistogramChunkWriter(maxSamples).write(columns, 0, samples.length, (chunk) => {
    chunks.push({ ...chunk, bytes: chunk.bytes.slice(0, chunk.end), header: (chunk.bytes[2] ?? 0) >>> 6 });
  });
  return chunks;
}

/** Without empty buckets, spans as indexes: equal where the samples are. */
function plain(h: NativeHistogram | undefined) {
  if (h === undefined) return undefined;
  if (h.stale) return 'stale';
  const of = ({ spans, counts }: NativeHistogram['positive']) => {
    const found: Record<string, number> = {};
    let next = 0;
    let at = 0;
    for (let s = 0; s < spans.length; s += 2) {
      next += spans[s] ?? 0;
      for (let k = spans[s + 1] ?? 0; k > 0; k--, next++) {
        const count = counts[at++] ?? 0;
        if (count !== 0) found[next] = count;
      }
    }
    return found;
  };
  const { schema, integer, zeroThreshold, zeroCount, count, sum } = h;
  return {
    schema,
    integer,
    zeroThreshold,
    zeroCount,
    count,
    sum,
    customValues: [...h.customValues],
    p: of(h.positive),
    n: of(h.negative),
  };
}

function decode(chunks: readonly Copied[], min = -Infinity, max = Infinity): SampleColumns {
  const columns = new SampleColumns();
  for (const chunk of chunks) decodeChunk({ ...chunk, count: chunk.sampleCount }, min, max, columns);
  return columns;
}

const bucketIndex = fc.integer({ min: -20, max: 20 });
const counts = (integer: boolean) =>
  fc.dictionary(
    bucketIndex.map(String),
    integer ? fc.oneof(fc.nat(10), fc.nat(1e6), fc.nat(2 ** 40)) : fc.double({ min: 0, max: 1e9, noNaN: true }),
    { maxKeys: 12 },
  );

const sample = (integer: boolean) =>
  fc.record({
    gapMs: fc.oneof(fc.constant(15_000), fc.integer({ min: 1, max: 1e9 })),
    grows: fc.boolean(),
    positive: counts(integer),
    negative: counts(integer),
    zeroCount: fc.nat(100),
    sum: fc.oneof(fc.double(), fc.constant(NaN), fc.nat(1000)),
    hint: fc.constantFrom(
      'unknown' as const,
      'reset' as const,
      'not-reset' as const,
      'gauge' as const,
      'unknown' as const,
    ),
    schema: fc.constantFrom(3, 3, 3, 3, 3, 3, 0, -4, 8),
    zeroThreshold: fc.constantFrom(0, 2 ** -128, 2 ** -128, 2 ** -128, 0.3, 1024),
    staleAfter: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  });

function add(a: Buckets, b: Buckets): Buckets {
  const sum: Record<string, number> = { ...a };
  for (const [index, count] of Object.entries(b)) sum[index] = (sum[index] ?? 0) + count;
  return sum;
}

test('a chunk far from the beginning of a large memory', () => {
  const samples = Array.from({ length: 20 }, (_, i): [number, NativeHistogram] => [
    i,
    histogram({}, { 1: i, 5: 3 * i }),
  ]);
  const [chunk] = encode(samples);
  if (chunk === undefined) throw new Error('no chunk');
  const start = 700 * 1024 * 1024;
  const bytes = new Uint8Array(start + 4096); // untouched pages take no memory
  bytes.set(chunk.bytes, start);
  const columns = new SampleColumns();
  decodeChunk({ ...chunk, bytes, start, end: start + chunk.end, count: 20 }, -Infinity, Infinity, columns);
  expect(columns.histograms?.map(plain)).toEqual(samples.map(([, h]) => plain(h)));
});

describe.each([true, false])('integers: %s', (integer) => {
  test('what is encoded is decoded, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(sample(integer), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        (steps, max) => {
          const samples: [number, NativeHistogram][] = [];
          let t = 1.7e12;
          let positive: Buckets = {};
          let negative: Buckets = {};
          for (const step of steps) {
            t += step.gapMs;
            positive = step.grows ? add(positive, step.positive) : step.positive;
            negative = step.grows ? add(negative, step.negative) : step.negative;
            const { schema, zeroThreshold, zeroCount, sum, hint } = step;
            samples.push([
              t,
              histogram({ integer, schema, zeroThreshold, zeroCount, sum, counterReset: hint }, positive, negative),
            ]);
            if (step.staleAfter) samples.push([++t, { ...STALE_HISTOGRAM, integer }]);
          }
          const chunks = encode(samples, max);
          const decoded = decode(chunks);
          expect(decoded.length).toBe(samples.length);
          expect(Array.from(decoded.times.subarray(0, samples.length))).toEqual(samples.map(([time]) => time));
          expect(decoded.histograms?.map(plain)).toEqual(samples.map(([, h]) => plain(h)));
          for (const [i, [, h]] of samples.entries()) {
            expect(Number.isNaN(decoded.values[i])).toBe(h.stale || Number.isNaN(h.sum));
            if (h.counterReset === 'gauge') expect(decoded.histograms?.[i]?.counterReset).toBe('gauge');
            else if (h.counterReset === 'reset') expect(decoded.histograms?.[i]?.counterReset).toBe('unknown');
          }
          expect(chunks.every((chunk) => chunk.sampleCount <= max)).toBe(true);
          const some = decode(chunks, samples[1]?.[0] ?? 0, t - 1);
          expect(some.length).toBe(samples.filter(([time]) => time >= (samples[1]?.[0] ?? 0) && time <= t - 1).length);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('garbled bytes are refused or read as something, never more', () => {
    const samples = Array.from({ length: 40 }, (_, i): [number, NativeHistogram] => [
      1000 * i,
      histogram({ integer, sum: i * 1.5 }, { 1: i, 2: i * i, 7: i }, { 3: i }),
    ]);
    const [chunk] = encode(samples);
    if (chunk === undefined) throw new Error('no chunk');
    fc.assert(
      fc.property(fc.nat(chunk.end - 1), fc.nat(255), fc.integer({ min: 3, max: chunk.end }), (at, byte, end) => {
        const bytes = chunk.bytes.slice();
        bytes[at] = byte;
        const columns = new SampleColumns();
        try {
          decodeChunk({ ...chunk, bytes, end, count: 40 }, -Infinity, Infinity, columns);
        } catch (error) {
          if (!(error instanceof CorruptChunkError)) throw error;
        }
        expect(columns.length).toBeLessThanOrEqual(40);
      }),
      { numRuns: 2000 },
    );
  });

  /** Buckets of the first and of the second, what else the second has; lengths of the chunks, header of the last. */
  test.each([
    ['the same buckets', { 1: 1, 2: 2 }, { 1: 1, 2: 3 }, {}, '2 0'],
    ['more buckets', { 1: 1, 2: 2 }, { 0: 5, 1: 1, 2: 3, 9: 1 }, {}, '2 0'],
    ['an empty bucket is gone', { 1: 1, 2: 0 }, { 1: 1 }, {}, '2 0'],
    ['a bucket is gone', { 1: 1, 2: 2 }, { 1: 10 }, {}, '1 1 2'],
    ['a bucket fell', { 1: 1, 2: 2 }, { 1: 10, 2: 1 }, {}, '1 1 2'],
    ['fewer observations', { 1: 1, 2: 2 }, { 1: 2 }, {}, '1 1 2'],
    ['another schema', { 1: 1 }, { 1: 2 }, { schema: 2 }, '1 1 0'],
    ['another zero threshold', { 1: 1 }, { 1: 2 }, { zeroThreshold: 1 }, '1 1 0'],
    ['a reset is told', { 1: 1 }, { 1: 2 }, { counterReset: 'reset' as const }, '1 1 2'],
    ['a gauge follows', { 1: 1 }, { 1: 2 }, { counterReset: 'gauge' as const }, '1 1 3'],
  ])('%s', (_, first, second, parts, expected) => {
    const chunks = encode([
      [1, histogram({ integer }, first)],
      [2, histogram({ integer, ...parts }, second)],
    ]);
    expect([...chunks.map((chunk) => chunk.sampleCount), chunks.at(-1)?.header].join(' ')).toBe(expected);
  });

  test('gauges come and go in one chunk', () => {
    const gauge = { integer, counterReset: 'gauge' as const };
    const samples: [number, NativeHistogram][] = [
      [1, histogram(gauge, { 1: 7 })],
      [2, histogram(gauge, { 3: 2, 4: 1 }, { 1: 2 })],
      [3, histogram(gauge, {})],
      [4, { ...STALE_HISTOGRAM, integer, counterReset: 'gauge' }],
    ];
    const chunks = encode(samples);
    expect(chunks.map((chunk) => [chunk.sampleCount, chunk.header])).toEqual([[4, 3]]);
    expect(decode(chunks).histograms?.map(plain)).toEqual(samples.map(([, h]) => plain(h)));
  });

  test('custom bounds', () => {
    const customValues = Float64Array.of(-1, 0, 0.005, 0.25, 1, 2.5, 33554.43, 33554.431, 1e300);
    const parts = { integer, schema: CUSTOM_BUCKETS_SCHEMA, zeroThreshold: 0, customValues };
    const samples: [number, NativeHistogram][] = [
      [1, histogram(parts, { 0: 1, 4: 2 })],
      [2, histogram(parts, { 0: 1, 4: 3, 9: 1 })],
      [3, histogram({ ...parts, customValues: Float64Array.of(1, 2) }, { 0: 10, 2: 3 })],
    ];
    const chunks = encode(samples);
    expect(chunks.map((chunk) => [chunk.sampleCount, chunk.header])).toEqual([
      [2, 0],
      [1, 2],
    ]);
    expect(decode(chunks).histograms?.map(plain)).toEqual(samples.map(([, h]) => plain(h)));
  });
});
