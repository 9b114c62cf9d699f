import { expect, test } from 'vitest';
import { aggregationDocs, functionDocs } from './docs.ts';
import { FUNCTIONS } from './functions.ts';
import { tokens } from './highlight.ts';
import { AGGREGATORS } from './lexer.ts';

test.each([
  [
    'sum by (job) (rate(foo{a="b"}[5m] offset 1h))',
    'aggregation keyword punctuation label punctuation punctuation function punctuation metric punctuation label ' +
      'punctuation string punctuation punctuation duration punctuation keyword duration punctuation punctuation',
  ],
  ['a + on(sum) b # end', 'metric operator keyword punctuation label punctuation metric comment'],
  ['sum + by', 'metric operator keyword'],
  ['a and 1.5', 'metric keyword number'],
  ['nofunc(1)', 'invalid punctuation number punctuation'],
  ['foo{a="b', 'metric punctuation label punctuation string'],
  ['foo ~ bar', 'metric invalid'],
  ['foo @ start()', 'metric operator function punctuation punctuation'],
])('%s', (text, kinds) => {
  expect(
    tokens(text)
      .map(({ kind }) => kind)
      .join(' '),
  ).toBe(kinds);
});

test('everything but white space has a token', () => {
  const text = 'sum by (a) (rate(foo{a="b"}[5m])) > bool 5 # c\n ~ x';
  let from = 0;
  for (const { span } of tokens(text)) {
    expect(text.slice(from, span.from).trim()).toBe('');
    from = span.to;
  }
  expect(text.slice(from).trim()).toBe('');
});

test('every function and aggregation has its line', () => {
  expect(functionDocs.size).toBe(90);
  expect([...functionDocs.keys()]).toEqual([...FUNCTIONS.keys()]);
  expect([...aggregationDocs.keys()].sort()).toEqual([...AGGREGATORS].sort());
  expect(functionDocs.get('round')?.signature).toBe('round(instant vector, [scalar]) instant vector');
  for (const { doc } of functionDocs.values()) expect(doc).toMatch(/^[A-Z01e].*\.$/);
});
