import type { DiscoveryConfig, ScrapeConfig } from '../config/scrape-config.ts';
import type { Clock } from '../model/clock.ts';
import type { TargetGroup } from '../model/target-group.ts';
import { DiscoveryLog, type DiscoveryLogEntry } from './discovery-log.ts';
import { FileProvider } from './file-provider.ts';
import { builtinProvider, staticProvider } from './fixed-providers.ts';
import { type LocalOptions, LocalProvider } from './local/local-provider.ts';
import type { Provider } from './provider.ts';

/** Changes of one job that come together are told together. */
const DEBOUNCE_MS = 100;

export interface DiscoveryOptions {
  readonly clock: Clock;
  /** This machine's name: the address of the exporters within. */
  readonly hostname: string;
  readonly local: Pick<LocalOptions, 'listListeners' | 'looksLikeMetrics' | 'isOwnPort'>;
  /** All groups of a job, at every change; also of a job without any. */
  readonly onGroups: (jobName: string, groups: readonly TargetGroup[]) => void;
}

interface Job {
  /** What its providers were made from, to tell whether a new configuration changes them. */
  readonly fingerprint: string;
  readonly providers: readonly Provider[];
  /** What each provider told last. */
  readonly groups: (readonly TargetGroup[])[];
  cancelTelling: (() => void) | null;
}

/** Runs the discoveries of all jobs and tells, job by job, what they found. */
export class DiscoveryManager {
  readonly #options: DiscoveryOptions;
  readonly #log: DiscoveryLog;
  readonly #jobs = new Map<string, Job>();
  #running = false;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#log = new DiscoveryLog(options.clock);
  }

  /** Jobs whose discoveries are as they were keep theirs running. Those gone tell nothing more. */
  applyConfig(jobs: readonly Pick<ScrapeConfig, 'jobName' | 'discovery'>[]): void {
    const wanted = new Map(jobs.map((config) => [config.jobName, config.discovery]));
    for (const [name, job] of this.#jobs) {
      const discovery = wanted.get(name);
      if (discovery !== undefined && JSON.stringify(discovery) === job.fingerprint) continue;
      stopJob(job);
      this.#jobs.delete(name);
    }
    for (const [name, discovery] of wanted) if (!this.#jobs.has(name)) this.#addJob(name, discovery);
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    for (const [name, job] of this.#jobs) this.#startJob(name, job);
  }

  stop(): void {
    this.#running = false;
    for (const job of this.#jobs.values()) stopJob(job);
  }

  /** What the discoveries noticed and why, oldest first. */
  log(): readonly DiscoveryLogEntry[] {
    return this.#log.entries();
  }

  #addJob(name: string, discovery: readonly DiscoveryConfig[]): void {
    const job: Job = {
      fingerprint: JSON.stringify(discovery),
      providers: discovery.map((config) => this.#provider(name, config)),
      groups: discovery.map(() => []),
      cancelTelling: null,
    };
    this.#jobs.set(name, job);
    if (this.#running) this.#startJob(name, job);
  }

  #provider(job: string, config: DiscoveryConfig): Provider {
    switch (config.kind) {
      case 'static':
        return staticProvider(config.groups);
      case 'builtin':
        return builtinProvider(config.exporter, this.#options.hostname);
      case 'file':
        return new FileProvider(config.config, { job, clock: this.#options.clock, log: this.#log });
      case 'local':
        return new LocalProvider(config.config, {
          job,
          clock: this.#options.clock,
          log: this.#log,
          ...this.#options.local,
        });
    }
  }

  #startJob(name: string, job: Job): void {
    this.#tellSoon(name, job);
    job.providers.forEach((provider, i) => {
      provider.start((groups) => {
        // Two providers of a job may use the same source; a group is known by both.
        job.groups[i] = groups.map((group) => ({ ...group, source: `${i}/${group.source}` }));
        this.#tellSoon(name, job);
      });
    });
  }

  #tellSoon(name: string, job: Job): void {
    if (job.cancelTelling !== null) return;
    job.cancelTelling = this.#options.clock.after(DEBOUNCE_MS, () => {
      job.cancelTelling = null;
      this.#options.onGroups(name, job.groups.flat());
    });
  }
}

function stopJob(job: Job): void {
  for (const provider of job.providers) provider.stop();
  job.cancelTelling?.();
  job.cancelTelling = null;
}
