/** What is told to one receiver about one group of alerts. */
import type { IntegrationConfig } from '../config/receivers/read-receivers.ts';
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
  /** Templates, until they are expanded for a receiver. */
  readonly routeLabels: Readonly<Record<string, string>>;
  /** What this integration noted when it told of this group the last time; empty at the first time. */
  readonly receiverData: ReceiverData;
  readonly atMs: number;
}

export type ReceiverData = Readonly<Record<string, string>>;

export function isFiring(alert: StoredAlert): boolean {
  return alert.endsAtMs === 0;
}

export function statusOf(alerts: readonly StoredAlert[]): 'firing' | 'resolved' {
  return alerts.some(isFiring) ? 'firing' : 'resolved';
}

/** One way to tell a receiver. */
export interface Integration {
  readonly name: IntegrationConfig['kind'];
  /** Its place among those of the same kind. */
  readonly index: number;
  readonly sendResolved: boolean;
  /**
   * Resolves when it was taken, to what is to be noted with it (nothing: as before). Throws DeliveryError; `signal`
   * cancels it.
   */
  readonly notify: (notification: Notification, signal: AbortSignal) => Promise<ReceiverData | undefined>;
}
