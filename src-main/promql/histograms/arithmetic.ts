/**
 * Sums, differences and multiples of native histograms (model/histogram/float_histogram.go). Nothing given is changed;
 * results have no empty buckets, and counts that need not be integers.
 */
import {
  type CounterReset,
  CUSTOM_BUCKETS_SCHEMA,
  type HistogramBuckets,
  type NativeHistogram,
  NO_BUCKETS,
} from '../../model/native-histogram.ts';
import { boundsMover, commonBounds, sameBounds } from './custom-bounds.ts';
import {
  absorbInto,
  addBuckets,
  compactBuckets,
  indexBuckets,
  moveBuckets,
  packBuckets,
  sameSpans,
} from './indexed-buckets.ts';
import { reduceBuckets } from './resolution.ts';
import { bucketsWithin, commonZeroThreshold, type ZeroNeighbours } from './zero-bucket.ts';

/** What came of adding or subtracting two histograms; the caller turns the flags into annotations. */
export type Combined =
  /** One has custom buckets, the other exponential ones: they have nothing in common. */
  | { readonly ok: false }
  | {
      readonly ok: true;
      readonly histogram: NativeHistogram;
      /** One said that a counter was reset, the other that none was. */
      readonly resetCollision: boolean;
      /** The custom bounds differed; the result has those that both had. */
      readonly boundsReconciled: boolean;
    };

export function addHistograms(a: NativeHistogram, b: NativeHistogram): Combined {
  return combine(a, b, 1);
}

/** The counter reset is merged as for a sum: the binary operator makes its result a gauge (`asGauge`). */
export function subtractHistograms(a: NativeHistogram, b: NativeHistogram): Combined {
  return combine(a, b, -1);
}

/** A negative factor makes a gauge. */
export function scaleHistogram(h: NativeHistogram, factor: number): NativeHistogram {
  return {
    ...h,
    integer: false,
    counterReset: factor < 0 ? 'gauge' : h.counterReset,
    zeroCount: h.zeroCount * factor,
    count: h.count * factor,
    sum: h.sum * factor,
    positive: multiplyBuckets(h.positive, factor),
    negative: multiplyBuckets(h.negative, factor),
  };
}

/** As `scaleHistogram`; by 0 no buckets are left but the zero bucket. */
export function divideHistogram(h: NativeHistogram, divisor: number): NativeHistogram {
  return {
    ...h,
    integer: false,
    counterReset: divisor < 0 ? 'gauge' : h.counterReset,
    zeroCount: h.zeroCount / divisor,
    count: h.count / divisor,
    sum: h.sum / divisor,
    positive: divisor === 0 ? NO_BUCKETS : divideBuckets(h.positive, divisor),
    negative: divisor === 0 ? NO_BUCKETS : divideBuckets(h.negative, divisor),
  };
}

export function asGauge(h: NativeHistogram): NativeHistogram {
  return h.counterReset === 'gauge' ? h : { ...h, counterReset: 'gauge' };
}

/** Without empty buckets, neighbours in one span. */
export function compactHistogram(h: NativeHistogram): NativeHistogram {
  const positive = compactBuckets(h.positive);
  const negative = compactBuckets(h.negative);
  return positive === h.positive && negative === h.negative ? h : { ...h, positive, negative };
}

export interface MergedReset {
  readonly counterReset: CounterReset;
  readonly collision: boolean;
}

export function mergeCounterReset(a: CounterReset, b: CounterReset): MergedReset {
  if (a === b) return { counterReset: a, collision: false };
  if (a === 'gauge' || b === 'gauge') return { counterReset: 'gauge', collision: false };
  return { counterReset: 'unknown', collision: a !== 'unknown' && b !== 'unknown' };
}

function combine(a: NativeHistogram, b: NativeHistogram, sign: 1 | -1): Combined {
  const custom = a.schema === CUSTOM_BUCKETS_SCHEMA;
  if (custom !== (b.schema === CUSTOM_BUCKETS_SCHEMA)) return { ok: false };
  const { counterReset, collision } = mergeCounterReset(a.counterReset, b.counterReset);
  const layout = custom ? combineCustom(a, b, sign) : combineExponential(a, b, sign);
  const histogram: NativeHistogram = {
    ...layout,
    integer: false,
    stale: false,
    counterReset,
    count: a.count + sign * b.count,
    sum: a.sum + sign * b.sum,
  };
  return {
    ok: true,
    histogram,
    resetCollision: collision,
    boundsReconciled: custom && !sameBounds(a.customValues, b.customValues),
  };
}

