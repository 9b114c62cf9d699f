import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram, NO_BUCKETS } from '../../model/native-histogram.ts';

/** A classic histogram as its lines tell it; buckets in any order. */
export interface ClassicHistogram {
  readonly bounds: readonly number[];
  readonly cumulativeCounts: readonly number[];
  /** Null: no line told it. */
  readonly count: number | null;
  readonly sum: number;
}

/** A native histogram with custom buckets (util/convertnhcb); null when the counts contradict each other. */
export function nativeFromClassic({ bounds, cumulativeCounts, count, sum }: ClassicHistogram): NativeHistogram | null {
  const order = bounds.map((_, i) => i).sort((a, b) => bounds[a]! - bounds[b]!);
  const kept = order.filter((i, at) => at === 0 || bounds[i] !== bounds[order[at - 1]!]);
  const upper = kept.map((i) => bounds[i]!);
  const cumulative = kept.map((i) => cumulativeCounts[i]!);
  const total = count ?? cumulative.at(-1) ?? 0;
  if (upper.at(-1) !== Number.POSITIVE_INFINITY) {
    upper.push(Number.POSITIVE_INFINITY);
    cumulative.push(total);
  }
  const counts = Float64Array.from(cumulative, (c, i) => (i === 0 ? c : c - cumulative[i - 1]!));
  if (cumulative.at(-1) !== total || !counts.every((c) => c >= 0)) return null;
  return {
    schema: CUSTOM_BUCKETS_SCHEMA,
    integer: Number.isSafeInteger(total) && counts.every(Number.isSafeInteger),
    counterReset: 'unknown',
    zeroThreshold: 0,
    zeroCount: 0,
    count: total,
    sum,
    stale: false,
    positive: { spans: Int32Array.of(0, counts.length), counts },
    negative: NO_BUCKETS,
    customValues: Float64Array.from(upper.slice(0, -1)),
  };
}
