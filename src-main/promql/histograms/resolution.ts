/** Coarser exponential buckets: each step down of the schema merges two neighbours (model/histogram/generic.go). */
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../../model/native-histogram.ts';
import { type IndexedBuckets, indexBuckets, moveBuckets, packBuckets } from './indexed-buckets.ts';

/** Lower schemas are coarser; `to` <= `from`. */
export function reduceBuckets(buckets: IndexedBuckets, from: number, to: number): IndexedBuckets {
  if (from === to) return buckets;
  const shift = from - to;
  return moveBuckets(buckets, (index) => reduceIndex(index, shift));
}

/** Bucket i ends at base^i: the wider bucket that holds it ends at the next multiple of 2^shift. */
export function reduceIndex(index: number, shift: number): number {
  return ((index - 1) >> shift) + 1;
}

/** The histogram at this or its own schema, whichever is lower; custom buckets stay, and do not come about. */
export function reduceResolution(h: NativeHistogram, schema: number): NativeHistogram {
  if (h.schema === CUSTOM_BUCKETS_SCHEMA || schema === CUSTOM_BUCKETS_SCHEMA || schema >= h.schema) return h;
  return {
    ...h,
    schema,
    positive: packBuckets(reduceBuckets(indexBuckets(h.positive), h.schema, schema)),
    negative: packBuckets(reduceBuckets(indexBuckets(h.negative), h.schema, schema)),
  };
}
