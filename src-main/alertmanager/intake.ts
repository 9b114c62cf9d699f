/** What comes in by POST /api/v2/alerts or from the rules: completed and checked (api/v2, types.Alert.Validate). */
import { fingerprint } from '../model/fingerprint.ts';
import { type Labels, labelEntries, labelsOf } from '../model/labels.ts';
import type { StoredAlert } from './stored-alert.ts';

/** An alert as it is posted: times in ms, 0 for those that were left out. */
export interface PostedAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly generatorUrl: string;
}

export interface Intake {
  readonly alerts: readonly StoredAlert[];
  /** Why others were refused. */
  readonly problems: readonly string[];
}

export function takeIn(posted: readonly PostedAlert[], nowMs: number, resolveTimeoutMs: number): Intake {
  const alerts: StoredAlert[] = [];
  const problems: string[] = [];
  for (const alert of posted) {
    const complete = completed(alert, nowMs, resolveTimeoutMs);
    const problem = problemOf(complete);
    if (problem === null) alerts.push(complete);
    else problems.push(problem);
  }
  return { alerts, problems };
}

function completed(alert: PostedAlert, nowMs: number, resolveTimeoutMs: number): StoredAlert {
  const labels = labelsOf(labelEntries(alert.labels));
  const isTimeout = alert.endsAtMs === 0;
  const startsAtMs = alert.startsAtMs !== 0 ? alert.startsAtMs : isTimeout ? nowMs : alert.endsAtMs;
  return {
    fingerprint: fingerprint(labels),
    labels,
    annotations: labelsOf(labelEntries(alert.annotations)),
    startsAtMs,
    endsAtMs: isTimeout ? nowMs + resolveTimeoutMs : alert.endsAtMs,
    generatorUrl: alert.generatorUrl,
    updatedAtMs: nowMs,
    isTimeout,
  };
}

function problemOf(alert: StoredAlert): string | null {
  if (alert.endsAtMs < alert.startsAtMs) return 'start time must be before end time';
  if (alert.labels.length === 0) return 'at least one label pair required';
  for (const [what, set] of [
    ['label', alert.labels],
    ['annotation', alert.annotations],
  ] as const) {
    for (const [name] of labelEntries(set)) if (name === '') return `invalid ${what} set: invalid name ""`;
  }
  return null;
}
