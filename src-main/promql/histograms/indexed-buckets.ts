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

/** Neighbours in one span. */
export function spansOf(indexes: Int32Array): Int32Array {
  const spans: number[] = [];
  let next = 0;
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i]!;
    if (i > 0 && index === next) spans[spans.length - 1]!++;
    else spans.push(index - next, 1);
    next = index + 1;
  }
  return Int32Array.from(spans);
}

/** Without empty buckets. */
export function packBuckets({ indexes, counts }: IndexedBuckets): HistogramBuckets {
  let filled = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i] !== 0) filled++;
  if (filled === counts.length) return { spans: spansOf(indexes), counts };
  const keptIndexes = new Int32Array(filled);
  const keptCounts = new Float64Array(filled);
  let length = 0;
  for (let i = 0; i < indexes.length; i++) {
    if (counts[i] === 0) continue;
    keptIndexes[length] = indexes[i]!;
    keptCounts[length++] = counts[i]!;
  }
  return { spans: spansOf(keptIndexes), counts: keptCounts };
}

/** Without empty buckets, neighbours in one span: the same ones where they are so already. */
export function compactBuckets(buckets: HistogramBuckets): HistogramBuckets {
  const { spans, counts } = buckets;
  let compact = true;
  for (let i = 0; i < spans.length && compact; i += 2) compact = spans[i + 1]! > 0 && (i === 0 || spans[i] !== 0);
  for (let i = 0; i < counts.length && compact; i++) compact = counts[i] !== 0;
  return compact ? buckets : packBuckets(indexBuckets(buckets));
}

export function sameSpans(a: Int32Array, b: Int32Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
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
