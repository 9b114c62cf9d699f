/** One alerting rule: its active alerts and their state machine (rules/alerting.go). */
import { printPromql } from '../../shared/promql/print.ts';
import type { AlertingRuleConfig } from '../config/rule-file.ts';
import type { Alert } from '../model/alert.ts';
import {
  dropLabels,
  type Labels,
  labelEntries,
  labelsKey,
  labelsOf,
  METRIC_NAME,
  withLabels,
} from '../model/labels.ts';
import { type ActiveAlert, type ActiveState, type AlertChange, needsSending, newAlert } from './active-alert.ts';
import { AlertTemplate, Expansion } from './alert-template.ts';
import { RuleError } from './errors.ts';
import { expressionLink } from './expression-link.ts';
import type { QueryFn, Sample } from './query.ts';

export const ALERTS = 'ALERTS';
export const ALERTS_FOR_STATE = 'ALERTS_FOR_STATE';
const ALERT_NAME = 'alertname';
/** A resolved alert is kept so long, for being sent again. */
const RESOLVED_RETENTION_MS = 15 * 60_000;

const METRIC_NAME_ONLY: ReadonlySet<string> = new Set([METRIC_NAME]);

export interface EvaluationContext {
  readonly query: QueryFn;
  /** When the group evaluates; alerts live by it. */
  readonly atMs: number;
  /** What time the query asks about; samples are stamped with it. */
  readonly queryMs: number;
  /** 0: no limit. */
  readonly limit: number;
  readonly externalLabels: Labels;
  readonly externalUrl: string;
}

type NamedTemplate = readonly [name: string, template: AlertTemplate];

export class AlertingRule {
  readonly kind = 'alerting';
  readonly config: AlertingRuleConfig;
  /** The expression as Prometheus prints it. */
  readonly query: string;
  /** Of the page that shows the expression. */
  readonly #link: string;
  readonly #labels: readonly NamedTemplate[];
  readonly #annotations: readonly NamedTemplate[];
  #active = new Map<string, ActiveAlert>();
  #changes: AlertChange[] = [];
  /** Until the state of before the restart was looked up, no ALERTS series are written over it. */
  restored: boolean;

  constructor(config: AlertingRuleConfig, restored: boolean) {
    this.config = config;
    this.restored = restored;
    this.query = printPromql(config.expr);
    this.#link = expressionLink(this.query, 1);
    const parsed = (labels: Labels) =>
      [...labelEntries(labels)].map(([name, text]): NamedTemplate => [name, new AlertTemplate(config.alert, text)]);
    this.#labels = parsed(config.labels);
    this.#annotations = parsed(config.annotations);
  }

  get name(): string {
    return this.config.alert;
  }

  get active(): Iterable<ActiveAlert> {
    return this.#active.values();
  }

  /** Firing if any alert is, else pending if any is. */
  get state(): ActiveState {
    let state: ActiveState = 'inactive';
    for (const alert of this.#active.values()) {
      if (alert.state === 'firing') return 'firing';
      if (alert.state === 'pending') state = 'pending';
    }
    return state;
  }

  /** Takes over the alerts of the rule that this one replaces. */
  adopt(from: AlertingRule): void {
    this.#active = new Map(from.#active);
    this.restored = from.restored;
  }

