/** Native histograms as text (String and TestExpression of model/histogram/float_histogram.go). */
import { formatShort } from '../../../shared/promql/number.ts';
import { exponentialBound } from '../../model/histograms/exponential-bound.ts';
import {
  type CounterReset,
  CUSTOM_BUCKETS_SCHEMA,
  type HistogramBuckets,
  type NativeHistogram,
} from '../../model/native-histogram.ts';
import { customBound } from './custom-bounds.ts';
import { compactBuckets, indexBuckets } from './indexed-buckets.ts';

/** `{count:3, sum:4.5, [-2,-1):1, [-0.001,0.001]:1, (1,2]:1}` */
export function printHistogram(h: NativeHistogram): string {
  const zero = `[${formatShort(-h.zeroThreshold)},${formatShort(h.zeroThreshold)}]:${formatShort(h.zeroCount)}`;
  const parts = [
    `count:${formatShort(h.count)}`,
    `sum:${formatShort(h.sum)}`,
    ...printBuckets(h, h.negative, printNegative).reverse(),
    ...(h.zeroCount === 0 ? [] : [zero]),
    ...printBuckets(h, h.positive, printPositive),
  ];
  return `{${parts.join(', ')}}`;
}

const HINTS: Readonly<Record<CounterReset, string>> = {
  unknown: '',
  reset: 'reset',
  'not-reset': 'not_reset',
  gauge: 'gauge',
};

/** In series notation: `{{schema:1 count:3 sum:4.5 buckets:[1 0 2]}}`; what is zero is left out. */
export function printHistogramLiteral(h: NativeHistogram): string {
  const positive = consecutive(compactBuckets(h.positive));
  const negative = consecutive(compactBuckets(h.negative));
  const parts: readonly (readonly [string, string])[] = [
    ['schema', nonZero(h.schema)],
    ['count', nonZero(h.count)],
    ['sum', nonZero(h.sum)],
    ['z_bucket', nonZero(h.zeroCount)],
    ['z_bucket_w', nonZero(h.zeroThreshold)],
    ['custom_values', h.schema === CUSTOM_BUCKETS_SCHEMA ? list(h.customValues) : ''],
    ['counter_reset_hint', HINTS[h.counterReset]],
    ['offset', nonZero(positive.offset)],
    ['buckets', positive.counts.length === 0 ? '' : list(positive.counts)],
    ['n_offset', nonZero(negative.offset)],
    ['n_buckets', negative.counts.length === 0 ? '' : list(negative.counts)],
  ];
  const written = parts.filter(([, value]) => value !== '').map(([key, value]) => `${key}:${value}`);
  return `{{${written.join(' ')}}}`;
}

type PrintRange = (near: string, far: string, isFirstCustom: boolean) => string;

function printPositive(near: string, far: string, isFirstCustom: boolean): string {
  return `${isFirstCustom ? '[' : '('}${near},${far}]`;
}

function printNegative(near: string, far: string): string {
  return `[-${far},-${near})`;
}

/** From zero outwards. */
function printBuckets(h: NativeHistogram, buckets: HistogramBuckets, printRange: PrintRange): string[] {
  const { indexes, counts } = indexBuckets(buckets);
  const custom = h.schema === CUSTOM_BUCKETS_SCHEMA;
  const texts: string[] = [];
  for (let i = 0; i < indexes.length; i++) {
    if (counts[i] === 0) continue;
    const index = indexes[i]!;
    const range = printRange(bound(h, index - 1), bound(h, index), custom && index === 0);
    texts.push(`${range}:${formatShort(counts[i]!)}`);
  }
  return texts;
}

function bound({ schema, customValues }: NativeHistogram, index: number): string {
  return formatShort(
    schema === CUSTOM_BUCKETS_SCHEMA ? customBound(customValues, index) : exponentialBound(schema, index),
  );
}

/** All counts from the first bucket to the last, the gaps filled with zeros. */
function consecutive(buckets: HistogramBuckets): { readonly offset: number; readonly counts: Float64Array } {
  const { indexes, counts } = indexBuckets(buckets);
  const offset = indexes[0] ?? 0;
  const last = indexes.at(-1) ?? offset - 1;
  const filled = new Float64Array(Math.min(last - offset + 1, MAX_PRINTED_BUCKETS));
  for (let i = 0; i < indexes.length; i++) filled[indexes[i]! - offset] = counts[i]!;
  return { offset, counts: filled };
}

/** The notation has no gaps; one between far apart buckets is not to fill the memory. */
const MAX_PRINTED_BUCKETS = 10_000;

function nonZero(value: number): string {
  return value === 0 ? '' : formatShort(value);
}

function list(values: Float64Array): string {
  return `[${Array.from(values, formatShort).join(' ')}]`;
}
