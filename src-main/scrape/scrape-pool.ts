import type { ScrapeConfig } from '../config/scrape-config.ts';
import type { Labels } from '../model/labels.ts';
import type { SeriesRef } from '../model/storage.ts';
import type { TargetGroup } from '../model/target-group.ts';
import { sameJob } from './job-config.ts';
import type { LoopDeps } from './scrape-deps.ts';
import { ScrapeLoop } from './scrape-loop.ts';
import { isScrapedAlike, targetsOf } from './target.ts';

/** The targets of one job, each with its loop. */
export class ScrapePool {
  dropped: readonly Labels[] = [];
  droppedCount = 0;
  /** Why discovered targets cannot be scraped. */
  refused: readonly string[] = [];
  readonly loops = new Map<string, ScrapeLoop>();
  readonly #deps: LoopDeps;
  #config: ScrapeConfig;
  #groups: readonly TargetGroup[] = [];
  #active = false;

  constructor(config: ScrapeConfig, deps: LoopDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  get config(): ScrapeConfig {
    return this.#config;
  }

  start(): void {
    this.#active = true;
    for (const loop of this.loops.values()) loop.start();
  }

  suspend(): void {
    this.#active = false;
    for (const loop of this.loops.values()) loop.suspend();
  }

  async stop(): Promise<void> {
    this.#active = false;
    await Promise.all([...this.loops.values()].map((loop) => loop.stop()));
  }

  /** Targets whose identity stays keep their loop, and with it their rhythm and memory. */
  applyConfig(config: ScrapeConfig): void {
    if (sameJob(config, this.#config)) return;
    this.#config = config;
    this.#deps.counters.poolReloads++;
    this.#sync(true);
  }

  setGroups(groups: readonly TargetGroup[]): void {
    this.#groups = groups;
    this.#sync(false);
  }

  #sync(reconfigure: boolean): void {
    const found = targetsOf(this.#groups, this.#config);
    this.dropped = found.dropped;
    this.droppedCount = found.droppedCount;
    this.#complain(found.refused);
    const keys = new Set(found.targets.map((target) => target.key));
    for (const [key, loop] of this.loops)
      if (!keys.has(key)) {
        this.loops.delete(key);
        this.#remove(loop);
      }
    for (const target of found.targets) {
      const loop = this.loops.get(target.key);
      if (loop === undefined) this.#add(target.key, new ScrapeLoop(target, this.#config, this.#deps));
      else if (reconfigure || !isScrapedAlike(loop.scraper.target, target)) loop.applyConfig(target, this.#config);
      else loop.scraper.rediscovered(target);
    }
    this.#applyTargetLimit();
    this.#deps.changed();
  }

  #add(key: string, loop: ScrapeLoop): void {
    this.loops.set(key, loop);
    if (this.#active) loop.start();
  }

  #remove(loop: ScrapeLoop): void {
    loop.stop().then(
      () => loop.retire(),
      (error: unknown) => this.#deps.logger.error({ err: error }, 'a scrape loop did not stop'),
    );
  }

  #applyTargetLimit(): void {
    const { targetLimit } = this.#config;
    const count = this.loops.size;
    const exceeded = targetLimit > 0 && count > targetLimit;
    if (exceeded) this.#deps.counters.exceededTargetLimit++;
    const reason = exceeded ? `target_limit exceeded (number of targets: ${count}, limit: ${targetLimit})` : '';
    for (const loop of this.loops.values()) loop.forceError(reason);
  }

  #complain(refused: readonly string[]): void {
    const known = new Set(this.refused);
    for (const reason of refused)
      if (!known.has(reason))
        this.#deps.logger.warn({ job: this.#config.jobName, reason }, 'a target cannot be scraped');
    this.refused = refused;
  }

  /** Every series that the loops write at the moment. */
  *liveRefs(): Generator<SeriesRef> {
    for (const loop of this.loops.values()) yield* loop.scraper.liveRefs();
  }
}
