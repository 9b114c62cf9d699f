import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { intersect, subtract, union } from './postings.ts';

const ids = fc
  .uniqueArray(fc.oneof(fc.nat(200), fc.nat(100_000), fc.integer({ min: 2 ** 31, max: 2 ** 32 - 1 })), {
    maxLength: 80,
  })
  .map((list) => Uint32Array.from(list).sort());
const sorted = (list: Iterable<number>) => Uint32Array.from(new Set(list)).sort();

describe('sets of ids, against Set', () => {
  test('intersect', () => {
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        expect(intersect(a, b)).toEqual(sorted([...a].filter((id) => b.includes(id))));
      }),
    );
  });

  test('subtract', () => {
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        expect(subtract(a, b)).toEqual(sorted([...a].filter((id) => !b.includes(id))));
      }),
    );
  });

  test('union of any number', () => {
    const dense = fc.uniqueArray(fc.nat(5000), { maxLength: 60 }).map((list) => Uint32Array.from(list).sort());
    fc.assert(
      fc.property(fc.array(dense, { maxLength: 6 }), (lists) => {
        expect(union(lists)).toEqual(sorted(lists.flatMap((list) => [...list])));
      }),
    );
    const far = [Uint32Array.of(2 ** 31 - 5), Uint32Array.of(2 ** 31 + 40), Uint32Array.of(2 ** 31 + 3)];
    expect(union(far)).toEqual(sorted(far.flatMap((list) => [...list])));
  });

  test('one of few in many', () => {
    const many = Uint32Array.from({ length: 10_000 }, (_, i) => 3 * i);
    expect(intersect(many, Uint32Array.of(0, 4, 2997, 29_997, 40_000))).toEqual(Uint32Array.of(0, 2997, 29_997));
    expect(subtract(Uint32Array.of(0, 4, 29_997, 40_000), many)).toEqual(Uint32Array.of(4, 40_000));
  });
});
