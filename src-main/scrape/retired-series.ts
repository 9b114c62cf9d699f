import type { Clock } from '../model/clock.ts';
import type { Appendable, SeriesRef } from '../model/storage.ts';

interface Retirement {
  readonly refs: readonly SeriesRef[];
  readonly staleTimeMs: number;
  readonly cancel: () => void;
}

/**
 * Series of targets that are gone. Their staleness markers carry the time of the scrape that did not happen, but are
 * written two intervals and a tenth later: the target may come back under another configuration and go on writing them.
 */
export class RetiredSeries {
  readonly #appendable: Appendable;
  readonly #clock: Clock;
  readonly #isLive: () => ReadonlySet<SeriesRef>;
  readonly #waiting = new Set<Retirement>();
  #stopped = false;

  /** `isLive`: the series that loops write at the moment. */
  constructor(appendable: Appendable, clock: Clock, isLive: () => ReadonlySet<SeriesRef>) {
    this.#appendable = appendable;
    this.#clock = clock;
    this.#isLive = isLive;
  }

  add(refs: readonly SeriesRef[], staleTimeMs: number, intervalMs: number): void {
    if (refs.length === 0 || this.#stopped) return;
    const delayMs = staleTimeMs - this.#clock.nowMs() + 1.1 * intervalMs;
    const retirement: Retirement = {
      refs,
      staleTimeMs,
      cancel: this.#clock.after(delayMs, () => {
        this.#waiting.delete(retirement);
        this.#end(retirement);
      }),
    };
    this.#waiting.add(retirement);
  }

  /** Nothing more is written: at shutdown series do not end, they go on after the restart. */
  stop(): void {
    this.#stopped = true;
    for (const retirement of this.#waiting) retirement.cancel();
    this.#waiting.clear();
  }

  #end({ refs, staleTimeMs }: Retirement): void {
    const live = this.#isLive();
    const appender = this.#appendable.appender();
    for (const ref of refs) if (!live.has(ref)) appender.appendStale(ref, staleTimeMs);
    appender.commit();
  }
}