  /** Moves what is pending later: time that did not count (the computer slept). */
  shiftPending(byMs: number): void {
    for (const alert of this.#active.values()) if (alert.state === 'pending') alert.activeAtMs += byMs;
  }

  /** Changes of state since the last call. */
  takeChanges(): readonly AlertChange[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  /** Evaluates once and returns the ALERTS and ALERTS_FOR_STATE samples. Throws RuleError and what the query throws. */
  async evaluate(context: EvaluationContext): Promise<readonly Sample[]> {
    const found = await this.#found(context);
    for (const [key, alert] of found) {
      const known = this.#active.get(key);
      if (known === undefined || known.state === 'inactive') {
        this.#active.set(key, alert);
        if (this.config.forMs > 0) this.#record(alert, 'inactive', context.atMs);
      } else {
        known.value = alert.value;
        known.annotations = alert.annotations;
      }
    }
    const alive: ActiveAlert[] = [];
    for (const [key, alert] of this.#active) if (this.#advance(key, found.has(key), context.atMs)) alive.push(alert);
    if (context.limit > 0 && alive.length > context.limit) {
      this.#active.clear();
      throw new RuleError(`exceeded limit of ${context.limit} with ${alive.length} alerts`);
    }
    return this.restored ? alive.flatMap((alert) => this.#samples(alert)) : [];
  }

  async #found(context: EvaluationContext): Promise<Map<string, ActiveAlert>> {
    const samples = await context.query(this.config.expr, context.queryMs);
    const expansion = new Expansion({
      query: context.query,
      timeMs: context.queryMs,
      externalLabels: context.externalLabels,
      externalUrl: context.externalUrl,
    });
    const found = new Map<string, ActiveAlert>();
    for (const sample of samples) {
      const changes = await expandAll(this.#labels, expansion, sample);
      changes.push([ALERT_NAME, this.name]);
      const labels = withLabels(dropLabels(sample.labels, METRIC_NAME_ONLY), changes);
      const annotations = await expandAll(this.#annotations, expansion, sample);
      const key = labelsKey(labels);
      if (found.has(key)) {
        throw new RuleError('vector contains metrics with the same labelset after applying alert labels');
      }
      found.set(key, newAlert(labels, labelsOf(annotations), sample.value, context.atMs));
    }
    return found;
  }

  /** One step of an alert's state machine. Returns whether it is pending or firing afterwards. */
  #advance(key: string, isPresent: boolean, atMs: number): boolean {
    const alert = this.#active.get(key);
    if (alert === undefined) return false;
    if (isPresent) alert.keepFiringSinceMs = 0;
    else if (!this.#keepsFiring(alert, atMs)) {
      this.#end(key, alert, atMs);
      return false;
    }
    if (alert.state === 'pending' && atMs - alert.activeAtMs >= this.config.forMs) {
      const from = this.config.forMs > 0 ? 'pending' : 'inactive';
      alert.state = 'firing';
      alert.firedAtMs = atMs;
      this.#record(alert, from, atMs);
    }
    return true;
  }

  #keepsFiring(alert: ActiveAlert, atMs: number): boolean {
    if (alert.state !== 'firing' || this.config.keepFiringForMs === 0) return false;
    if (alert.keepFiringSinceMs === 0) alert.keepFiringSinceMs = atMs;
    return atMs - alert.keepFiringSinceMs < this.config.keepFiringForMs;
  }

  #end(key: string, alert: ActiveAlert, atMs: number): void {
    const isOver = alert.state === 'inactive' && atMs - alert.resolvedAtMs > RESOLVED_RETENTION_MS;
    if (alert.state === 'pending' || isOver) this.#active.delete(key);
    if (alert.state === 'inactive') return;
    const from = alert.state;
    alert.state = 'inactive';
    alert.resolvedAtMs = atMs;
    this.#record(alert, from, atMs);
  }

  #record(alert: ActiveAlert, from: ActiveState, atMs: number): void {
    const { labels, fingerprint, value, state } = alert;
    this.#changes.push({ atMs, alertName: this.name, fingerprint, labels, from, to: state, value });
  }

  #samples(alert: ActiveAlert): Sample[] {
    const series = (name: string, more: readonly [string, string][]) =>
      withLabels(alert.labels, [[METRIC_NAME, name], ...more]);
    return [
      { labels: series(ALERTS, [['alertstate', alert.state]]), value: 1 },
      { labels: series(ALERTS_FOR_STATE, []), value: Math.floor(alert.activeAtMs / 1000) },
    ];
  }

  /** Alerts that the alertmanager must hear of now; marks them as sent. */
  takeToSend(send: SendOptions): Alert[] {
    const { atMs, resendDelayMs } = send;
    const alerts: Alert[] = [];
    for (const alert of this.#active.values()) {
      if (!needsSending(alert, atMs, resendDelayMs)) continue;
      alert.lastSentAtMs = atMs;
      // Allows for two missed evaluations or sends.
      alert.validUntilMs = atMs + 4 * Math.max(resendDelayMs, send.intervalMs);
      alerts.push({
        labels: withExternal(alert.labels, send.externalLabels),
        annotations: alert.annotations,
        startsAtMs: alert.firedAtMs,
        endsAtMs: alert.resolvedAtMs > 0 ? alert.resolvedAtMs : alert.validUntilMs,
        generatorUrl: send.externalUrl + this.#link,
      });
    }
    return alerts;
  }
}

async function expandAll(
  templates: readonly NamedTemplate[],
  expansion: Expansion,
  sample: Sample,
): Promise<[string, string][]> {
  const expanded: [string, string][] = [];
  for (const [name, template] of templates) {
    expanded.push([name, await template.expand(expansion, () => expansion.data(sample))]);
  }
  return expanded;
}

export interface SendOptions {
  readonly atMs: number;
  readonly resendDelayMs: number;
  readonly intervalMs: number;
  readonly externalLabels: Labels;
  readonly externalUrl: string;
}

/** An external label never replaces one that the alert has. */
function withExternal(labels: Labels, externalLabels: Labels): Labels {
  return externalLabels.length === 0 ? labels : labelsOf([...labelEntries(externalLabels), ...labelEntries(labels)]);
}
