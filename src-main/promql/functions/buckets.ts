/** Quantiles and fractions of classic histograms (promql/quantile.go). */

/** Cumulative buckets of one histogram at one step, ascending by upper bound; reused from step to step. */
export interface Buckets {
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
  length: number;
}

/** Differences below this share of the counts are floating point noise. */
const NOISE = 1e-12;
const MIN_NORMAL = 2.2250738585072014e-308;

export interface Monotonicity {
  minBound: number;
  maxBound: number;
  maxDifference: number;
}

/** Adds up buckets with equal bounds, in place. */
export function mergeEqualBounds(buckets: Buckets): void {
  const { bounds, counts } = buckets;
  let kept = 0;
  for (let i = 1; i < buckets.length; i++) {
    if (bounds[i] === bounds[kept]) {
      counts[kept]! += counts[i]!;
      continue;
    }
    kept++;
    bounds[kept] = bounds[i]!;
    counts[kept] = counts[i]!;
  }
  if (buckets.length > 0) buckets.length = kept + 1;
}

function nearlyEqual(a: number, b: number): boolean {
  if (a === b) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < MIN_NORMAL) return difference < NOISE * MIN_NORMAL;
  return difference / Math.min(sum, Number.MAX_VALUE) < NOISE;
}

/** Raises counts that are below their predecessor, in place; null when nothing but noise had to be removed. */
export function makeMonotonic({ bounds, counts, length }: Buckets): Monotonicity | null {
  let forced: Monotonicity | null = null;
  let previous = counts[0]!;
  for (let i = 1; i < length; i++) {
    const current = counts[i]!;
    if (current === previous) continue;
    if (nearlyEqual(previous, current)) {
      counts[i] = previous;
      continue;
    }
    if (!(current < previous)) {
      previous = current;
      continue;
    }
    forced ??= { minBound: bounds[i]!, maxBound: bounds[i]!, maxDifference: 0 };
    forced.minBound = Math.min(forced.minBound, bounds[i]!);
    forced.maxBound = Math.max(forced.maxBound, bounds[i]!);
    forced.maxDifference = Math.max(forced.maxDifference, previous - current);
    counts[i] = previous;
  }
  return forced;
}

/** Buckets are merged and monotonic; phi is within 0 and 1; the last bound is +Inf. */
export function bucketQuantile(phi: number, { bounds, counts, length }: Buckets): number {
  if (length < 2) return Number.NaN;
  const observations = counts[length - 1]!;
  if (observations === 0) return Number.NaN;
  let rank = phi * observations;
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (counts[middle]! >= rank) high = middle;
    else low = middle + 1;
  }
  if (low === length - 1) return bounds[length - 2]!;
  if (low === 0 && bounds[0]! <= 0) return bounds[0]!;
  const end = bounds[low]!;
  let start = 0;
  let count = counts[low]!;
  if (low > 0) {
    start = bounds[low - 1]!;
    count -= counts[low - 1]!;
    rank -= counts[low - 1]!;
  }
  return start + (end - start) * (rank / count);
}

/** Buckets are merged; the last bound is +Inf. */
export function bucketFraction(lower: number, upper: number, buckets: Buckets): number {
  const total = buckets.counts[buckets.length - 1]!;
  if (total === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  return (rankOf(upper, buckets) - rankOf(lower, buckets)) / total;
}

/** How many observations are at most `value`, interpolated within a bucket. */
function rankOf(value: number, { bounds, counts, length }: Buckets): number {
  const total = counts[length - 1]!;
  let rank = 0;
  for (let i = 0; i < length; i++) {
    const upper = bounds[i]!;
    let lower = Number.NEGATIVE_INFINITY;
    if (i > 0) lower = bounds[i - 1]!;
    else if (upper > 0) lower = 0;
    if (lower >= value) return Math.min(rank, total);
    if (upper > value && lower === Number.NEGATIVE_INFINITY) return Math.min(counts[i]!, total);
    if (upper > value) {
      const interpolated = rank + ((counts[i]! - rank) * (value - lower)) / (upper - lower);
      return Math.min(interpolated, total);
    }
    rank = counts[i]!;
  }
  return total;
}
