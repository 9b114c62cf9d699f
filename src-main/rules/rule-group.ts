/** One group of rules: its clock, its evaluations, what became of them (rules/group.go). */
import type { RuleConfig, RuleGroupConfig } from '../config/rule-file.ts';
import type { NotifyFn } from '../model/alert.ts';
import type { Clock } from '../model/clock.ts';
import { fingerprint } from '../model/fingerprint.ts';
import { type Labels, labelEntries, labelsKey, labelsOf } from '../model/labels.ts';
import type { Logger } from '../model/log.ts';
import { type Appendable, type Queryable, SeriesLimitError } from '../model/storage.ts';
import type { AlertChange } from './active-alert.ts';
import { AlertingRule } from './alerting-rule.ts';
import { messageOf } from './errors.ts';
import type { QueryFn } from './query.ts';
import { RecordingRule } from './recording-rule.ts';
import { restoreForState } from './restore.ts';
import { markStale, type Refusals, WrittenSeries } from './written-series.ts';

/** What every group of a manager shares. */
export interface RuleEnvironment {
  readonly appendable: Appendable;
  readonly queryable: Queryable;
  readonly query: QueryFn;
  readonly notify: NotifyFn;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly externalUrl: string;
  readonly externalLabels: () => Labels;
  readonly resendDelayMs: number;
  readonly outageToleranceMs: number;
  readonly forGracePeriodMs: number;
  /** Alerts changed their state, or rules their health. */
  readonly changed: (changes: readonly AlertChange[]) => void;
}

export type RuleHealth = 'unknown' | 'ok' | 'err';

export interface RuleState {
  readonly rule: AlertingRule | RecordingRule;
  readonly written: WrittenSeries;
  health: RuleHealth;
  lastError: string;
  lastEvaluationMs: number;
  evaluationDurationMs: number;
}

/** Counters of one group, for Hearth's own metrics. */
export interface GroupCounters {
  evaluations: number;
  failures: number;
  iterations: number;
  missed: number;
  lastSamples: number;
}

const AFTER_FIRST = 2;

export class RuleGroup {
  readonly config: RuleGroupConfig;
  readonly rules: readonly RuleState[];
  readonly counters: GroupCounters = { evaluations: 0, failures: 0, iterations: 0, missed: 0, lastSamples: 0 };
  lastEvaluationMs = 0;
  evaluationDurationMs = 0;
  readonly #environment: RuleEnvironment;
  /** Series of rules that are no more. */
  #orphans: Labels[] = [];
  #cancelTimer: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();
  #isStarted = false;
  #isPaused = false;
  #toRestore: boolean;
  #iterationsHere = 0;

  constructor(config: RuleGroupConfig, environment: RuleEnvironment, toRestore: boolean) {
    this.config = config;
    this.#environment = environment;
    this.#toRestore = toRestore;
    this.rules = config.rules.map((rule) => newState(rule, !toRestore));
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#schedule(nextSlotMs(this.config, this.#environment.clock.nowMs()));
  }

  /** Waits for the evaluation in flight. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    await this.#running;
  }

  /** Until `resume`, ticks are only counted as missed. */
  pause(): void {
    this.#isPaused = true;
  }

  /** `gapMs` of the time since `pause` does not count for what is pending. */
  resume(gapMs: number): void {
    this.#isPaused = false;
    for (const { rule } of this.rules) if (rule.kind === 'alerting') rule.shiftPending(gapMs);
  }

  /** Takes over the state of the group that this one replaces, rule by rule (same name and labels). */
  adopt(from: RuleGroup): void {
    const free = new Map<string, RuleState[]>();
    for (const state of from.rules) {
      const key = identity(state.rule.config);
      free.set(key, [...(free.get(key) ?? []), state]);
    }
    for (const [i, state] of this.rules.entries()) {
      const old = free.get(identity(state.rule.config))?.shift();
      if (old !== undefined) this.#adoptRule(i, old);
    }
    this.#orphans = [...from.#orphans, ...[...free.values()].flat().flatMap((state) => state.written.labels)];
    this.#toRestore = from.#toRestore;
    Object.assign(this.counters, from.counters);
    this.lastEvaluationMs = from.lastEvaluationMs;
    this.evaluationDurationMs = from.evaluationDurationMs;
  }

