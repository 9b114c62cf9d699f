import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram, STALE_HISTOGRAM } from '../../model/native-histogram.ts';
import { ByteWriter } from '../byte-writer.ts';
import { CorruptionError } from '../errors.ts';
import { SampleBatch } from '../head/append.ts';
import { histogramOf } from '../test-histograms.ts';
import {
  decodeHistograms,
  encodeHistograms,
  isHistogramRecord,
  type RefHistogram,
  recordTypeOf,
} from './histogram-records.ts';
import { decodeSamplesV2 } from './records.ts';

const buckets = fc.dictionary(
  fc.integer({ min: -30, max: 30 }).map(String),
  fc.oneof(fc.nat(50), fc.nat(2 ** 31 - 1), fc.constant(2 ** 52)),
  { maxKeys: 8 },
);

const histogram = fc
  .record({
    integer: fc.boolean(),
    isCustom: fc.boolean(),
    isStale: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    counterReset: fc.constantFrom('unknown' as const, 'reset' as const, 'not-reset' as const, 'gauge' as const),
    sum: fc.oneof(fc.double(), fc.constant(Number.NaN)),
    zeroCount: fc.nat(),
    positive: buckets,
    negative: buckets,
  })
  .map(({ integer, isCustom, isStale, counterReset, sum, zeroCount, positive, negative }): NativeHistogram => {
    if (isStale) return { ...STALE_HISTOGRAM, integer, counterReset };
    const customValues = Float64Array.of(-1, 0.5, 2);
    if (isCustom) {
      return histogramOf(
        { integer, counterReset, sum, schema: CUSTOM_BUCKETS_SCHEMA, zeroThreshold: 0, customValues },
        positive,
      );
    }
    return histogramOf({ integer, counterReset, sum, zeroCount }, positive, negative);
  });

const entries = fc.array(
  fc.record({
    ref: fc.integer({ min: 1, max: 2 ** 40 }),
    timeMs: fc.integer({ min: -(2 ** 40), max: 2 ** 42 }),
    histogram,
  }),
  { maxLength: 12 },
);

function records(list: readonly RefHistogram[]): Buffer[] {
  const out = new ByteWriter();
  const found: Buffer[] = [];
  const columns = {
    refs: list.map((entry) => entry.ref),
    times: list.map((entry) => entry.timeMs),
    histograms: list.map((entry) => entry.histogram),
  };
  encodeHistograms(out, columns, { from: 0, to: list.length }, () => found.push(Buffer.from(out.written())));
  return found;
}

test('what is written is read, a record a kind', () => {
  fc.assert(
    fc.property(entries, (list) => {
      const written = records(list);
      expect(written.every((record) => isHistogramRecord(record[0] ?? 0))).toBe(true);
      const kinds = [...new Set(list.map((entry) => recordTypeOf(entry.histogram)))].sort((a, b) => a - b);
      expect(written.map((record) => record[0])).toEqual(kinds);
      const sorted = kinds.flatMap((kind) => list.filter((entry) => recordTypeOf(entry.histogram) === kind));
      expect(written.flatMap(decodeHistograms)).toEqual(sorted);
    }),
  );
});

test('garbled records are refused or read as something', () => {
  fc.assert(
    fc.property(entries, fc.nat(), fc.nat(255), fc.boolean(), (list, at, byte, isCut) => {
      for (const record of records(list)) {
        record[1 + (at % (record.length - 1))] = byte;
        try {
          decodeHistograms(isCut ? record.subarray(0, 1 + (at % record.length)) : record);
        } catch (error) {
          if (!(error instanceof CorruptionError)) throw error;
        }
      }
    }),
    { numRuns: 2000 },
  );
});

/** Records of version 2, as their description has them: refs follow the one before, times the first. */
function secondVersion(type: number, list: readonly { ref: number; timeMs: number; body: Buffer }[]): Buffer {
  const out = new ByteWriter();
  out.u8(type);
  list.forEach(({ ref, timeMs, body }, i) => {
    out.varint(ref - (list[i - 1]?.ref ?? 0));
    out.varint(timeMs - (i === 0 ? 0 : (list[0]?.timeMs ?? 0)));
    if (i === 0) {
      out.varint(timeMs - 60_000);
    } else {
      out.u8(i % 3);
      if (i % 3 === 2) out.varint(-i);
    }
    out.raw(body);
  });
  return Buffer.from(out.written());
}

/** A histogram as it stands in a record: behind type, first ref and time, and differences of 0. */
const bodyOf = (h: NativeHistogram) =>
  (records([{ ref: 1, timeMs: 1, histogram: h }])[0] ?? Buffer.alloc(0)).subarray(19);

test('records with start times', () => {
  fc.assert(
    fc.property(entries, fc.boolean(), (list, integer) => {
      const some = list.filter((entry) => entry.histogram.integer === integer);
      const bodies = some.map(({ ref, timeMs, histogram: h }) => ({ ref, timeMs, body: bodyOf(h) }));
      expect(decodeHistograms(secondVersion(integer ? 12 : 13, bodies))).toEqual(some);
    }),
  );
  const value = Buffer.alloc(8);
  value.writeDoubleBE(1.5);
  const batch = new SampleBatch();
  decodeSamplesV2(
    secondVersion(
      11,
      [7, 9, 8, 8].map((ref, i) => ({ ref, timeMs: 1000 + i, body: value })),
    ),
    batch,
  );
  expect([...batch.refs.subarray(0, batch.length)]).toEqual([7, 9, 8, 8]);
  expect([...batch.times.subarray(0, 4)]).toEqual([1000, 1001, 1002, 1003]);
  expect([...batch.values.subarray(0, 4)]).toEqual([1.5, 1.5, 1.5, 1.5]);
});
