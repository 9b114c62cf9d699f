import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CorruptChunkError } from '../../kernels/xor-chunk.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { histogramOf } from '../test-histograms.ts';
import { BitWriter } from './bit-writer.ts';
import { decodeChunk, sampleCountOf } from './decode-chunk.ts';
import { HistogramEncoder } from './histogram-encoder.ts';
import { encodeXor2, type PlainSample, pack, startTimeBits } from './start-times.reference.ts';

const bitsOf = (value: number) => new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
const STALE = 0x7ff0000000000002n;

const value = fc.oneof(
  fc.constantFrom(0n, bitsOf(1), bitsOf(-0), bitsOf(Number.NaN), STALE, STALE, 0xffffffffffffffffn),
  fc.double({ noNaN: true }).map(bitsOf),
  fc.nat(9).map(bitsOf),
);
const gap = fc.oneof(
  fc.constant(15_000n),
  fc.constantFrom(1n, 15_001n, 19_095n, 19_096n, 600_000n, 2n ** 40n),
  fc.nat(30_000).map((n) => BigInt(n + 1)),
);
/** How long before the sample its counting began; undefined: since when it did before. */
const since = fc.oneof(
  fc.constant(undefined),
  fc.constant(undefined),
  fc.constant(0n),
  fc.bigInt({ min: 1n, max: 10n ** 9n }),
);

const samples = fc
  .tuple(fc.array(fc.tuple(value, gap, since), { minLength: 1, maxLength: 160 }), fc.boolean())
  .map(([steps, hasStarts]) => {
    let timeMs = 1_700_000_000_000n;
    let startMs = 0n;
    return steps.map(([v, g, s]): PlainSample => {
      timeMs += g;
      if (hasStarts && s !== undefined) startMs = s === 0n ? 0n : timeMs - s;
      return { timeMs, value: v, startMs };
    });
  });

function expectSame(columns: SampleColumns, wanted: readonly PlainSample[]): void {
  const { length } = wanted;
  expect(columns.length).toBe(length);
  expect(Array.from(columns.times.subarray(0, length), BigInt)).toEqual(wanted.map((s) => s.timeMs));
  const starts =
    columns.startTimes === null ? wanted.map(() => 0n) : Array.from(columns.startTimes.subarray(0, length), BigInt);
  expect(starts).toEqual(wanted.map((s) => s.startMs));
}

test('XOR2 chunks', () => {
  fc.assert(
    fc.property(samples, (wanted) => {
      const bytes = encodeXor2(wanted);
      const chunk = { encoding: 4, bytes, start: 0, end: bytes.length, count: sampleCountOf(4, bytes, 0) };
      const columns = new SampleColumns();
      decodeChunk(chunk, -Infinity, Infinity, columns);
      expectSame(columns, wanted);
      const values = new BigUint64Array(columns.values.buffer).subarray(0, wanted.length);
      expect(Array.from(values)).toEqual(wanted.map((s) => s.value));
      columns.clear();
      const [min, max] = [Number(wanted[1]?.timeMs ?? 0n), Number(wanted.at(-2)?.timeMs ?? 0n)];
      decodeChunk(chunk, min, max, columns);
      expectSame(
        columns,
        wanted.filter((s) => s.timeMs >= min && s.timeMs <= max),
      );
    }),
    { numRuns: 300 },
  );
});

test.each([true, false])('histogram chunks with start times; integers: %s', (integer) => {
  fc.assert(
    fc.property(samples, (wanted) => {
      const out = new BitWriter();
      const histograms = wanted.map((s, i) =>
        s.value === STALE ? null : histogramOf({ integer, sum: i / 3 }, { 1: i, 4: 2 * i }, { 2: i }),
      );
      const untilStale = histograms.indexOf(null);
      const kept = untilStale < 0 ? wanted : wanted.slice(0, untilStale);
      if (kept.length === 0) return;
      const { header, behind } = startTimeBits(kept);
      let text = '';
      let encoder: HistogramEncoder | null = null;
      kept.forEach(({ timeMs }, i) => {
        const h = histograms[i];
        if (h === null || h === undefined) return;
        encoder ??= new HistogramEncoder(h, 2);
        const from = out.bit;
        encoder.append(out, Number(timeMs), h);
        text += bitsBetween(out, from, out.bit) + behind[i];
      });
      const bytes = pack(text);
      bytes.writeUInt16BE(0x8000 | kept.length, 0);
      bytes[2] = header;
      const encoding = integer ? 5 : 6;
      const chunk = { encoding, bytes, start: 0, end: bytes.length, count: sampleCountOf(encoding, bytes, 0) };
      const columns = new SampleColumns();
      decodeChunk(chunk, -Infinity, Infinity, columns);
      expectSame(columns, kept);
      expect(columns.histograms?.map((h) => [h?.count, h?.sum, [...(h?.positive.counts ?? [])]])).toEqual(
        histograms.slice(0, kept.length).map((h) => [h?.count, h?.sum, [...(h?.positive.counts ?? [])]]),
      );
      expect(columns.histograms?.[0]?.counterReset).toBe('unknown');
    }),
    { numRuns: 150 },
  );
});

function bitsBetween(out: BitWriter, from: number, to: number): string {
  let text = '';
  for (let bit = from; bit < to; bit++) text += ((out.bytes[bit >>> 3] ?? 0) >>> (7 - (bit & 7))) & 1;
  return text;
}

test('chunks of several kinds one behind the other', () => {
  const columns = new SampleColumns(2);
  const floats = encodeXor2([{ timeMs: 1n, value: bitsOf(7), startMs: 1n }]);
  decodeChunk({ encoding: 4, bytes: floats, start: 0, end: floats.length, count: 1 }, 0, 9, columns);
  const out = new BitWriter();
  const h = histogramOf({}, { 1: 2 });
  new HistogramEncoder(h, 0).append(out, 2, h);
  decodeChunk({ encoding: 2, bytes: out.bytes, start: 0, end: out.byteLength, count: 1 }, 0, 9, columns);
  const last = encodeXor2([{ timeMs: 3n, value: bitsOf(8), startMs: 0n }]);
  decodeChunk({ encoding: 4, bytes: last, start: 0, end: last.length, count: 1 }, 0, 9, columns);
  expect(Array.from(columns.startTimes?.subarray(0, 3) ?? [])).toEqual([1, 0, 0]);
  expect(columns.histograms?.slice(0, 3).map((found) => found?.count)).toEqual([undefined, 2, undefined]);
  expect(Array.from(columns.values.subarray(0, 3))).toEqual([7, 17.5, 8]);
});

test('garbled bytes are refused or read as something, never more', () => {
  const wanted = Array.from({ length: 40 }, (_, i) => ({
    timeMs: BigInt(i * 1000),
    value: bitsOf(Math.sin(i)),
    startMs: BigInt(i),
  }));
  const good = encodeXor2(wanted);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), fc.integer({ min: 0, max: good.length }), (at, byte, end) => {
      const bytes = Buffer.from(good);
      bytes[at] = byte;
      const columns = new SampleColumns();
      try {
        decodeChunk({ encoding: 4, bytes, start: 0, end, count: 40 }, -Infinity, Infinity, columns);
      } catch (error) {
        if (!(error instanceof CorruptChunkError)) throw error;
      }
      expect(columns.length).toBeLessThanOrEqual(40);
    }),
    { numRuns: 2000 },
  );
});