  #adoptRule(index: number, old: RuleState): void {
    const state = this.rules[index];
    if (state === undefined) return;
    const { rule } = state;
    if (rule.kind === 'alerting' && old.rule.kind === 'alerting') rule.adopt(old.rule);
    state.written.adopt(old.written);
  }

  /** Ends the series of a group that was removed, but those that `isContinued` elsewhere. */
  end(isContinued: (key: string) => boolean): void {
    const series = [...this.#orphans, ...this.rules.flatMap((state) => state.written.labels)];
    this.#markStale(
      series.filter((labels) => !isContinued(labelsKey(labels))),
      this.#environment.clock.nowMs(),
    );
  }

  writes(key: string): boolean {
    return this.rules.some((state) => state.written.has(key));
  }

  #schedule(slotMs: number): void {
    const { clock } = this.#environment;
    this.#cancelTimer = clock.after(slotMs - clock.nowMs(), () => {
      this.#running = this.#tick(slotMs);
    });
  }

  async #tick(slotMs: number): Promise<void> {
    if (this.#isPaused) this.counters.missed++;
    else await this.#iterate(slotMs);
    if (!this.#isStarted) return;
    const { intervalMs } = this.config;
    const passed = Math.floor((this.#environment.clock.nowMs() - slotMs) / intervalMs);
    this.counters.missed += Math.max(0, passed - 1);
    this.#schedule(slotMs + Math.max(1, passed) * intervalMs);
  }

  async #iterate(slotMs: number): Promise<void> {
    try {
      await this.evaluate(slotMs);
      this.#iterationsHere++;
      if (this.#toRestore && this.#iterationsHere >= AFTER_FIRST) this.#restore();
    } catch (error) {
      this.#environment.logger.error({ group: this.config.name, error: messageOf(error) }, 'rule group failed');
    }
  }

  /** Not before the second evaluation: the first may find nothing scraped yet. */
  #restore(): void {
    const { clock, queryable, outageToleranceMs, forGracePeriodMs } = this.#environment;
    for (const { rule } of this.rules) {
      if (rule.kind !== 'alerting' || rule.restored) continue;
      restoreForState(rule, queryable, { nowMs: clock.nowMs(), outageToleranceMs, forGracePeriodMs });
    }
    this.#toRestore = false;
  }

  /** Evaluates every rule in order, once, as of `atMs`. */
  async evaluate(atMs: number): Promise<void> {
    const { clock, changed } = this.#environment;
    const startMs = clock.monotonicMs();
    this.counters.iterations++;
    this.counters.lastSamples = 0;
    const changes: AlertChange[] = [];
    let healthChanged = false;
    for (const state of this.rules) {
      const health = state.health;
      await this.#evaluateRule(state, atMs);
      if (state.rule.kind === 'alerting') changes.push(...state.rule.takeChanges());
      healthChanged ||= state.health !== health;
    }
    this.#markStale(this.#orphans, atMs - this.config.queryOffsetMs);
    this.#orphans = [];
    this.lastEvaluationMs = atMs;
    this.evaluationDurationMs = clock.monotonicMs() - startMs;
    if (changes.length > 0 || healthChanged) changed(changes);
  }

  async #evaluateRule(state: RuleState, atMs: number): Promise<void> {
    const { clock, query, notify, externalUrl, externalLabels, resendDelayMs } = this.#environment;
    const { queryOffsetMs, limit, intervalMs } = this.config;
    const startMs = clock.monotonicMs();
    const queryMs = atMs - queryOffsetMs;
    this.counters.evaluations++;
    state.lastEvaluationMs = atMs;
    try {
      const context = { query, atMs, queryMs, limit, externalLabels: externalLabels(), externalUrl };
      const samples = await state.rule.evaluate(context);
      this.counters.lastSamples += samples.length;
      if (state.rule.kind === 'alerting') {
        const toSend = state.rule.takeToSend({ ...context, resendDelayMs, intervalMs });
        if (toSend.length > 0) notify(toSend);
      }
      this.#judge(state, this.#write(state, samples, queryMs));
    } catch (error) {
      this.#fail(state, messageOf(error));
    }
    state.evaluationDurationMs = clock.monotonicMs() - startMs;
  }

  #write(state: RuleState, samples: Parameters<WrittenSeries['write']>[1], queryMs: number): Refusals {
    const appender = this.#environment.appendable.appender();
    try {
      const refusals = state.written.write(appender, samples, queryMs);
      appender.commit();
      return refusals;
    } catch (error) {
      appender.rollback();
      throw error;
    }
  }

  #judge(state: RuleState, refusals: Refusals): void {
    state.health = 'ok';
    state.lastError = '';
    if (refusals.size === 0) return;
    const reasons = [...refusals].map(([reason, count]) => `${count} ${reason}`).join(', ');
    const fields = { group: this.config.name, rule: state.rule.name, reasons };
    this.#environment.logger.warn(fields, 'rule result samples were refused');
  }

  #fail(state: RuleState, message: string): void {
    if (state.lastError !== message) {
      const fields = { file: this.config.file, group: this.config.name, rule: state.rule.name, error: message };
      this.#environment.logger.warn(fields, 'rule evaluation failed');
    }
    this.counters.failures++;
    state.health = 'err';
    state.lastError = message;
  }

  #markStale(series: readonly Labels[], atMs: number): void {
    if (series.length === 0) return;
    const appender = this.#environment.appendable.appender();
    try {
      for (const labels of series) markStale(appender, labels, atMs);
      appender.commit();
    } catch (error) {
      appender.rollback();
      if (!(error instanceof SeriesLimitError)) throw error;
    }
  }
}

function newState(config: RuleConfig, restored: boolean): RuleState {
  const rule = config.kind === 'alerting' ? new AlertingRule(config, restored) : new RecordingRule(config);
  const written = new WrittenSeries();
  return { rule, written, health: 'unknown', lastError: '', lastEvaluationMs: 0, evaluationDurationMs: 0 };
}

/** What makes a rule the same rule after a reload. */
function identity(config: RuleConfig): string {
  const name = config.kind === 'alerting' ? config.alert : config.record;
  return `${config.kind}\uffff${name}\uffff${labelsKey(labelsOf(labelEntries(config.labels)))}`;
}

/** The first moment from now on at which this group evaluates: groups are spread over their interval by their name. */
export function nextSlotMs({ file, name, intervalMs }: RuleGroupConfig, nowMs: number): number {
  const hash = BigInt(
    `0x${fingerprint(
      labelsOf([
        ['file', file],
        ['name', name],
      ]),
    )}`,
  );
  const phaseMs = Number(hash % BigInt(intervalMs));
  const slots = Math.ceil((nowMs - phaseMs) / intervalMs);
  return slots * intervalMs + phaseMs;
}
