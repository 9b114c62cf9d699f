/** What is told to one receiver about one group of alerts. */
import type { Labels } from '../model/labels.ts';
import type { StoredAlert } from './stored-alert.ts';

export type NotificationReason =
  | 'first notification'
  | 'new alerts added'
  | 'all alerts resolved'
  | 'some alerts resolved'
  | 'repeat interval elapsed';

/** An alert as it was at the flush: `endsAtMs` is 0 while it fires. */
export interface Notification {
  readonly receiver: string;
  readonly groupKey: string;
  readonly groupLabels: Labels;
  /** At least one, in the order of notifications. */
  readonly alerts: readonly StoredAlert[];
  readonly reason: NotificationReason;
  readonly externalUrl: string;
  readonly atMs: number;
}

export function isFiring(alert: StoredAlert): boolean {
  return alert.endsAtMs === 0;
}

export function statusOf(alerts: readonly StoredAlert[]): 'firing' | 'resolved' {
  return alerts.some(isFiring) ? 'firing' : 'resolved';
}

/** One way to tell a receiver. */
export interface Integration {
  readonly name: 'desktop' | 'webhook';
  /** Its place among those of the same kind. */
  readonly index: number;
  readonly sendResolved: boolean;
  /** Resolves when it was taken. Throws DeliveryError; `signal` cancels it. */
  readonly notify: (notification: Notification, signal: AbortSignal) => Promise<void>;
}
