import type { ScrapeConfig } from '../config/scrape-config.ts';
import { alignedTimeMs, nextTickMs } from './schedule.ts';
import type { LoopDeps } from './scrape-deps.ts';
import type { ScrapeTarget } from './target.ts';
import { TargetScraper } from './target-scraper.ts';
import { scrapeOffset } from './target-url.ts';

const TIMESTAMP_TOLERANCE_MS = 2;
/** A tick that lies further ahead than this was set before the system clock was put back. */
const CLOCK_STEP_MS = 1000;

/** How often an exporter in this process is asked while it is new: see ScrapeOptions.openingMs. */
const OPENING_INTERVAL_MS = 1000;

/** Scrapes one target at its ticks, one scrape at a time. */
export class ScrapeLoop {
  readonly scraper: TargetScraper;
  readonly #deps: LoopDeps;
  readonly #offset: number;
  /** '' unless the pool as a whole may not scrape. */
  #forcedError = '';
  #cancelTimer = () => {};
  #running: Promise<void> | null = null;
  #reconfigure: (() => void) | null = null;
  /** A tick came while the scrape before was still under way. */
  #lateTickMs: number | null = null;
  /** When the last scrape of this rhythm began; 0: none has. */
  #lastMs = 0;
  #active = false;
  #stopped = false;
  /** NaN before the first start. */
  #openedMs = Number.NaN;

  constructor(target: ScrapeTarget, config: ScrapeConfig, deps: LoopDeps) {
    this.scraper = new TargetScraper(target, config, deps);
    this.#offset = scrapeOffset(target.key, deps.hostName);
    this.#deps = deps;
  }

  /** '' lets it scrape. */
  forceError(reason: string): void {
    this.#forcedError = reason;
  }

  start(): void {
    if (this.#active || this.#stopped) return;
    this.#active = true;
    const nowMs = this.#deps.clock.nowMs();
    const isFirst = Number.isNaN(this.#openedMs);
    if (isFirst) this.#openedMs = nowMs;
    this.#schedule(nowMs);
    if (isFirst && this.#isOpening(nowMs)) void this.scrapeNow();
  }

  #isOpening(atMs: number): boolean {
    return this.scraper.target.builtinExporter !== '' && atMs - this.#openedMs < this.#deps.openingMs;
  }

  /** No more ticks until start(); a scrape under way goes on. */
  suspend(): void {
    this.#active = false;
    this.#lateTickMs = null;
    this.#lastMs = 0;
    this.#cancelTimer();
  }

  /** Waits for what is under way, which is given up without a trace. Cannot be started again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.suspend();
    this.scraper.close();
    await this.#running;
  }

  /** Ends the series of a target that is gone; after stop(). */
  retire(): void {
    const staleTimeMs = this.#nextTick(this.#deps.clock.nowMs());
    this.#deps.retire(this.scraper.liveRefs(), staleTimeMs, this.scraper.target.intervalMs);
  }

  /** The same target under another configuration, from its next scrape on; its rhythm stays when it may. */
  applyConfig(target: ScrapeTarget, config: ScrapeConfig): void {
    const retimed = target.intervalMs !== this.scraper.target.intervalMs;
    const apply = () => {
      this.#reconfigure = null;
      this.scraper.applyConfig(target, config);
      if (!retimed) return;
      this.#lastMs = 0;
      if (this.#active) this.#schedule(this.#deps.clock.nowMs());
    };
    if (this.#running === null) apply();
    else this.#reconfigure = apply;
  }

  /** Scrapes at once, or waits for the scrape under way. */
  scrapeNow(): Promise<void> {
    return this.#running ?? this.#begin(Number.NaN);
  }

  #nextTick(afterMs: number): number {
    const { intervalMs } = this.scraper.target;
    const tickMs = this.#isOpening(afterMs) ? Math.min(OPENING_INTERVAL_MS, intervalMs) : intervalMs;
    return nextTickMs(afterMs, tickMs, this.#offset % tickMs);
  }

  #schedule(afterMs: number): void {
    this.#cancelTimer();
    const dueMs = this.#nextTick(afterMs);
    this.#cancelTimer = this.#deps.clock.after(dueMs - this.#deps.clock.nowMs(), () => this.#tick(dueMs));
  }

  #tick(dueMs: number): void {
    const nowMs = this.#deps.clock.nowMs();
    // A timer may fire a little early: the tick after the one that was due, unless the clock has been put back.
    this.#schedule(dueMs - nowMs > CLOCK_STEP_MS ? nowMs : Math.max(nowMs, dueMs));
    if (this.#running === null) {
      void this.#begin(dueMs);
    } else {
      this.#lateTickMs = dueMs;
      this.#deps.counters.lateTicks++;
    }
  }

  /** NaN as `dueMs`: outside the rhythm. */
  #begin(dueMs: number): Promise<void> {
    const startMs = this.#deps.clock.nowMs();
    const { intervalMs, url } = this.scraper.target;
    if (!Number.isNaN(dueMs)) {
      if (this.#lastMs !== 0) this.#deps.intervalLengths.observe(intervalMs, startMs - this.#lastMs);
      this.#lastMs = this.#isOpening(startMs) ? 0 : startMs;
    }
    const timeMs = Number.isNaN(dueMs) ? startMs : alignedTimeMs(startMs, dueMs, intervalMs, TIMESTAMP_TOLERANCE_MS);
    this.#running = this.scraper
      .scrape(timeMs, this.#forcedError)
      .catch((error: unknown) => this.#deps.logger.error({ err: error, target: url }, 'a scrape was lost'))
      .then(() => this.#finish());
    return this.#running;
  }

  #finish(): void {
    this.#running = null;
    this.#reconfigure?.();
    const late = this.#lateTickMs;
    this.#lateTickMs = null;
    if (late !== null && this.#active) void this.#begin(late);
  }
}
