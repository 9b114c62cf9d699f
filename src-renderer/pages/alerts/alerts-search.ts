import type { AlertRow, Rule, RuleGroup } from '../../../shared/alerts.ts';
import type { Mark } from '../../ui/StateMark.tsx';
import { textParam, wordsParam } from '../../ui/search-text.ts';

export type AlertState = AlertRow['state'];

export const ALERT_STATES: readonly { readonly value: AlertState; readonly word: string; readonly mark: Mark }[] = [
  { value: 'firing', word: 'Firing', mark: 'critical' },
  { value: 'pending', word: 'Pending', mark: 'pending' },
  { value: 'silenced', word: 'Silenced', mark: 'silenced' },
  { value: 'inhibited', word: 'Inhibited', mark: 'inhibited' },
  { value: 'resolved', word: 'Resolved', mark: 'ok' },
  { value: 'inactive', word: 'Inactive', mark: 'inactive' },
];

export interface AlertsSearch {
  readonly q?: string;
  readonly state?: string;
  readonly fingerprint?: string;
  readonly rule?: string;
  readonly view?: string;
}

export function parseAlertsSearch(search: Record<string, unknown>): AlertsSearch {
  return {
    q: textParam(search, 'q'),
    state: textParam(search, 'state'),
    fingerprint: textParam(search, 'fingerprint'),
    rule: textParam(search, 'rule'),
    view: textParam(search, 'view'),
  };
}

/** A firing alert looks as bad as its severity says. */
export function lookOf(alert: AlertRow): { readonly word: string; readonly mark: Mark } {
  const state = ALERT_STATES.find((each) => each.value === alert.state) ?? { word: alert.state, mark: 'inactive' };
  const severity = alert.labels.severity ?? '';
  if (alert.state === 'firing' && /^(?:warning|warn|info|low|none)$/.test(severity))
    return { word: state.word, mark: 'warning' };
  return state;
}

export function chosenStates(search: AlertsSearch): readonly AlertState[] {
  return wordsParam(
    { ...search },
    'state',
    ALERT_STATES.map((each) => each.value),
  );
}

/** Firing and not silenced first, and the newest of them. */
export function byUrgency(a: AlertRow, b: AlertRow): number {
  const rank = (alert: AlertRow) => ALERT_STATES.findIndex((each) => each.value === alert.state);
  return rank(a) - rank(b) || (b.firedAtMs || b.activeAtMs) - (a.firedAtMs || a.activeAtMs);
}

export function alertsShown(alerts: readonly AlertRow[], search: AlertsSearch): readonly AlertRow[] {
  const states = chosenStates(search);
  return alerts
    .filter((alert) => states.length === 0 || states.includes(alert.state))
    .filter((alert) => matches(search.q, alert.name, alert.labels, alert.annotations))
    .sort(byUrgency);
}

export interface RuleRow {
  readonly id: string;
  readonly group: RuleGroup;
  readonly rule: Rule;
}

export function rulesShown(groups: readonly RuleGroup[], search: AlertsSearch): readonly RuleRow[] {
  return groups
    .flatMap((group) => group.rules.map((rule, at) => ({ id: `${group.file} ${group.name} ${at}`, group, rule })))
    .filter(({ group, rule }) =>
      matches(`${search.q ?? ''}`, `${rule.name} ${rule.query} ${group.name}`, rule.labels, rule.annotations),
    );
}

function matches(
  q: string | undefined,
  name: string,
  ...records: readonly Readonly<Record<string, string>>[]
): boolean {
  const words = (q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const pairs = records.flatMap((record) =>
    Object.entries(record).map(([key, value]) => `${key}="${value}" ${key}=${value}`),
  );
  const text = `${name} ${pairs.join(' ')}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
