import { expect, it } from 'vitest';
import { commonLabels, labelKey, seriesName } from './labels.ts';

it('gives one key to equal label sets', () => {
  expect(labelKey({ b: '2', a: '1' })).toBe(labelKey({ a: '1', b: '2' }));
  expect(labelKey({ a: '1' })).not.toBe(labelKey({ a: '2' }));
});

it('finds what all sets share', () => {
  expect(commonLabels([{ a: '1', b: '2' }, { a: '1', b: '3' }, { a: '1' }])).toEqual({ a: '1' });
  expect(commonLabels([{ a: '1' }])).toEqual({});
});

it.each([
  [{ __name__: 'up', job: 'a' }, {}, 'up{job="a"}'],
  [{ __name__: 'up', job: 'a' }, { __name__: 'up' }, '{job="a"}'],
  [{ __name__: 'up' }, {}, 'up'],
  [{ __name__: 'up' }, { __name__: 'up' }, '{}'],
  [{ path: 'C:\\x "y"' }, {}, '{path="C:\\\\x \\"y\\""}'],
])('names %j without %j', (labels, hidden, name) => expect(seriesName(labels, hidden)).toBe(name));