type Layout = Pick<
  NativeHistogram,
  'schema' | 'zeroThreshold' | 'zeroCount' | 'positive' | 'negative' | 'customValues'
>;

/** A copy of a histogram in parts, to be written to. */
type Open = { -readonly [K in keyof ZeroNeighbours]: ZeroNeighbours[K] } & { zeroCount: number };

function open({ schema, zeroThreshold, zeroCount, positive, negative }: NativeHistogram): Open {
  return { schema, zeroThreshold, zeroCount, positive: indexBuckets(positive), negative: indexBuckets(negative) };
}

function widenZeroBucket(h: Open, threshold: number): void {
  if (h.zeroThreshold === threshold) return;
  const positive = absorbInto(h.zeroCount, h.positive, bucketsWithin(h.positive, h.schema, threshold));
  const negative = absorbInto(positive.sum, h.negative, bucketsWithin(h.negative, h.schema, threshold));
  h.zeroThreshold = threshold;
  h.zeroCount = negative.sum;
  h.positive = positive.rest;
  h.negative = negative.rest;
}

function combineExponential(a: NativeHistogram, b: NativeHistogram, sign: 1 | -1): Layout {
  const { schema, zeroThreshold, customValues } = a;
  if (schema !== b.schema || zeroThreshold !== b.zeroThreshold) return combineAdapted(a, b, sign);
  return {
    schema,
    zeroThreshold,
    zeroCount: a.zeroCount + sign * b.zeroCount,
    positive: combineBuckets(a.positive, b.positive, sign),
    negative: combineBuckets(a.negative, b.negative, sign),
    customValues,
  };
}

/** Most histograms that meet have the same buckets. */
function combineBuckets(a: HistogramBuckets, b: HistogramBuckets, sign: 1 | -1): HistogramBuckets {
  if (!sameSpans(a.spans, b.spans)) return packBuckets(addBuckets(indexBuckets(a), indexBuckets(b), sign));
  const counts = new Float64Array(a.counts.length);
  for (let i = 0; i < counts.length; i++) counts[i] = a.counts[i]! + sign * b.counts[i]!;
  return compactBuckets({ spans: a.spans, counts });
}

function combineAdapted(a: NativeHistogram, b: NativeHistogram, sign: 1 | -1): Layout {
  const left = open(a);
  const right = open(b);
  if (a.zeroThreshold !== b.zeroThreshold) {
    const threshold = commonZeroThreshold(left, right);
    widenZeroBucket(left, threshold);
    widenZeroBucket(right, threshold);
  }
  const schema = Math.min(a.schema, b.schema);
  const side = (of: 'positive' | 'negative'): HistogramBuckets =>
    packBuckets(
      addBuckets(reduceBuckets(left[of], a.schema, schema), reduceBuckets(right[of], b.schema, schema), sign),
    );
  return {
    schema,
    zeroThreshold: left.zeroThreshold,
    zeroCount: left.zeroCount + sign * right.zeroCount,
    positive: side('positive'),
    negative: side('negative'),
    customValues: a.customValues,
  };
}

function combineCustom(a: NativeHistogram, b: NativeHistogram, sign: 1 | -1): Layout {
  const layout = { schema: CUSTOM_BUCKETS_SCHEMA, zeroThreshold: 0, zeroCount: 0, negative: NO_BUCKETS };
  if (sameBounds(a.customValues, b.customValues))
    return { ...layout, positive: combineBuckets(a.positive, b.positive, sign), customValues: a.customValues };
  const customValues = commonBounds(a.customValues, b.customValues);
  const left = moveBuckets(indexBuckets(a.positive), boundsMover(a.customValues, customValues));
  const right = moveBuckets(indexBuckets(b.positive), boundsMover(b.customValues, customValues));
  return { ...layout, positive: packBuckets(addBuckets(left, right, sign)), customValues };
}

function multiplyBuckets({ spans, counts }: HistogramBuckets, factor: number): HistogramBuckets {
  const products = new Float64Array(counts.length);
  for (let i = 0; i < counts.length; i++) products[i] = counts[i]! * factor;
  return compactBuckets({ spans, counts: products });
}

function divideBuckets({ spans, counts }: HistogramBuckets, divisor: number): HistogramBuckets {
  const quotients = new Float64Array(counts.length);
  for (let i = 0; i < counts.length; i++) quotients[i] = counts[i]! / divisor;
  return compactBuckets({ spans, counts: quotients });
}
