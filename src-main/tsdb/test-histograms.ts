/** Native histograms for tests. */
import type { HistogramBuckets, NativeHistogram } from '../model/native-histogram.ts';

/** Absolute counts by bucket index. */
export type Counts = Readonly<Record<string, number>>;

export function bucketsOf(counts: Counts): HistogramBuckets {
  const spans: number[] = [];
  const indexes = Object.keys(counts)
    .map(Number)
    .sort((a, b) => a - b);
  let next = 0;
  for (const index of indexes) {
    if (spans.length > 0 && index === next) spans[spans.length - 1] = (spans.at(-1) ?? 0) + 1;
    else spans.push(index - next, 1);
    next = index + 1;
  }
  return { spans: Int32Array.from(spans), counts: Float64Array.from(indexes, (index) => counts[index] ?? 0) };
}

/** Integer, of schema 3, with as many observations as its buckets have, unless `parts` says otherwise. */
export function histogramOf(
  parts: Partial<Omit<NativeHistogram, 'positive' | 'negative'>>,
  positive: Counts,
  negative: Counts = {},
): NativeHistogram {
  const inBuckets = [...Object.values(positive), ...Object.values(negative)].reduce((a, b) => a + b, 0);
  return {
    schema: 3,
    integer: true,
    counterReset: 'unknown',
    zeroThreshold: 2 ** -128,
    zeroCount: 0,
    count: inBuckets + (parts.zeroCount ?? 0),
    sum: 17.5,
    stale: false,
    customValues: new Float64Array(0),
    ...parts,
    positive: bucketsOf(positive),
    negative: bucketsOf(negative),
  };
}

/** Buckets of a counter that never falls as `k` grows: now and then there is one more. */
export function growing(seed: number, k: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < 4 + k / 20; i++) {
    const index = ((i * 7 + seed * 3) % 41) - 20;
    const since = Math.max(0, (i - 4) * 20);
    counts[index] = (counts[index] ?? 0) + Math.floor((k - since) * (1 + (i % 3)) * 1.5);
  }
  return counts;
}
