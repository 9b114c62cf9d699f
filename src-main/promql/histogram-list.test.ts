import { expect, test } from 'vitest';
import { HistogramList, samplesOf } from './histogram-list.ts';
import { parseHistogram } from './test-script/histogram-literal.ts';

const small = parseHistogram('count:1').histogram;
const large = parseHistogram('count:10 buckets:[1 2 3 4]').histogram;

test('a histogram counts as its size in samples', () => {
  expect(samplesOf(small)).toBe(11);
  // Four buckets of 8 bytes and a span of 8.
  expect(samplesOf(large)).toBe(13);
});

test('what is cut off is given back, what was there before stays', () => {
  let held = 0;
  const list = new HistogramList((samples) => {
    held += samples;
  });
  expect(list.met).toBe(false);
  expect(list.add(small)).toBe(0);
  const before = list.length;
  expect(list.add(large)).toBe(1);
  expect(list.at(1)).toBe(large);
  expect(held).toBe(24);
  list.cut(before);
  expect(held).toBe(11);
  expect(list.at(0)).toBe(small);
  expect(list.add(large)).toBe(1);
  list.cut(0);
  expect(held).toBe(0);
  expect(list.met).toBe(true);
});
