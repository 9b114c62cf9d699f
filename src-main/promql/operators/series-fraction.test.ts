import { expect, test } from 'vitest';
import { labelsFromRecord } from '../../model/labels.ts';
import { seriesFraction, xxhash64 } from './series-fraction.ts';

/** From the tests of github.com/cespare/xxhash. */
test.each([
  ['', 0xef46db3751d8e999n],
  ['a', 0xd24ec4f1a98c6e5bn],
  ['as', 0x1c330fb2d66be179n],
  ['asd', 0x631c37ce72a97393n],
  ['asdf', 0x415872f599cea71en],
  ['Call me Ishmael. Some years ago--never mind how long precisely-', 0x02a2e85470d6fd96n],
])('%s', (text, hash) => {
  expect(xxhash64(Buffer.from(text))).toBe(hash);
});

test('fractions are spread evenly, however long the labels', () => {
  const fractions = Array.from({ length: 1000 }, (_, i) =>
    seriesFraction(labelsFromRecord({ __name__: 'x', path: '/'.repeat(i) })),
  );
  expect(fractions.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true);
  const low = fractions.filter((fraction) => fraction < 0.3).length;
  expect(low).toBeGreaterThan(240);
  expect(low).toBeLessThan(360);
});
