/**
 * What a group's flush goes through (notify/notify.go): inhibited alerts out, nothing in a muted time, silenced alerts
 * out, then for every integration at once: told before? send, and note it.
 */
import type { TimeIntervalConfig } from '../../config/alertmanager-config.ts';
import type { Clock } from '../../model/clock.ts';
import type { Labels } from '../../model/labels.ts';
import type { Logger } from '../../model/log.ts';
import { type DeliveryError, messageOf } from '../errors.ts';
import type { Inhibitor } from '../inhibitor.ts';
import { type Integration, isFiring, type Notification, type ReceiverData } from '../notification.ts';
import type { NotificationLog, Situation } from '../notification-log.ts';
import type { Route } from '../route.ts';
import type { Silences } from '../silences.ts';
import type { StoredAlert } from '../stored-alert.ts';
import { mutedBy } from '../time-interval.ts';
import { deliver } from './deliver.ts';

export type SuppressReason = 'silence' | 'inhibition' | 'mute_time_interval' | 'active_time_interval';

/** Counters for Hearth's own metrics. */
export interface PipelineCounters {
  readonly sent: Map<Integration['name'], number>;
  readonly failed: Map<`${Integration['name']}/${DeliveryError['reason']}`, number>;
  readonly suppressed: Map<SuppressReason, number>;
}

export function newCounters(): PipelineCounters {
  return { sent: new Map(), failed: new Map(), suppressed: new Map() };
}

export interface PipelineWorld {
  readonly inhibitor: Inhibitor;
  readonly silences: Silences;
  readonly log: NotificationLog;
  readonly timeIntervals: ReadonlyMap<string, TimeIntervalConfig>;
  /** By receiver name. */
  readonly integrations: ReadonlyMap<string, readonly Integration[]>;
  readonly externalUrl: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly counters: PipelineCounters;
}

export interface Flush {
  readonly route: Route;
  readonly groupKey: string;
  readonly groupLabels: Labels;
  /** In the order of notifications; firing ones have no end. */
  readonly alerts: readonly StoredAlert[];
  readonly atMs: number;
  readonly signal: AbortSignal;
  /** Told the names of the time intervals that mute the group now; none when none does. */
  readonly muted: (names: readonly string[]) => void;
}

function count<K>(counts: Map<K, number>, key: K, by: number): void {
  if (by > 0) counts.set(key, (counts.get(key) ?? 0) + by);
}

/** Returns whether the flush is done: false keeps its resolved alerts for the next one. */
export async function runPipeline(flush: Flush, world: PipelineWorld): Promise<boolean> {
  const { counters, inhibitor, silences, clock } = world;
  const nowMs = clock.nowMs();
  const uninhibited = flush.alerts.filter((alert) => inhibitor.inhibitedBy(alert.labels, nowMs) === null);
  count(counters.suppressed, 'inhibition', flush.alerts.length - uninhibited.length);
  const mute = mutedBy(flush.route.config, world.timeIntervals, flush.atMs);
  flush.muted(mute?.names ?? []);
  if (mute !== null) {
    count(counters.suppressed, mute.reason, uninhibited.length);
    return true;
  }
  const alerts = uninhibited.filter((alert) => silences.silencing(alert.labels).length === 0);
  count(counters.suppressed, 'silence', uninhibited.length - alerts.length);
  if (alerts.length === 0) return true;
  const integrations = world.integrations.get(flush.route.config.receiver) ?? [];
  const outcomes = await Promise.all(integrations.map((integration) => tell(integration, { ...flush, alerts }, world)));
  return outcomes.every((done) => done);
}

async function tell(integration: Integration, flush: Flush, world: PipelineWorld): Promise<boolean> {
  const { receiver, repeatIntervalMs, labels: routeLabels } = flush.route.config;
  const { name, index, sendResolved } = integration;
  const key = `${flush.groupKey}:${receiver}/${name}/${index}`;
  const firing = flush.alerts.filter(isFiring);
  const resolved = flush.alerts.filter((alert) => !isFiring(alert));
  const situation: Situation = {
    firing: firing.map((alert) => alert.fingerprint),
    resolved: resolved.map((alert) => alert.fingerprint),
    sendResolved,
    repeatIntervalMs,
    atMs: flush.atMs,
  };
  try {
    const { reason, data } = world.log.judge(key, situation);
    if (reason === null) return true;
    const alerts = sendResolved ? flush.alerts : firing;
    const { groupKey, groupLabels, atMs } = flush;
    const { externalUrl } = world;
    const told = {
      receiver,
      groupKey,
      groupLabels,
      alerts,
      reason,
      externalUrl,
      routeLabels,
      receiverData: data,
      atMs,
    };
    const noted = alerts.length > 0 ? await send(integration, told, flush.signal, world) : undefined;
    world.log.write(key, situation, noted ?? data);
    return true;
  } catch (error) {
    if (!flush.signal.aborted) {
      world.logger.warn({ receiver, integration: name, error: messageOf(error) }, 'notification failed');
    }
    return false;
  }
}

async function send(
  integration: Integration,
  notification: Notification,
  signal: AbortSignal,
  { clock, random, counters, logger }: PipelineWorld,
): Promise<ReceiverData | undefined> {
  count(counters.sent, integration.name, 1);
  const failed = (error: DeliveryError) => {
    count(counters.failed, `${integration.name}/${error.reason}`, 1);
    const { receiver } = notification;
    logger.debug({ receiver, integration: integration.name, error: error.message }, 'a try to notify failed');
  };
  return deliver(integration, notification, { clock, random, signal, failed });
}
