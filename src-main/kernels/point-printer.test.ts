import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newPointPrinter } from './point-printer.ts';

/** Go's form of what JavaScript prints: exponents of at least two digits. */
function shortest(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  return Object.is(value, -0) ? '-0' : String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

function print(values: readonly number[], present: readonly number[] = values.map(() => 1)): string {
  const printer = newPointPrinter(values.map((_, k) => `,[${k},"`));
  let text = '';
  printer?.print(Float64Array.from([7, ...values]), Uint8Array.from([1, ...present]), 1, (piece) => {
    text += Buffer.from(piece).toString('latin1');
  });
  return text;
}

const expected = (values: readonly number[]) => values.map((value, k) => `,[${k},"${shortest(value)}"]`).join('');

const EDGES = [
  0,
  -0,
  1,
  -1,
  0.1,
  0.3,
  1 / 3,
  5e-324,
  2.2250738585072014e-308,
  1.7976931348623157e308,
  2 ** 53,
  2 ** 53 + 2,
  1e15,
  1e16,
  1e17,
  1e20,
  1e21,
  1e22,
  123456789012345680000,
  9.5e-7,
  1e-6,
  1.5e-10,
  1e-7,
  1e100,
  1e-100,
  2 ** 53 + 4,
  4.35,
  0.5,
  1e23,
  9.5e22,
  100,
  1000000,
  12345678,
  123456789,
  99999999,
  100000000,
  10000000000000000,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];

test('prints the shortest form, at the edges too', () => {
  expect(print(EDGES)).toBe(expected(EDGES));
  expect(print(EDGES.map((v) => -v))).toBe(expected(EDGES.map((v) => -v)));
  const powers = Array.from({ length: 2046 }, (_, i) => 2 ** (i - 1022));
  expect(print(powers)).toBe(expected(powers));
  const tens = Array.from({ length: 600 }, (_, i) => Number(`1e${i - 300}`));
  expect(print(tens)).toBe(expected(tens));
});

test('prints any bits as JavaScript does', () => {
  const bits = fc
    .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
    .map(([low, high]) => new Float64Array(new Uint32Array([low, high]).buffer)[0] ?? 0);
  const rate = fc.tuple(fc.integer(), fc.integer({ min: 1, max: 1e6 })).map(([a, b]) => a / b);
  fc.assert(
    fc.property(fc.array(fc.oneof(bits, rate, fc.double()), { maxLength: 100 }), (values) => {
      expect(print(values)).toBe(expected(values));
    }),
    { numRuns: 500 },
  );
});

test('leaves out what is absent, and goes on beyond one batch', () => {
  expect(print([1, 2, 3], [1, 0, 2])).toBe(',[0,"1"]');
  const many = Array.from({ length: 5000 }, (_, i) => i / 7);
  expect(print(many)).toBe(expected(many));
  expect(() => newPointPrinter(['x'.repeat(32)])).toThrow(RangeError);
});
