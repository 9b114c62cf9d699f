import { crc32c } from '@node-rs/crc32';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32cOf } from './crc32c.ts';

test('equals the native library on any slice, in one go or in two', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), fc.nat(100), (bytes, a, b) => {
      const from = Math.min(a, b, bytes.length);
      const to = Math.min(Math.max(a, b), bytes.length);
      const middle = (from + to) >> 1;
      const expected = crc32c(bytes.slice(from, to));
      expect(crc32cOf(bytes, from, to)).toBe(expected);
      expect(crc32cOf(bytes, middle, to, crc32cOf(bytes, from, middle))).toBe(expected);
    }),
  );
});
