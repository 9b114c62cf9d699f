import type { AlertRow, RuleGroup } from '../../../shared/alerts.ts';
import type { AlertView } from '../../alertmanager/views.ts';
import { getLabel, type Labels, labelsToRecord } from '../../model/labels.ts';
import type { AlertSnapshot, GroupSnapshot, RuleSnapshot } from '../../rules/group-snapshot.ts';
import type { Handlers } from '../dispatcher.ts';
import { valueText } from '../http/value-text.ts';
import type { ApiParts } from '../parts.ts';

export function alertCalls(parts: ApiParts): Pick<Handlers, 'alerts.list'> {
  return {
    'alerts.list': async () => {
      const groups = parts.rules.snapshot();
      return { alerts: alertRows(parts, groups), groups: groups.map(groupOf) };
    },
  };
}

/** Alerts of the rules with what the alertmanager knows of them, and those that others posted. */
function alertRows(parts: ApiParts, groups: readonly GroupSnapshot[]): AlertRow[] {
  const own = groups.flatMap((group) =>
    group.rules.flatMap((rule) => rule.alerts.map((alert) => ruleAlertRow(parts, alert, rule, group))),
  );
  const known = new Set(own.map((row) => row.fingerprint));
  const posted = parts.alertmanager.listAlerts().filter((view) => !known.has(view.fingerprint));
  return [...own, ...posted.map(postedAlertRow)];
}

function ruleAlertRow(parts: ApiParts, alert: AlertSnapshot, rule: RuleSnapshot, group: GroupSnapshot): AlertRow {
  const { silencedBy, inhibitedBy } = parts.alertmanager.status(alert.labels);
  return {
    fingerprint: alert.fingerprint,
    name: rule.name,
    state: alert.state === 'pending' ? 'pending' : heldState(silencedBy, inhibitedBy),
    ...texts(alert),
    activeAtMs: alert.activeAtMs,
    firedAtMs: alert.firedAtMs,
    value: valueText(alert.value),
    silencedBy: [...silencedBy],
    inhibitedBy: [...inhibitedBy],
    receivers: parts.alertmanager.receiversOf(alert.labels),
    rule: { group: group.name, query: rule.query, forMs: rule.forMs },
  };
}

/** An alert as the alertmanager knows it, without its rule. */
export function postedAlertRow(view: AlertView): AlertRow {
  const { silencedBy, inhibitedBy } = view.status;
  return {
    fingerprint: view.fingerprint,
    name: getLabel(view.labels, 'alertname'),
    state: heldState(silencedBy, inhibitedBy),
    ...texts(view),
    activeAtMs: view.startsAtMs,
    firedAtMs: view.startsAtMs,
    value: '',
    silencedBy: [...silencedBy],
    inhibitedBy: [...inhibitedBy],
    receivers: [...view.receivers],
    rule: null,
  };
}

function heldState(silencedBy: readonly string[], inhibitedBy: readonly string[]): AlertRow['state'] {
  if (silencedBy.length > 0) return 'silenced';
  return inhibitedBy.length > 0 ? 'inhibited' : 'firing';
}

function texts({
  labels,
  annotations,
}: {
  readonly labels: Labels;
  readonly annotations: Labels;
}): Pick<AlertRow, 'labels' | 'annotations'> {
  return { labels: labelsToRecord(labels), annotations: labelsToRecord(annotations) };
}

function groupOf({ name, file, intervalMs, rules }: GroupSnapshot): RuleGroup {
  return {
    name,
    file,
    intervalMs,
    rules: rules.map((rule) => ({
      kind: rule.kind,
      name: rule.name,
      query: rule.query,
      ...texts(rule),
      forMs: rule.forMs,
      keepFiringForMs: rule.keepFiringForMs,
      state: rule.state,
      health: rule.health,
      lastError: rule.lastError,
      lastEvaluationMs: rule.lastEvaluationMs,
      evaluationDurationMs: rule.evaluationDurationMs,
    })),
  };
}
