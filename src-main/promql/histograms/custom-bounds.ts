/** Custom buckets of two histograms meet at the bounds that both have. */
export function sameBounds(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((bound, i) => bound === b[i]));
}

export function commonBounds(a: Float64Array, b: Float64Array): Float64Array {
  const common = new Float64Array(Math.min(a.length, b.length));
  let length = 0;
  let j = 0;
  for (const bound of a) {
    while (j < b.length && b[j]! < bound) j++;
    if (j < b.length && b[j] === bound) common[length++] = bound;
  }
  return common.subarray(0, length);
}

/**
 * Where the buckets that end at the bounds `from` go among those that end at `to`, some of the same bounds. To be asked
 * with ascending indexes.
 */
export function boundsMover(from: Float64Array, to: Float64Array): (index: number) => number {
  let target = 0;
  return (index) => {
    if (index >= from.length) return to.length;
    while (target < to.length && to[target]! < from[index]!) target++;
    return target;
  };
}

/** Where custom bucket `index` ends; the first one begins nowhere, the last one has no end. */
export function customBound(bounds: Float64Array, index: number): number {
  if (index < 0) return Number.NEGATIVE_INFINITY;
  return index < bounds.length ? bounds[index]! : Number.POSITIVE_INFINITY;
}
