import type { Clock } from '../model/clock.ts';

export type DiscoveryVerdict = 'found' | 'gone' | 'rejected' | 'skipped' | 'failed';

/** One thing that a discovery noticed, and why it did what it did. */
export interface DiscoveryLogEntry {
  readonly timeMs: number;
  readonly job: string;
  readonly verdict: DiscoveryVerdict;
  /** What it is about: an address, a file. */
  readonly subject: string;
  readonly reason: string;
}

/** Entries kept; the oldest go first. */
const MAX_ENTRIES = 500;

/** What the discoveries noticed, newest last. */
export class DiscoveryLog {
  readonly #clock: Clock;
  #entries: DiscoveryLogEntry[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(job: string, verdict: DiscoveryVerdict, about: { readonly subject: string; readonly reason: string }): void {
    this.#entries.push({ timeMs: this.#clock.nowMs(), job, verdict, ...about });
    if (this.#entries.length > MAX_ENTRIES) this.#entries = this.#entries.slice(-MAX_ENTRIES);
  }

  entries(): readonly DiscoveryLogEntry[] {
    return [...this.#entries];
  }
}
