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
import { absorbInto, addBuckets, indexBuckets, moveBuckets, packBuckets } from './indexed-buckets.ts';
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
  return mapCounts(h, factor, (count) => count * factor);
}

/** As `scaleHistogram`; by 0 no buckets are left but the zero bucket. */
export function divideHistogram(h: NativeHistogram, divisor: number): NativeHistogram {
  const divided = mapCounts(h, divisor, (count) => count / divisor);
  return divisor === 0 ? { ...divided, positive: NO_BUCKETS, negative: NO_BUCKETS } : divided;
}

export function asGauge(h: NativeHistogram): NativeHistogram {
  return h.counterReset === 'gauge' ? h : { ...h, counterReset: 'gauge' };
}

/** Without empty buckets, neighbours in one span. */
export function compactHistogram(h: NativeHistogram): NativeHistogram {
  return {
    ...h,
    positive: packBuckets(indexBuckets(h.positive)),
    negative: packBuckets(indexBuckets(h.negative)),
  };
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
  let left = indexBuckets(a.positive);
  let right = indexBuckets(b.positive);
  let bounds = a.customValues;
  if (!sameBounds(bounds, b.customValues)) {
    bounds = commonBounds(bounds, b.customValues);
    left = moveBuckets(left, boundsMover(a.customValues, bounds));
    right = moveBuckets(right, boundsMover(b.customValues, bounds));
  }
  return {
    schema: CUSTOM_BUCKETS_SCHEMA,
    zeroThreshold: 0,
    zeroCount: 0,
    positive: packBuckets(addBuckets(left, right, sign)),
    negative: NO_BUCKETS,
    customValues: bounds,
  };
}

function mapCounts(h: NativeHistogram, factor: number, map: (count: number) => number): NativeHistogram {
  const side = (buckets: HistogramBuckets): HistogramBuckets => {
    const { indexes, counts } = indexBuckets(buckets);
    return packBuckets({ indexes, counts: counts.map(map) });
  };
  return {
    ...h,
    integer: false,
    counterReset: factor < 0 ? 'gauge' : h.counterReset,
    zeroCount: map(h.zeroCount),
    count: map(h.count),
    sum: map(h.sum),
    positive: side(h.positive),
    negative: side(h.negative),
  };
}
