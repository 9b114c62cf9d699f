import { fingerprint } from '../model/fingerprint.ts';
import type { Labels } from '../model/labels.ts';

export type ActiveState = 'inactive' | 'pending' | 'firing';

/** One label set that an alerting rule yields, or yielded until a short while ago. Times are 0 when there is none. */
export interface ActiveAlert {
  readonly labels: Labels;
  readonly fingerprint: string;
  annotations: Labels;
  state: ActiveState;
  value: number;
  activeAtMs: number;
  firedAtMs: number;
  resolvedAtMs: number;
  lastSentAtMs: number;
  validUntilMs: number;
  keepFiringSinceMs: number;
}

/** A change of state, for the history. */
export interface AlertChange {
  readonly atMs: number;
  readonly alertName: string;
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly from: ActiveState;
  readonly to: ActiveState;
  readonly value: number;
}

export function newAlert(labels: Labels, annotations: Labels, value: number, atMs: number): ActiveAlert {
  return {
    labels,
    fingerprint: fingerprint(labels),
    annotations,
    state: 'pending',
    value,
    activeAtMs: atMs,
    firedAtMs: 0,
    resolvedAtMs: 0,
    lastSentAtMs: 0,
    validUntilMs: 0,
    keepFiringSinceMs: 0,
  };
}

/** Whether the alertmanager must hear of it (again). */
export function needsSending(alert: ActiveAlert, nowMs: number, resendDelayMs: number): boolean {
  if (alert.state === 'pending') return false;
  return alert.resolvedAtMs > alert.lastSentAtMs || alert.lastSentAtMs + resendDelayMs < nowMs;
}
