import type { ScrapeConfig } from '../config/scrape-config.ts';
import type { Labels } from '../model/labels.ts';
import type { MetricMetadata } from '../model/metadata.ts';
import type { SeriesRef } from '../model/storage.ts';
import type { TargetGroup } from '../model/target-group.ts';
import { newScrapeCounters, type ScrapeCounters } from './counters.ts';
import { BodyBuffers } from './http/body-buffer.ts';
import { RECEIVE_BYTES } from './http/plain-client.ts';
import { IngestTurns } from './ingest-turns.ts';
import { IntervalLengths } from './interval-lengths.ts';
import { RetiredSeries } from './retired-series.ts';
import type { LoopDeps, ScrapeOptions } from './scrape-deps.ts';
import type { ScrapeLoop } from './scrape-loop.ts';
import { ScrapePool } from './scrape-pool.ts';
import type { DroppedTarget, TargetSnapshot } from './target-state.ts';
import { globalUrl } from './target-url.ts';

export interface TargetMetadata extends MetricMetadata {
  readonly metric: string;
  /** Labels of the target that exposes it. */
  readonly target: Labels;
  readonly job: string;
}

/** Changes are told at most this often. */
const CHANGE_INTERVAL_MS = 250;

/** All scrape loops, a pool for each job. */
export class ScrapeManager {
  readonly counters: ScrapeCounters = newScrapeCounters();
  readonly intervalLengths = new IntervalLengths();
  readonly #options: ScrapeOptions;
  readonly #deps: LoopDeps;
  readonly #retired: RetiredSeries;
  readonly #pools = new Map<string, ScrapePool>();
  /** Pools that were removed and still have a scrape under way. */
  readonly #stopping = new Set<Promise<void>>();
  readonly #subscribers = new Set<() => void>();
  #cancelChange: (() => void) | null = null;
  #active = false;

  constructor(options: ScrapeOptions) {
    this.#options = options;
    this.#retired = new RetiredSeries(options.appendable, options.clock, () => this.#liveRefs());
    this.#deps = {
      ...options,
      counters: this.counters,
      buffers: new BodyBuffers(),
      turns: new IngestTurns(),
      intervalLengths: this.intervalLengths,
      receiveBuffer: Buffer.allocUnsafeSlow(RECEIVE_BYTES),
      changed: () => this.#changed(),
      retire: (refs, staleTimeMs, intervalMs) => this.#retired.add(refs, staleTimeMs, intervalMs),
    };
  }

  /** Jobs that are gone stop; jobs and targets that did not change go on undisturbed. */
  applyConfig(configs: readonly ScrapeConfig[]): void {
    const wanted = new Map(configs.map((config) => [config.jobName, config]));
    for (const [jobName, pool] of this.#pools)
      if (!wanted.has(jobName)) {
        this.#pools.delete(jobName);
        this.#stopPool(pool);
      }
    for (const config of configs) {
      const pool = this.#pools.get(config.jobName);
      if (pool !== undefined) pool.applyConfig(config);
      else this.#addPool(config);
    }
    this.#changed();
  }

  /** All that discovery knows of a job, replacing what it said before. Unknown jobs are ignored. */
  setGroups(jobName: string, groups: readonly TargetGroup[]): void {
    this.#pools.get(jobName)?.setGroups(groups);
  }

  start(): void {
    this.#active = true;
    for (const pool of this.#pools.values()) pool.start();
  }

  /** Waits for what is under way. Series do not end: they go on after the restart. */
  async stop(): Promise<void> {
    this.#active = false;
    this.#retired.stop();
    this.#cancelChange?.();
    this.#cancelChange = null;
    await Promise.all([...[...this.#pools.values()].map((pool) => pool.stop()), ...this.#stopping]);
  }

  /** Before the computer sleeps: a scrape across a sleep would only fail. */
  suspend(): void {
    for (const pool of this.#pools.values()) pool.suspend();
  }

  /** After a sleep: the ticks are set anew by the clock. */
  resume(): void {
    if (this.#active) for (const pool of this.#pools.values()) pool.start();
  }

  /** Jobs in force, in the order of the configuration. */
  jobs(): string[] {
    return [...this.#pools.keys()];
  }

  targets(): TargetSnapshot[] {
    return [...this.#pools].flatMap(([job, pool]) =>
      [...pool.loops.values()].map((loop) => snapshot(job, loop, this.#options.hostName)),
    );
  }

  droppedTargets(): DroppedTarget[] {
    return [...this.#pools].flatMap(([job, pool]) =>
      pool.dropped.map((discoveredLabels) => ({ job, discoveredLabels })),
    );
  }

  /** How many targets relabelling dropped, a job each: also those that are too many to be listed. */
  droppedCounts(): ReadonlyMap<string, number> {
    return new Map([...this.#pools].map(([job, pool]) => [job, pool.droppedCount]));
  }

  /** Scrapes a target at once; false when there is none with this id. */
  async scrapeNow(id: string): Promise<boolean> {
    for (const pool of this.#pools.values())
      for (const loop of pool.loops.values())
        if (loop.scraper.target.id === id) {
          await loop.scrapeNow();
          return true;
        }
    return false;
  }

  /** TYPE, HELP and UNIT as the targets tell them, one entry for each metric of each target. */
  *metadata(): Generator<TargetMetadata> {
    for (const [job, pool] of this.#pools)
      for (const loop of pool.loops.values())
        for (const [metric, metadata] of loop.scraper.families.entries())
          yield { metric, ...metadata, target: loop.scraper.target.labels, job };
  }

  /** Calls back after targets or their state changed, several changes at once; returns the undo. */
  subscribe(onChange: () => void): () => void {
    this.#subscribers.add(onChange);
    return () => this.#subscribers.delete(onChange);
  }

  #addPool(config: ScrapeConfig): void {
    const pool = new ScrapePool(config, this.#deps);
    this.#pools.set(config.jobName, pool);
    if (this.#active) pool.start();
  }

  /** The series of a removed job do not end but run out, as in Prometheus: only targets that discovery loses end. */
  #stopPool(pool: ScrapePool): void {
    const stopped = pool.stop().then(() => {
      this.#stopping.delete(stopped);
    });
    this.#stopping.add(stopped);
  }

  #liveRefs(): ReadonlySet<SeriesRef> {
    const live = new Set<SeriesRef>();
    for (const pool of this.#pools.values()) for (const ref of pool.liveRefs()) live.add(ref);
    return live;
  }

  #changed(): void {
    this.#cancelChange ??= this.#options.clock.after(CHANGE_INTERVAL_MS, () => {
      this.#cancelChange = null;
      for (const onChange of this.#subscribers) onChange();
    });
  }
}

function snapshot(job: string, loop: ScrapeLoop, hostName: string): TargetSnapshot {
  const { target, state } = loop.scraper;
  return {
    id: target.id,
    job,
    url: target.url,
    globalUrl: globalUrl(target.url, hostName),
    labels: target.labels,
    discoveredLabels: target.discoveredLabels,
    health: state.health,
    lastScrapeMs: state.last?.timeMs ?? 0,
    lastDurationMs: state.last?.durationMs ?? 0,
    lastError: state.last?.error ?? '',
    samplesScraped: state.last?.samplesScraped ?? 0,
    intervalMs: target.intervalMs,
    timeoutMs: target.timeoutMs,
    recent: state.recent,
  };
}
