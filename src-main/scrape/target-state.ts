import type { Labels } from '../model/labels.ts';

export type TargetHealth = 'unknown' | 'up' | 'down';

/** What there is to say about one target, at one moment. */
export interface TargetSnapshot {
  /** Stable while labels and URL are. */
  readonly id: string;
  readonly job: string;
  readonly url: string;
  /** As the URL reads from another machine. */
  readonly globalUrl: string;
  readonly labels: Labels;
  readonly discoveredLabels: Labels;
  readonly health: TargetHealth;
  /** 0: not scraped yet. */
  readonly lastScrapeMs: number;
  readonly lastDurationMs: number;
  /** '' when the last scrape went well. */
  readonly lastError: string;
  readonly samplesScraped: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Health of the last scrapes, oldest first, at most RECENT_SCRAPES. */
  readonly recent: readonly boolean[];
}

export interface DroppedTarget {
  readonly job: string;
  readonly discoveredLabels: Labels;
}

export interface ScrapeOutcome {
  readonly timeMs: number;
  readonly durationMs: number;
  readonly error: string;
  readonly samplesScraped: number;
}

const RECENT_SCRAPES = 20;

/** How the last scrapes of one target went. */
export class TargetState {
  last: ScrapeOutcome | null = null;
  #recent: boolean[] = [];

  record(outcome: ScrapeOutcome): void {
    this.last = outcome;
    this.#recent = [...this.#recent.slice(1 - RECENT_SCRAPES), outcome.error === ''];
  }

  get recent(): readonly boolean[] {
    return this.#recent;
  }

  get health(): TargetHealth {
    if (this.last === null) return 'unknown';
    return this.last.error === '' ? 'up' : 'down';
  }
}
