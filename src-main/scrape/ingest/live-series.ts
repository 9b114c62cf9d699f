import type { Appender, SeriesRef } from '../../model/storage.ts';
import type { SeriesCache } from './series-cache.ts';

/** The series of one target that are alive: one that the last committed scrape had and the next has not gets a staleness marker. */
export class LiveSeries {
  readonly #cache: SeriesCache;
  /** The last committed scrape: its tracked series live. */
  #committed = 0;
  /** Slots from here on came after it. */
  #firstNew = 0;
  /** Tracked series of the scrape under way; those of them that the last committed one had too. */
  #tracked = 0;
  #continued = 0;
  /** Of the last committed scrape. */
  #trackedBefore = 0;
  /** Series that an earlier configuration of this target wrote and that the next scrape must end unless it has them. */
  #inherited: readonly SeriesRef[] = [];

  constructor(cache: SeriesCache) {
    this.#cache = cache;
  }

  inherit(refs: readonly SeriesRef[]): void {
    this.#inherited = refs;
  }

  /** To be called before the first line of a body. */
  begin(): void {
    this.#tracked = this.#continued = 0;
    this.#firstNew = this.#cache.count;
  }

  /** The series of this line is to get a staleness marker when it goes away. */
  track(slot: number, scrape: number): void {
    const { tracked } = this.#cache;
    const before = tracked[slot];
    if (before === scrape) return;
    tracked[slot] = scrape;
    this.#tracked++;
    if (before === this.#committed) this.#continued++;
  }

  /** The series that would get a staleness marker now. */
  refs(): SeriesRef[] {
    const { refs, tracked } = this.#cache;
    const live = [...this.#inherited];
    if (this.#trackedBefore === 0) return live;
    for (let slot = 0; slot < this.#firstNew; slot++)
      if (tracked[slot]! >= this.#committed && refs[slot]! > 0) live.push(refs[slot]!);
    return live;
  }

  /** Staleness markers for what lived and was not tracked in the scrape under way. */
  endMissing(appender: Appender, timeMs: number, scrape: number): void {
    if (this.#continued === this.#trackedBefore && this.#inherited.length === 0) return;
    const { refs, tracked } = this.#cache;
    const missing: SeriesRef[] = [...this.#inherited];
    if (this.#trackedBefore > 0)
      for (let slot = 0; slot < this.#firstNew; slot++)
        if (tracked[slot] === this.#committed && refs[slot]! > 0) missing.push(refs[slot]!);
    this.#inherited = [];
    if (missing.length === 0) return;
    // Two spellings of one series may have taken turns: then it is not missing.
    const present = new Set<SeriesRef>();
    for (let slot = 0; slot < this.#cache.count; slot++) if (tracked[slot] === scrape) present.add(refs[slot]!);
    for (const ref of missing) if (!present.has(ref)) appender.appendStale(ref, timeMs);
  }

  /** The scrape under way is whole; the cache has been swept since. */
  commit(scrape: number): void {
    this.#committed = scrape;
    this.#trackedBefore = this.#tracked;
    this.#firstNew = this.#cache.count;
  }

  /** Staleness markers for all that lives. */
  endAll(appender: Appender, timeMs: number, scrape: number): void {
    for (const ref of this.refs()) appender.appendStale(ref, timeMs);
    this.#inherited = [];
    this.#committed = scrape;
    this.#trackedBefore = 0;
  }

  /** Lines met since the last committed scrape. */
  get newSlots(): number {
    return this.#cache.count - this.#firstNew;
  }

  isNew(slot: number): boolean {
    return slot >= this.#firstNew;
  }
}
