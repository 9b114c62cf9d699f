/** Owns the rule groups: applies configuration, starts and stops them, shows them (rules/manager.go). */
import type { RuleGroupConfig } from '../config/rule-file.ts';
import type { NotifyFn } from '../model/alert.ts';
import type { Clock } from '../model/clock.ts';
import type { Labels } from '../model/labels.ts';
import type { Logger } from '../model/log.ts';
import type { Appendable, Queryable } from '../model/storage.ts';
import type { AlertChange } from './active-alert.ts';
import { type GroupSnapshot, snapshotOf } from './group-snapshot.ts';
import type { QueryFn } from './query.ts';
import { type RuleEnvironment, RuleGroup } from './rule-group.ts';

export interface RuleManagerOptions {
  readonly appendable: Appendable;
  /** Where ALERTS_FOR_STATE of the last run is looked up. */
  readonly queryable: Queryable;
  readonly query: QueryFn;
  readonly notify: NotifyFn;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Without a slash at its end. */
  readonly externalUrl: string;
  /** Every change of state of every alert: for the history. */
  readonly record: (changes: readonly AlertChange[]) => void;
  readonly resendDelayMs?: number;
  readonly outageToleranceMs?: number;
  readonly forGracePeriodMs?: number;
}

/** Two scrapes at the usual interval. */
const SETTLE_MS = 30_000;

export class RuleManager {
  readonly #environment: RuleEnvironment;
  readonly #listeners = new Set<() => void>();
  /** By file and name. */
  #groups = new Map<string, RuleGroup>();
  #externalLabels: Labels = [];
  #isStarted = false;
  /** Whether a configuration was applied: only groups of the first one restore the state of the last run. */
  #isConfigured = false;
  #suspendedAtMs: number | null = null;
  #cancelResume: () => void = () => {};
  /** Timers that will end the series of removed groups. */
  readonly #endings = new Set<() => void>();

  constructor(options: RuleManagerOptions) {
    this.#environment = {
      resendDelayMs: 60_000,
      outageToleranceMs: 3_600_000,
      forGracePeriodMs: 600_000,
      ...options,
      externalLabels: () => this.#externalLabels,
      changed: (changes) => {
        if (changes.length > 0) options.record(changes);
        this.#tell();
      },
    };
  }

  /** Groups that did not change go on undisturbed; changed ones keep the state of rules with the same name and labels. */
  async applyConfig(configs: readonly RuleGroupConfig[], externalLabels: Labels): Promise<void> {
    this.#externalLabels = externalLabels;
    const old = this.#groups;
    const next = new Map<string, RuleGroup>();
    for (const config of configs) {
      const key = groupKey(config);
      const known = old.get(key);
      const isSame = known !== undefined && isSameGroup(known.config, config);
      next.set(key, isSame ? known : new RuleGroup(config, this.#environment, !this.#isConfigured));
    }
    const gone = [...old].filter(([key, group]) => next.get(key) !== group);
    await Promise.all(gone.map(([, group]) => group.stop()));
    for (const [key, group] of gone) {
      const successor = next.get(key);
      if (successor === undefined) this.#endLater(group);
      else successor.adopt(group);
    }
    this.#groups = next;
    this.#isConfigured = true;
    if (this.#isStarted) this.#startGroups();
    this.#tell();
  }

  start(): void {
    this.#isStarted = true;
    this.#startGroups();
  }

  #startGroups(): void {
    for (const group of this.#groups.values()) {
      if (this.#suspendedAtMs !== null) group.pause();
      group.start();
    }
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#cancelResume();
    for (const cancel of this.#endings) cancel();
    this.#endings.clear();
    await Promise.all([...this.#groups.values()].map((group) => group.stop()));
  }

  /** A removed group's series end after two of its intervals, unless another group writes them by then. */
  #endLater(group: RuleGroup): void {
    const { clock, logger } = this.#environment;
    const cancel = clock.after(2 * group.config.intervalMs, () => {
      this.#endings.delete(cancel);
      try {
        group.end((key) => [...this.#groups.values()].some((other) => other.writes(key)));
      } catch (error) {
        logger.error({ group: group.config.name, error: String(error) }, 'series of a removed group were not ended');
      }
    });
    this.#endings.add(cancel);
  }

  /** The computer goes to sleep: nothing is evaluated until `resume`. */
  suspend(): void {
    this.#suspendedAtMs ??= this.#environment.clock.nowMs();
    this.#cancelResume();
    for (const group of this.#groups.values()) group.pause();
  }

  /**
   * It woke up. Evaluation begins again after `settleMs`, when there are fresh samples: with none, what fires would
   * seem to be over. All the time since `suspend` does not count for pending alerts.
   */
  resume(settleMs = SETTLE_MS): void {
    const suspendedAtMs = this.#suspendedAtMs;
    if (suspendedAtMs === null) return;
    const { clock } = this.#environment;
    this.#cancelResume();
    this.#cancelResume = clock.after(settleMs, () => {
      const gapMs = clock.nowMs() - suspendedAtMs;
      this.#suspendedAtMs = null;
      for (const group of this.#groups.values()) group.resume(gapMs);
    });
  }

  /** Every group with its rules and their alerts as they are now, by file, then name. */
  snapshot(): GroupSnapshot[] {
    const groups = [...this.#groups.values()].map(snapshotOf);
    return groups.sort((a, b) => order(a.file, b.file) || order(a.name, b.name));
  }

  /** Calls `listener` when alerts, health or groups changed; the returned function ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function groupKey({ file, name }: RuleGroupConfig): string {
  return `${file};${name}`;
}

/** Expressions are compared as written. */
function isSameGroup(a: RuleGroupConfig, b: RuleGroupConfig): boolean {
  const text = (group: RuleGroupConfig) => JSON.stringify(group, (key, value) => (key === 'expr' ? null : value));
  return text(a) === text(b);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
