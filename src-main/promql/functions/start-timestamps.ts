/** What start timestamps of samples tell of counters (promql/functions.go). 0 is unknown. */

/**
 * Whether the counter began anew between sample `index - 1` and this one. A start at the very time of the sample before
 * is a delta's, which begins anew each time, unless nothing was known of that sample's own start.
 */
export function isStartTimestampReset(times: Float64Array, startTimes: Float64Array, index: number): boolean {
  const startMs = startTimes[index]!;
  const beforeMs = times[index - 1]!;
  if (startMs === 0 || startMs >= times[index]! || startMs < beforeMs) return false;
  if (startMs > beforeMs) return true;
  const startBeforeMs = startTimes[index - 1]!;
  return startBeforeMs !== 0 && startBeforeMs < beforeMs;
}

/** A start before the previous sample, and yet another one than that had. */
export function startTimesOverlap(times: Float64Array, startTimes: Float64Array, index: number): boolean {
  const startMs = startTimes[index]!;
  return startMs !== 0 && startMs < times[index - 1]! && startMs !== startTimes[index - 1];
}
