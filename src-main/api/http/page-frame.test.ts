import fc from 'fast-check';
import { expect, it } from 'vitest';
import { COLUMN_KEY, padTo8, putColumns } from '../../../shared/page-frame.ts';
import { encodeReply } from './page.ts';

/** As the window reads a reply. */
function decode(body: Uint8Array): unknown {
  const buffer = Uint8Array.from(body).buffer;
  const length = new DataView(buffer).getUint32(0, true);
  const plain: unknown = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  return putColumns(plain, buffer, padTo8(4 + length));
}

/** Labels may be named like what marks a column. */
const key = fc.oneof(fc.string(), fc.constantFrom(COLUMN_KEY, 'type', 'length', '__proto__', '1', '0'));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.float64Array({ maxLength: 6 }),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('text'), { maxKeys: 4 }),
    fc.dictionary(
      fc.string().filter((name) => name !== COLUMN_KEY),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
  text: fc.string(),
}));

it('carries any reply there and back', () => {
  fc.assert(
    fc.property(value, (reply) => {
      expect(decode(encodeReply(reply))).toEqual(reply);
    }),
  );
});

it('carries a column that is part of a larger buffer, bit for bit', () => {
  const whole = new Float64Array([1, Number.NaN, -0, Number.NEGATIVE_INFINITY, 5]);
  expect(decode(encodeReply({ a: whole.subarray(1, 4), b: new Uint8Array([1, 2, 3]) }))).toEqual({
    a: new Float64Array([Number.NaN, -0, Number.NEGATIVE_INFINITY]),
    b: new Uint8Array([1, 2, 3]),
  });
});
