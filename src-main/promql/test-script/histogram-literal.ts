/**
 * Native histograms in series notation: `{{schema:0 sum:5 count:4 buckets:[1 2 1]}}`, and sequences of them
 * (promql/parser/generated_parser.y and parse.go, buildHistogramFromMap and histogramsSeries).
 */
import {
  type CounterReset,
  CUSTOM_BUCKETS_SCHEMA,
  type HistogramBuckets,
  type NativeHistogram,
  NO_BUCKETS,
} from '../../model/native-histogram.ts';
import { addHistograms, subtractHistograms } from '../histograms/arithmetic.ts';
import { parseNumber, SeriesLineError } from './series-number.ts';

export interface HistogramLiteral {
  readonly histogram: NativeHistogram;
  /** Whether `counter_reset_hint` was written: only then an expectation speaks of it. */
  readonly hintWritten: boolean;
}

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

const HINTS: ReadonlyMap<string, CounterReset> = new Map([
  ['unknown', 'unknown'],
  ['reset', 'reset'],
  ['not_reset', 'not-reset'],
  ['gauge', 'gauge'],
]);

/** `text` is what stands between `{{` and `}}`. */
export function parseHistogram(text: string): HistogramLiteral {
  const pairs = readPairs(text);
  const number = (key: string): number => readNumber(pairs.get(key) ?? '0');
  const integer = (key: string): number => readInteger(key, number(key));
  const list = (key: string): number[] =>
    (pairs.get(key) ?? '').replace(/[[\]]/g, '').split(/\s+/).filter(Boolean).map(readNumber);
  const histogram: NativeHistogram = {
    schema: readSchema(integer('schema')),
    integer: false,
    counterReset: readHint(pairs.get('counter_reset_hint') ?? 'unknown'),
    zeroThreshold: number('z_bucket_w'),
    zeroCount: number('z_bucket'),
    count: number('count'),
    sum: number('sum'),
    stale: false,
    positive: bucketsAt(integer('offset'), list('buckets')),
    negative: bucketsAt(integer('n_offset'), list('n_buckets')),
    customValues: Float64Array.from(list('custom_values')),
  };
  return { histogram, hintWritten: pairs.has('counter_reset_hint') };
}

/** `{{base}}+{{increment}}x3`: the first, and as many more as `times` says, each by the increment more (or less). */
export function histogramSequence(
  base: HistogramLiteral,
  { histogram: increment, hintWritten }: HistogramLiteral,
  sign: string,
  times: number,
): HistogramLiteral[] {
  const combine = sign === '-' ? subtractHistograms : addHistograms;
  const sequence = [base];
  let { histogram } = base;
  for (let i = 0; i < times; i++) {
    const combined = combine(histogram, increment);
    if (!combined.ok || histogram.schema > increment.schema) {
      throw new SeriesLineError(
        `error combining histograms: cannot merge from schema ${increment.schema} to ${histogram.schema}`,
      );
    }
    histogram = combined.histogram;
    sequence.push({ histogram, hintWritten: base.hintWritten || hintWritten });
  }
  return sequence;
}

function readPairs(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const [, key = '', value = ''] of text.matchAll(PAIR)) {
    if (!KEYS.has(key)) throw new SeriesLineError(`bad histogram descriptor found: "${key}"`);
    if (pairs.has(key)) throw new SeriesLineError(`duplicate key "${key}" in histogram`);
    pairs.set(key, value);
  }
  if (text.replace(PAIR, '').trim() !== '') throw new SeriesLineError(`bad histogram ${JSON.stringify(text)}`);
  return pairs;
}

/** All in one span, empty ones too. */
function bucketsAt(offset: number, counts: readonly number[]): HistogramBuckets {
  if (counts.length === 0) return NO_BUCKETS;
  return { spans: Int32Array.of(offset, counts.length), counts: Float64Array.from(counts) };
}

function readHint(text: string): CounterReset {
  const hint = HINTS.get(text);
  if (hint === undefined) throw new SeriesLineError(`bad counter_reset_hint ${JSON.stringify(text)}`);
  return hint;
}

function readSchema(schema: number): number {
  if (schema !== CUSTOM_BUCKETS_SCHEMA && (schema < -4 || schema > 8))
    throw new SeriesLineError(`bad schema ${schema}`);
  return schema;
}

function readInteger(key: string, value: number): number {
  if (!Number.isInteger(value)) throw new SeriesLineError(`bad ${key} ${value}`);
  return value;
}

function readNumber(text: string): number {
  const value = parseNumber(text);
  if (Number.isNaN(value) && !/^[+-]?nan$/i.test(text)) throw new SeriesLineError(`bad number ${JSON.stringify(text)}`);
  return value;
}
