import { expect, test } from 'vitest';
import { formatPlain, formatShort } from './number.ts';

/** As `amtool template render` prints `{{ printf "%v" x }}`. */
test.each([
  [0, '0'],
  [1, '1'],
  [-2.5, '-2.5'],
  [123456.5, '123456.5'],
  [999999.9, '999999.9'],
  [1e6, '1e+06'],
  [1234567, '1.234567e+06'],
  [-12345678.5, '-1.23456785e+07'],
  [1e21, '1e+21'],
  [1.5e300, '1.5e+300'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1.5e-7, '1.5e-07'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
  [Number.NaN, 'NaN'],
])('%d is %s for short', (value, text) => {
  expect(formatShort(value)).toBe(text);
});

test.each([
  [1e21, '1000000000000000000000'],
  [1.5e-7, '0.00000015'],
  [-0, '-0'],
  [1234567.25, '1234567.25'],
])('%d is %s in full', (value, text) => {
  expect(formatPlain(value)).toBe(text);
});
