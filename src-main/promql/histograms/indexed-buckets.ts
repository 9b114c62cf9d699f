/**
 * Buckets as two parallel columns, which is what arithmetic wants; spans are how they are stored. Ascending by index, no
 * index twice.
 */
import type { HistogramBuckets } from '../../model/native-histogram.ts';

export interface IndexedBuckets {
  readonly indexes: Int32Array;
  readonly counts: Float64Array;
}

/** Empty buckets included; `counts` is the histogram's own: not to be written to. */
export function indexBuckets({ spans, counts }: HistogramBuckets): IndexedBuckets {
  const indexes = new Int32Array(counts.length);
  let next = 0;
  let at = 0;
  for (let span = 0; span + 1 < spans.length; span += 2) {
    next += spans[span]!;
    const end = Math.min(at + spans[span + 1]!, counts.length);
    while (at < end) indexes[at++] = next++;
  }
  return { indexes, counts };
}

/** Without empty buckets, neighbours in one span. */
export function packBuckets({ indexes, counts }: IndexedBuckets): HistogramBuckets {
  const kept = new Float64Array(counts.length);
  const spans: number[] = [];
  let length = 0;
  let next = 0;
  for (let i = 0; i < indexes.length; i++) {
    if (counts[i] === 0) continue;
    const index = indexes[i]!;
    if (spans.length > 0 && index === next) spans[spans.length - 1]!++;
    else spans.push(index - next, 1);
    next = index + 1;
    kept[length++] = counts[i]!;
  }
  return { spans: Int32Array.from(spans), counts: kept.subarray(0, length) };
}

/** Bucket by bucket `a + sign * b`. */
export function addBuckets(a: IndexedBuckets, b: IndexedBuckets, sign: 1 | -1): IndexedBuckets {
  const indexes = new Int32Array(a.indexes.length + b.indexes.length);
  const counts = new Float64Array(indexes.length);
  let length = 0;
  let i = 0;
  let j = 0;
  while (i < a.indexes.length || j < b.indexes.length) {
    const left = i < a.indexes.length ? a.indexes[i]! : Number.POSITIVE_INFINITY;
    const right = j < b.indexes.length ? b.indexes[j]! : Number.POSITIVE_INFINITY;
    indexes[length] = Math.min(left, right);
    let count = 0;
    if (left <= right) count = a.counts[i++]!;
    if (right <= left) count += sign * b.counts[j++]!;
    counts[length++] = count;
  }
  return { indexes: indexes.subarray(0, length), counts: counts.subarray(0, length) };
}

/** Buckets moved to other indexes, which may fall together but must not change order. */
export function moveBuckets({ indexes, counts }: IndexedBuckets, target: (index: number) => number): IndexedBuckets {
  const moved = new Int32Array(indexes.length);
  const sums = new Float64Array(indexes.length);
  let length = 0;
  for (let i = 0; i < indexes.length; i++) {
    const index = target(indexes[i]!);
    if (length === 0 || moved[length - 1] !== index) moved[length++] = index;
    sums[length - 1]! += counts[i]!;
  }
  return { indexes: moved.subarray(0, length), counts: sums.subarray(0, length) };
}

/** The first `length` buckets added to `sum`, and the others. */
export function absorbInto(
  sum: number,
  { indexes, counts }: IndexedBuckets,
  length: number,
): { readonly sum: number; readonly rest: IndexedBuckets } {
  let total = sum;
  for (let i = 0; i < length; i++) total += counts[i]!;
  return { sum: total, rest: { indexes: indexes.subarray(length), counts: counts.subarray(length) } };
}
