/** Notifications for tests. */
import { systemClock } from '../model/clock.ts';
import { fingerprint } from '../model/fingerprint.ts';
import { labelsFromRecord as L } from '../model/labels.ts';
import { DeliveryError } from './errors.ts';
import type { Notification } from './notification.ts';
import { Message } from './sending/message.ts';
import { messageTemplates } from './sending/message-templates.ts';
import type { StoredAlert } from './stored-alert.ts';

export const STARTED_MS = Date.parse('2026-11-23T07:15:26.590Z');

export function testAlert(labels: Record<string, string>, change: Partial<StoredAlert> = {}): StoredAlert {
  return {
    fingerprint: fingerprint(L(labels)),
    labels: L(labels),
    annotations: L({ summary: 's <b> + 1' }),
    startsAtMs: STARTED_MS,
    endsAtMs: 0,
    generatorUrl: 'http://p/graph?g0.expr=up&g0.tab=1',
    updatedAtMs: 0,
    isTimeout: false,
    ...change,
  };
}

export function testNotification(change: Partial<Notification> = {}): Notification {
  return {
    receiver: 'a.b c',
    groupKey: '{}:{alertname="A1"}',
    groupLabels: L({ alertname: 'A1' }),
    alerts: [testAlert({ alertname: 'A1', severity: 'warning' })],
    reason: 'first notification',
    externalUrl: 'http://am',
    routeLabels: {},
    receiverData: {},
    atMs: STARTED_MS,
    ...change,
  };
}

export const RESOLVED: Partial<Notification> = {
  alerts: [testAlert({ alertname: 'A1', severity: 'warning' }, { endsAtMs: STARTED_MS + 60_000 })],
};

export function testMessage(change: Partial<Notification> = {}): Message {
  return new Message(testNotification(change), messageTemplates([], systemClock));
}

export const anySignal = (): AbortSignal => new AbortController().signal;

/** What a delivery failed with; null when it did not. */
export async function failureOf(sent: Promise<unknown>): Promise<DeliveryError | null> {
  try {
    await sent;
    return null;
  } catch (error) {
    if (error instanceof DeliveryError) return error;
    throw error;
  }
}
