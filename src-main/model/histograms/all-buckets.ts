import { CUSTOM_BUCKETS_SCHEMA, type HistogramBuckets, type NativeHistogram } from '../native-histogram.ts';
import { exponentialBound } from './exponential-bound.ts';

export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
  readonly count: number;
}

/** The buckets that hold something, by ascending bounds; the zero bucket cuts off those that reach into it. */
export function allBuckets(h: NativeHistogram): Bucket[] {
  const buckets = filledBuckets(h, h.negative).map(mirrored).reverse();
  if (h.zeroCount > 0)
    buckets.push({
      lower: -h.zeroThreshold,
      upper: h.zeroThreshold,
      lowerInclusive: true,
      upperInclusive: true,
      count: h.zeroCount,
    });
  buckets.push(...filledBuckets(h, h.positive));
  return buckets;
}

function mirrored({ lower, upper, lowerInclusive, upperInclusive, count }: Bucket): Bucket {
  return { lower: -upper, upper: -lower, lowerInclusive: upperInclusive, upperInclusive: lowerInclusive, count };
}

function filledBuckets(h: NativeHistogram, { spans, counts }: HistogramBuckets): Bucket[] {
  const custom = h.schema === CUSTOM_BUCKETS_SCHEMA;
  const buckets: Bucket[] = [];
  let index = 0;
  let at = 0;
  for (let span = 0; span < spans.length; span += 2) {
    index += spans[span] ?? 0;
    const end = at + (spans[span + 1] ?? 0);
    for (; at < end; at++, index++) {
      const count = counts[at] ?? 0;
      if (count === 0) continue;
      const lower = upperBound(h, index - 1);
      buckets.push({
        lower: !custom && lower < h.zeroThreshold ? h.zeroThreshold : lower,
        upper: upperBound(h, index),
        lowerInclusive: custom && index === 0,
        upperInclusive: true,
        count,
      });
    }
  }
  return buckets;
}

function upperBound({ schema, customValues }: NativeHistogram, index: number): number {
  if (schema !== CUSTOM_BUCKETS_SCHEMA) return exponentialBound(schema, index);
  if (index < 0) return Number.NEGATIVE_INFINITY;
  return customValues[index] ?? Number.POSITIVE_INFINITY;
}
