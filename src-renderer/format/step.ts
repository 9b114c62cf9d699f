/** Distances between points that people can read off an axis. */
const NICE_MS = [
  1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000,
  14_400_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000,
];
/** The engine's bound on points a series, see the contract. */
const MOST_POINTS = 11_000;

interface StepInput {
  readonly spanMs: number;
  readonly widthPx: number;
  /** Finer than the scrape interval there is nothing to see; 0 when it is not known. */
  readonly floorMs: number;
}

/** The step for a graph so wide: about one point every two pixels, at least the scrape interval, a readable number. */
export function autoStep({ spanMs, widthPx, floorMs }: StepInput): number {
  const wantedMs = Math.max(spanMs / Math.max(1, widthPx / 2), spanMs / MOST_POINTS, 1);
  const leastMs = Math.max(wantedMs, floorMs);
  if (floorMs > 0 && wantedMs <= floorMs) return Math.max(1, Math.ceil(floorMs));
  return NICE_MS.find((nice) => nice >= leastMs) ?? Math.ceil(leastMs / 604_800_000) * 604_800_000;
}

export interface Grid {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Steps at whole multiples of `stepMs`, so that points stay where they are while the window moves on. */
export function alignedGrid(startMs: number, endMs: number, stepMs: number): Grid {
  const start = Math.floor(startMs / stepMs) * stepMs;
  return { startMs: start, endMs: Math.max(start, Math.floor(endMs / stepMs) * stepMs), stepMs };
}

/** Steps back from `endMs`, whose own moment is the last: what has just begun to be scraped is seen. */
export function gridEndingAt(startMs: number, endMs: number, stepMs: number): Grid {
  const points = Math.max(0, Math.floor((endMs - startMs) / stepMs));
  return { startMs: endMs - points * stepMs, endMs, stepMs };
}

/** A window for rate(): four scrapes, so that one missed scrape leaves no gap, and never less than the step. */
export function rateWindowMs(stepMs: number, scrapeIntervalMs: number): number {
  return Math.max(stepMs, 4 * scrapeIntervalMs);
}
