import type { Expr } from '../../shared/promql/ast.ts';
import type { Labels } from '../model/labels.ts';
import type { ActiveAlert } from './active-alert.ts';
import type { GroupCounters, RuleGroup, RuleHealth, RuleState } from './rule-group.ts';

/** An alert that is pending or firing. Times are 0 when there is none. */
export interface AlertSnapshot {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly fingerprint: string;
  readonly state: 'pending' | 'firing';
  readonly value: number;
  readonly activeAtMs: number;
  readonly firedAtMs: number;
  readonly keepFiringSinceMs: number;
}

export interface RuleSnapshot {
  readonly kind: 'alerting' | 'recording';
  readonly name: string;
  /** As Prometheus prints it. */
  readonly query: string;
  readonly expr: Expr;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** 'unknown' before the first evaluation; recording rules are always inactive after it. */
  readonly state: 'unknown' | 'inactive' | 'pending' | 'firing';
  readonly health: RuleHealth;
  readonly lastError: string;
  readonly lastEvaluationMs: number;
  readonly evaluationDurationMs: number;
  readonly alerts: readonly AlertSnapshot[];
}

export interface GroupSnapshot {
  readonly name: string;
  readonly file: string;
  readonly intervalMs: number;
  readonly limit: number;
  readonly rules: readonly RuleSnapshot[];
  readonly lastEvaluationMs: number;
  readonly evaluationDurationMs: number;
  readonly counters: Readonly<GroupCounters>;
}

export function snapshotOf(group: RuleGroup): GroupSnapshot {
  const { name, file, intervalMs, limit } = group.config;
  const { lastEvaluationMs, evaluationDurationMs } = group;
  const rules = group.rules.map(ruleSnapshot);
  return {
    name,
    file,
    intervalMs,
    limit,
    rules,
    lastEvaluationMs,
    evaluationDurationMs,
    counters: { ...group.counters },
  };
}

function ruleSnapshot(state: RuleState): RuleSnapshot {
  const { rule, health, lastError, lastEvaluationMs, evaluationDurationMs } = state;
  const { query } = rule;
  const { expr, labels } = rule.config;
  const common = { name: rule.name, query, expr, labels, health, lastError, lastEvaluationMs, evaluationDurationMs };
  const isUnknown = lastEvaluationMs === 0;
  if (rule.kind === 'recording') {
    const nothing = { annotations: [], forMs: 0, keepFiringForMs: 0, alerts: [] };
    return { ...common, ...nothing, kind: 'recording', state: isUnknown ? 'unknown' : 'inactive' };
  }
  const { annotations, forMs, keepFiringForMs } = rule.config;
  const alerts = [...rule.active].flatMap(alertSnapshot);
  const ruleState = isUnknown ? 'unknown' : rule.state;
  return { ...common, kind: 'alerting', annotations, forMs, keepFiringForMs, state: ruleState, alerts };
}

function alertSnapshot(alert: ActiveAlert): AlertSnapshot[] {
  const { labels, annotations, fingerprint, state, value, activeAtMs, firedAtMs, keepFiringSinceMs } = alert;
  if (state === 'inactive') return [];
  return [{ labels, annotations, fingerprint, state, value, activeAtMs, firedAtMs, keepFiringSinceMs }];
}
