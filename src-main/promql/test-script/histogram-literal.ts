/** `schema:0 sum:5 count:4 buckets:[1 2 1]`: what stands between `{{` and `}}` in series notation. */
import type { HistogramLiteral } from './script.ts';
import { parseNumber, SeriesLineError } from './series-number.ts';

const PAIR = /([a-z_]+):(\[[^\]]*\]|[^\s\]]+)/g;
const KEYS: ReadonlySet<string> = new Set([
  'schema',
  'sum',
  'count',
  'z_bucket',
  'z_bucket_w',
  'buckets',
  'offset',
  'n_buckets',
  'n_offset',
  'custom_values',
  'counter_reset_hint',
]);

export function parseHistogram(text: string): HistogramLiteral {
  const pairs = new Map<string, string>();
  for (const [, key = '', value = ''] of text.matchAll(PAIR)) {
    if (!KEYS.has(key)) throw new SeriesLineError(`bad histogram descriptor found: "${key}"`);
    if (pairs.has(key)) throw new SeriesLineError(`duplicate key "${key}" in histogram`);
    pairs.set(key, value);
  }
  if (text.replace(PAIR, '').trim() !== '') throw new SeriesLineError(`bad histogram ${JSON.stringify(text)}`);
  const number = (key: string): number => readNumber(pairs.get(key) ?? '0');
  const list = (key: string): number[] =>
    (pairs.get(key) ?? '').replace(/[[\]]/g, '').split(/\s+/).filter(Boolean).map(readNumber);
  return {
    schema: number('schema'),
    sum: number('sum'),
    count: number('count'),
    zeroCount: number('z_bucket'),
    zeroThreshold: number('z_bucket_w'),
    positive: { offset: number('offset'), counts: list('buckets') },
    negative: { offset: number('n_offset'), counts: list('n_buckets') },
    customValues: list('custom_values'),
    resetHint: pairs.get('counter_reset_hint') ?? null,
  };
}

function readNumber(text: string): number {
  const value = parseNumber(text);
  if (Number.isNaN(value) && !/^[+-]?nan$/i.test(text)) throw new SeriesLineError(`bad number ${JSON.stringify(text)}`);
  return value;
}
