import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ByteWriter } from '../byte-writer.ts';
import { SampleBatch } from '../head/append.ts';
import { HEADER_BYTES, listSegments, PAGE_BYTES } from './layout.ts';
import { RecordLog } from './record-log.ts';
import {
  decodeSamples,
  decodeSeries,
  decodeTombstones,
  encodeSamples,
  encodeSeries,
  encodeSeriesStart,
  encodeTombstones,
} from './records.ts';
import { scanSegment } from './segment-scan.ts';

let dir = '';
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-wal-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

function readAll(): Buffer[] {
  const records: Buffer[] = [];
  for (const { file } of listSegments(dir)) {
    const { damages } = scanSegment(file, (record) => records.push(Buffer.from(record)));
    expect(damages).toEqual([]);
  }
  return records;
}

/** Bytes that snappy cannot shrink. */
function noise(length: number, seed: number): Buffer {
  let state = seed | 1;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    }),
  );
}

describe('records', () => {
  test('of every size at every place of a page come back', async () => {
    const sizes = [
      1,
      7,
      127,
      128,
      129,
      5000,
      PAGE_BYTES - HEADER_BYTES - 1,
      PAGE_BYTES - HEADER_BYTES,
      PAGE_BYTES,
      100_000,
    ];
    const log = new RecordLog(dir);
    const written: Buffer[] = [];
    for (let i = 0; i < 80; i++) {
      const record =
        i % 3 === 0 ? Buffer.alloc(sizes[i % sizes.length] ?? 1, i + 1) : noise(sizes[(i * 7) % sizes.length] ?? 1, i);
      written.push(record);
      log.log(record);
    }
    expect(readAll()).toEqual(written);
    await log.close();
    expect(readAll()).toEqual(written);
    expect(fs.statSync(path.join(dir, '00000000')).size % PAGE_BYTES).toBe(0);
  });

  test('never cross segments', async () => {
    const log = new RecordLog(dir, 4 * PAGE_BYTES);
    const written = Array.from({ length: 40 }, (_, i) => noise(20_000 + i * 100, i));
    for (const record of written) log.log(record);
    await log.close();
    expect(listSegments(dir).length).toBeGreaterThan(4);
    expect(readAll()).toEqual(written);
  });

  test('a segment without records is not ended', async () => {
    const log = new RecordLog(dir);
    log.nextSegment();
    log.log(Buffer.from('x'));
    log.nextSegment();
    log.nextSegment();
    await log.close();
    expect(listSegments(dir).map(({ number }) => number)).toEqual([0, 1]);
  });

  test('cut off anywhere, a segment gives the records before the cut', async () => {
    const log = new RecordLog(dir);
    const written = Array.from({ length: 30 }, (_, i) => noise(3000 + i * 50, i));
    for (const record of written) log.log(record);
    await log.close();
    const file = path.join(dir, '00000000');
    const whole = fs.readFileSync(file);
    for (let cut = 0; cut < whole.length; cut += 997) {
      fs.writeFileSync(file, whole.subarray(0, cut));
      const records: Buffer[] = [];
      scanSegment(file, (record) => records.push(Buffer.from(record)));
      expect(records).toEqual(written.slice(0, records.length));
      expect(records.length).toBeGreaterThanOrEqual(Math.floor((cut - 7 * 10) / 4600));
    }
  });

  test('garbage is never taken for a record', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        const file = path.join(dir, 'garbage');
        fs.writeFileSync(file, bytes);
        expect(scanSegment(file, () => {}).records).toBe(0);
      }),
    );
  });
});

describe('bodies', () => {
  const timestamp = fc.integer({ min: -(2 ** 45), max: 2 ** 45 });
  const ref = fc.oneof(fc.nat(), fc.integer({ min: 1, max: 2 ** 50 }));

  test('samples come back bit for bit', () => {
    const sample = fc.tuple(ref, timestamp, fc.nat(0xffffffff), fc.nat(0xffffffff));
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 50 }), (samples) => {
        const batch = new SampleBatch();
        for (const [r, t, low, high] of samples) {
          const i = batch.length++;
          batch.refs[i] = r;
          batch.times[i] = t;
          batch.halves[2 * i] = low;
          batch.halves[2 * i + 1] = high;
        }
        const out = new ByteWriter(8);
        encodeSamples(out, batch);
        const back = new SampleBatch();
        decodeSamples(out.written(), back);
        const read = Array.from({ length: back.length }, (_, i) => [
          back.refs[i],
          back.times[i],
          back.halves[2 * i],
          back.halves[2 * i + 1],
        ]);
        expect(read).toEqual(samples);
      }),
    );
  });

  test('series and tombstones come back', () => {
    const labels = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(fc.tuple(ref, labels), { maxLength: 10 }), (series) => {
        const out = new ByteWriter(8);
        encodeSeriesStart(out);
        const expected = series.map(([r, pairs]) => [r, pairs.flat().map((text) => Buffer.from(text).toString())]);
        for (const [r, pairs] of series) encodeSeries(out, r, pairs.flat());
        const read: unknown[] = [];
        decodeSeries(Buffer.from(out.written()), (r, texts) => read.push([r, [...texts]]));
        expect(read).toEqual(expected);
      }),
    );
    const stones = [{ ref: 7, minTimeMs: -5, maxTimeMs: 1_700_000_000_000 }];
    const out = new ByteWriter(8);
    encodeTombstones(out, stones);
    expect(decodeTombstones(out.written())).toEqual(stones);
  });
});
