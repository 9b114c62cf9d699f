/** Alerts as the alertmanager keeps them: identity, merging, order (types/types.go). Times in ms; 0 stands for none. */
import { compareStrings, getLabel, type Labels, labelEntries } from '../model/labels.ts';

export interface StoredAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly generatorUrl: string;
  /** When it was received. */
  readonly updatedAtMs: number;
  /** Its end was not told but made up from resolve_timeout. */
  readonly isTimeout: boolean;
}

export function isResolved(alert: StoredAlert, nowMs: number): boolean {
  return alert.endsAtMs !== 0 && alert.endsAtMs <= nowMs;
}

/** Of two alerts with the same labels, what is known together; replaces `old` when their times do not overlap. */
export function mergeAlert(old: StoredAlert, next: StoredAlert, nowMs: number): StoredAlert {
  const startsInside = next.startsAtMs > old.startsAtMs && next.startsAtMs < old.endsAtMs;
  const endsInside = next.endsAtMs > old.startsAtMs && next.endsAtMs < old.endsAtMs;
  if (!startsInside && !endsInside) return next;
  const [elder, younger] = old.updatedAtMs <= next.updatedAtMs ? [old, next] : [next, old];
  return {
    ...younger,
    startsAtMs: Math.min(elder.startsAtMs, younger.startsAtMs),
    endsAtMs: mergedEnd(elder, younger, nowMs),
  };
}

function mergedEnd(elder: StoredAlert, younger: StoredAlert, nowMs: number): number {
  if (isResolved(younger, nowMs)) {
    return isResolved(elder, nowMs) ? Math.max(elder.endsAtMs, younger.endsAtMs) : younger.endsAtMs;
  }
  return elder.endsAtMs > younger.endsAtMs && !elder.isTimeout ? elder.endsAtMs : younger.endsAtMs;
}

const FIRST_LABELS = ['job', 'instance'];

/** By job, then instance (without one last), then label set. */
export function compareAlerts(a: StoredAlert, b: StoredAlert): number {
  for (const name of FIRST_LABELS) {
    const [x, y] = [getLabel(a.labels, name), getLabel(b.labels, name)];
    if (x === y) continue;
    if (x === '') return 1;
    return y === '' ? -1 : compareStrings(x, y);
  }
  return compareLabelSets(a.labels, b.labels);
}

/** Fewer labels first, then by name and value. */
export function compareLabelSets(a: Labels, b: Labels): number {
  if (a.length !== b.length) return a.length - b.length;
  const names = [...new Set([...labelEntries(a), ...labelEntries(b)].map(([name]) => name))].sort(compareStrings);
  for (const name of names) {
    const [x, y] = [getLabel(a, name), getLabel(b, name)];
    if (x === y) continue;
    if (x === '') return -1;
    return y === '' ? 1 : compareStrings(x, y);
  }
  return 0;
}
