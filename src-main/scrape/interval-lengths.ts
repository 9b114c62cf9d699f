import { RecentQuantiles } from '../model/recent-quantiles.ts';

/** Relabelling may give every target an interval of its own. */
const MAX_INTERVALS = 100;

/** How long the intervals between scrapes really were, by how long they should be. */
export class IntervalLengths {
  readonly byInterval = new Map<number, RecentQuantiles>();

  observe(intervalMs: number, lengthMs: number): void {
    let lengths = this.byInterval.get(intervalMs);
    if (lengths === undefined) {
      if (this.byInterval.size >= MAX_INTERVALS) return;
      lengths = new RecentQuantiles();
      this.byInterval.set(intervalMs, lengths);
    }
    lengths.observe(lengthMs / 1000);
  }
}
