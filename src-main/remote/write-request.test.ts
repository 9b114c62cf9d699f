import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SampleColumns } from '../model/sample-columns.ts';
import { bitsOf, encodeWriteRequest } from './test-write-request.ts';
import { decodeWriteRequest } from './write-request.ts';

const series = fc.record({
  labels: fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), { maxLength: 4 }),
  samples: fc.array(
    fc.tuple(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    { maxLength: 4 },
  ),
  histograms: fc.nat(1),
});

it('reads what was sent, bit for bit', () => {
  fc.assert(
    fc.property(fc.array(series, { maxLength: 4 }), (sent) => {
      const columns = new SampleColumns();
      const read = decodeWriteRequest(encodeWriteRequest(sent), columns);
      const bits = new BigUint64Array(columns.values.buffer, columns.values.byteOffset, columns.length);
      expect(
        read.map(({ labels, from, to, histograms }) => ({
          labels,
          samples: Array.from({ length: to - from }, (_, i) => [columns.times[from + i], bits[from + i]]),
          histograms: histograms.length,
        })),
      ).toEqual(
        sent.map(({ labels, samples, histograms }) => ({
          labels: labels.flat(),
          samples,
          histograms,
        })),
      );
    }),
  );
});

it('refuses every message cut short, and never reads beyond its end', () => {
  const sent = encodeWriteRequest([{ labels: [['__name__', 'a']], samples: [[1, bitsOf(2)]] }]);
  const whole = decodeWriteRequest(sent, new SampleColumns());
  for (let length = 1; length < sent.length; length++) {
    const cut = sent.subarray(0, length);
    try {
      // What ends between two fields is a message too, with less in it.
      expect(decodeWriteRequest(cut, new SampleColumns()).length).toBeLessThanOrEqual(whole.length);
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
  }
});

it('survives any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeWriteRequest(bytes, new SampleColumns());
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
  );
});
