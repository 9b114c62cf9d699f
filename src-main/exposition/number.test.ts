import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseGoFloat, scanDecimal } from './number.ts';

function scan(text: string): { end: number; value: number } {
  const out = new Float64Array(1);
  const end = scanDecimal(Buffer.from(`${text}\n`), 0, out);
  return { end, value: out[0] ?? 0 };
}

test.each([
  ['0', 0],
  ['-0', -0],
  ['1', 1],
  ['+1.5', 1.5],
  ['1.', 1],
  ['.5', 0.5],
  ['1e3', 1000],
  ['1.5E-7', 1.5e-7],
  ['0000000000000000000000000000000000000001.2e-1', 0.12],
  ['0.013300656000000001', 0.013300656000000001],
  ['12345678901234567890', Number('12345678901234567890')],
  ['9007199254740993', 9007199254740992],
])('%s is read exactly', (text, value) => {
  const got = scan(text);
  if (got.end !== -1) expect(got).toEqual({ end: text.length, value });
  expect(parseGoFloat(text)).toBe(value);
});

test.each(['', '-', '.', 'e5', '1e', '1e+', 'NaN', '+Inf', 'abc'])('%j is no plain decimal', (text) => {
  expect(scan(text).end).toBe(-1);
});

test('every double is read back from its shortest form, and nearly always without a string', () => {
  let slow = 0;
  let runs = 0;
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e25, max: 1e25 }), (x) => {
      const got = scan(String(x));
      if (Math.abs(x) > 1e-5 || x === 0) {
        runs++;
        if (got.end === -1) slow++;
      }
      if (got.end !== -1) expect(got.value).toBe(Number(String(x)));
    }),
    { numRuns: 20_000 },
  );
  expect(slow).toBeLessThan(runs / 10);
});

test('every decimal of up to 22 digits is rounded as Number() rounds it', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 22 });
  fc.assert(
    fc.property(digits, fc.nat(22), fc.integer({ min: -30, max: 30 }), (text, point, exponent) => {
      const at = Math.min(point, text.length);
      const token = `${text.slice(0, at)}.${text.slice(at)}e${exponent}`;
      const got = scan(token);
      if (got.end !== -1) expect(got.value).toBe(Number(token));
    }),
    { numRuns: 50_000 },
  );
});

test.each([
  ['+Inf', Infinity],
  ['-inf', -Infinity],
  ['Infinity', Infinity],
  ['NaN', Number.NaN],
  ['nAn', Number.NaN],
  ['1e999', 'strconv.ParseFloat: parsing "1e999": value out of range'],
  ['0x1p-2', 'unsupported character in float'],
  ['1_000', 'unsupported character in float'],
  ['0x12', 'strconv.ParseFloat: parsing "0x12": invalid syntax'],
  ['+NaN', 'strconv.ParseFloat: parsing "+NaN": invalid syntax'],
  ['', 'strconv.ParseFloat: parsing "": invalid syntax'],
  ['true', 'strconv.ParseFloat: parsing "true": invalid syntax'],
])('Go reads %j as %s', (token, value) => {
  expect(parseGoFloat(token)).toBe(value);
});
