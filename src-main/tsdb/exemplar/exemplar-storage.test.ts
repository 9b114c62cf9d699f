import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Labels, labelsFromRecord } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import type { Exemplar, ExemplarOutcome } from '../../model/storage.ts';
import { ExemplarStorage } from './exemplar-storage.ts';

const A = labelsFromRecord({ __name__: 'a', job: 'x' });
const B = labelsFromRecord({ __name__: 'b', job: 'x' });
const EVERYTHING = [[new Matcher('job', '=', 'x')]];

function exemplar(timeMs: number, value = timeMs, labels: Labels = ['trace_id', `t${timeMs}`]): Exemplar {
  return { timeMs, value, labels };
}

function timesOf(storage: ExemplarStorage, labels: Labels): number[] {
  const all = storage.select(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, EVERYTHING);
  return all.find((found) => found.labels === labels)?.exemplars.map(({ timeMs }) => timeMs) ?? [];
}

test.each<[string, Exemplar, ExemplarOutcome]>([
  ['the same again', exemplar(10, 5, ['t', '1']), 'duplicate'],
  ['older', exemplar(9, 5, ['t', '1']), 'out-of-order'],
  ['same time, smaller value', exemplar(10, 4, ['t', '1']), 'out-of-order'],
  ['same time, larger value', exemplar(10, 6, ['t', '1']), 'ok'],
  ['same time and value, labels before', exemplar(10, 5, ['t', '0']), 'out-of-order'],
  ['same time and value, labels behind', exemplar(10, 5, ['t', '2']), 'ok'],
  ['newer', exemplar(11, 5, ['t', '1']), 'ok'],
  ['no labels', exemplar(11, 5, []), 'ok'],
  ['128 code points', exemplar(11, 5, ['trace', '😀'.repeat(123)]), 'ok'],
  ['129 code points', exemplar(11, 5, ['trace', '😀'.repeat(124)]), 'labels-too-long'],
])('after (10, 5, t=1): %s', (_, next, outcome) => {
  const storage = new ExemplarStorage(10);
  expect(storage.add(1, A, exemplar(10, 5, ['t', '1']))).toBe('ok');
  expect(storage.check(1, A, next)).toBe(outcome);
  expect(storage.add(1, A, next)).toBe(outcome);
  expect(storage.count).toBe(outcome === 'ok' ? 2 : 1);
});

test('without capacity nothing is kept', () => {
  const storage = new ExemplarStorage(0);
  expect(storage.add(1, A, exemplar(1))).toBe('disabled');
  expect(storage.select(0, 10, EVERYTHING)).toEqual([]);
  storage.resize(2);
  expect(storage.add(1, A, exemplar(1))).toBe('ok');
  storage.resize(0);
  expect([storage.count, storage.seriesCount, storage.add(1, A, exemplar(2))]).toEqual([0, 0, 'disabled']);
});

test('what is read is between the times and of matching series', () => {
  const storage = new ExemplarStorage(10);
  for (const timeMs of [1, 2, 3]) {
    storage.add(1, A, exemplar(timeMs));
    storage.add(2, B, exemplar(timeMs + 1));
  }
  const read = (min: number, max: number, ...matchers: Matcher[]) =>
    storage.select(min, max, [matchers]).map(({ labels, exemplars }) => [labels[1], exemplars.map((e) => e.timeMs)]);
  expect(read(2, 3, new Matcher('job', '=', 'x'))).toEqual([
    ['a', [2, 3]],
    ['b', [2, 3]],
  ]);
  expect(read(4, 9, new Matcher('__name__', '=~', 'a|b'))).toEqual([['b', [4]]]);
  expect(read(0, 9, new Matcher('__name__', '=', 'a'), new Matcher('none', '!=', ''))).toEqual([]);
  expect(storage.select(0, 1, [[new Matcher('__name__', '=', 'b')], [new Matcher('__name__', '=', 'a')]])).toEqual([
    { labels: A, exemplars: [exemplar(1)] },
  ]);
});

test('a series that comes back under another ref goes on where it was', () => {
  const storage = new ExemplarStorage(3);
  storage.add(1, A, exemplar(5));
  expect(storage.add(7, [...A], exemplar(5))).toBe('duplicate');
  expect(storage.add(7, [...A], exemplar(6))).toBe('ok');
  expect([timesOf(storage, A), storage.seriesCount]).toEqual([[5, 6], 1]);
});

describe('against a plain list', () => {
  const step = fc.oneof(
    { weight: 20, arbitrary: fc.tuple(fc.constant('add' as const), fc.nat(5), fc.nat(20)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('resize' as const), fc.nat(12), fc.constant(0)) },
  );

  test('the newest are kept, in order, whatever is added and however it is resized', () => {
    const series = Array.from({ length: 6 }, (_, i) => labelsFromRecord({ __name__: `s${i}`, job: 'x' }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 200 }), (capacity, steps) => {
        const storage = new ExemplarStorage(capacity);
        let list: { labels: Labels; timeMs: number }[] = [];
        let limit = capacity;
        for (const [kind, a, b] of steps) {
          if (kind === 'resize') {
            limit = a;
            storage.resize(a);
            list = limit === 0 ? [] : list.slice(-limit);
            continue;
          }
          const labels = series[a] ?? A;
          const last = list.findLast((entry) => entry.labels === labels);
          const fits = limit > 0 && (last === undefined || last.timeMs < b);
          expect(storage.add(a + 1, labels, exemplar(b)) === 'ok').toBe(fits);
          if (fits) list = [...list, { labels, timeMs: b }].slice(-limit);
        }
        expect(storage.count).toBe(list.length);
        expect(storage.seriesCount).toBe(new Set(list.map((entry) => entry.labels)).size);
        expect(storage.oldestTimeMs).toBe(list[0]?.timeMs ?? 0);
        for (const labels of series) {
          expect(timesOf(storage, labels)).toEqual(list.filter((e) => e.labels === labels).map((e) => e.timeMs));
        }
      }),
    );
  });
});
