/** The first time after `afterMs` that lies `phaseMs` into an interval counted from the epoch. */
export function nextTickMs(afterMs: number, intervalMs: number, phaseMs: number): number {
  return Math.floor((afterMs - phaseMs) / intervalMs + 1) * intervalMs + phaseMs;
}

/** The timestamp of a scrape that was due at `dueMs`: exactly that when it began nearly then, so that deltas repeat. */
export function alignedTimeMs(startMs: number, dueMs: number, intervalMs: number, toleranceMs: number): number {
  return Math.abs(startMs - dueMs) <= Math.min(toleranceMs, intervalMs / 100) ? dueMs : startMs;
}
