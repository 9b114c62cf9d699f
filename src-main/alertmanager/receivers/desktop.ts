/** Hearth's own receiver: notifications on this desktop, one per alert group, updated in place. */
import type { DesktopNotification } from '../../../shared/desktop-notification.ts';
import type { DesktopConfig } from '../../config/receivers/own-receivers.ts';
import type { Clock } from '../../model/clock.ts';
import { fingerprint } from '../../model/fingerprint.ts';
import { getLabel } from '../../model/labels.ts';
import { DeliveryError, messageOf } from '../errors.ts';
import { isFiring, type Notification, statusOf } from '../notification.ts';
import type { SendFn } from '../sending/receiver-world.ts';

/** Shows a notification; rejects with the reason when it cannot. */
export type ShowFn = (notification: DesktopNotification) => Promise<void>;

const MAX_BODY = 140;
const MAX_TITLE = 100;
const STORM_MS = 30_000;
/** More groups than this within STORM_MS are told in one summary. */
const STORM_GROUPS = 3;
const MAX_SHOWN = 1000;
const STORM_ID = 'storm';

interface Shown {
  readonly atMs: number;
  readonly firing: number;
}

/** What all desktop receivers share: there is one desktop, and many groups at once must not flood it. */
export class Desktop {
  readonly #show: ShowFn;
  readonly #clock: Clock;
  /** By notification id; the oldest is forgotten beyond MAX_SHOWN. */
  readonly #shown = new Map<string, Shown>();
  /** Groups that were told about lately, in a notification or in the summary. */
  #recent = new Map<string, Shown>();

  constructor(show: ShowFn, clock: Clock) {
    this.#show = show;
    this.#clock = clock;
  }

  /** Shows the notification of a group in which `firing` alerts fire, or a summary when too many come at once. */
  async show(notification: DesktopNotification, firing: number): Promise<void> {
    if (firing === 0) return this.#showResolved(notification);
    const nowMs = this.#clock.nowMs();
    this.#recent = new Map([...this.#recent].filter(([, { atMs }]) => nowMs - atMs < STORM_MS));
    this.#recent.set(notification.id, { atMs: nowMs, firing });
    if (this.#recent.size <= STORM_GROUPS) return this.#send(notification, firing);
    const alerts = [...this.#recent.values()].reduce((sum, group) => sum + group.firing, 0);
    await this.#send(
      {
        id: STORM_ID,
        title: `${alerts} alerts firing in ${this.#recent.size} groups`,
        body: `Last: ${notification.title}`.slice(0, MAX_BODY),
        urgency: notification.urgency,
        path: '/alerts',
        silent: this.#recent.size > STORM_GROUPS + 1,
      },
      alerts,
    );
  }

  /** Only what is shown is updated: an end that was never begun is no news. */
  async #showResolved(notification: DesktopNotification): Promise<void> {
    this.#recent.delete(notification.id);
    if (!this.#shown.has(notification.id)) return;
    await this.#send({ ...notification, silent: true, urgency: 'low' }, 0);
    this.#shown.delete(notification.id);
  }

  async #send(notification: DesktopNotification, firing: number): Promise<void> {
    try {
      await this.#show(notification);
    } catch (error) {
      throw new DeliveryError(messageOf(error), false);
    }
    this.#shown.delete(notification.id);
    this.#shown.set(notification.id, { atMs: this.#clock.nowMs(), firing });
    for (const oldest of this.#shown.keys()) {
      if (this.#shown.size <= MAX_SHOWN) break;
      this.#shown.delete(oldest);
    }
  }
}

export function desktopSender(config: DesktopConfig, desktop: Desktop): SendFn {
  return async (message) => {
    const { notification } = message;
    const texts = { title: message.text(config.title), body: message.text(config.text) };
    await desktop.show(desktopNotification(notification, texts), notification.alerts.filter(isFiring).length);
    return undefined;
  };
}

function desktopNotification(
  notification: Notification,
  { title, body }: { readonly title: string; readonly body: string },
): DesktopNotification {
  return {
    id: groupId(notification),
    title: shortened(title, MAX_TITLE),
    body: shortened(body, MAX_BODY),
    urgency: urgencyOf(notification),
    path: pathOf(notification),
    silent: statusOf(notification.alerts) === 'resolved',
  };
}

/** Stable for a group and receiver, also over a restart. */
function groupId({ receiver, groupKey }: Notification): string {
  return fingerprint([receiver, groupKey]);
}

function urgencyOf({ alerts }: Notification): DesktopNotification['urgency'] {
  if (statusOf(alerts) === 'resolved') return 'low';
  const isCritical = alerts.some((alert) => isFiring(alert) && CRITICAL.has(getLabel(alert.labels, 'severity')));
  return isCritical ? 'critical' : 'normal';
}

const CRITICAL = new Set(['critical', 'page', 'error', 'emergency']);

/** The alert itself when there is only one, else its group. */
function pathOf({ alerts, groupKey }: Notification): string {
  const [only] = alerts;
  if (alerts.length === 1 && only !== undefined) return `/alerts?fingerprint=${only.fingerprint}`;
  return `/alerts?group=${encodeURIComponent(groupKey)}`;
}

function shortened(text: string, limit: number): string {
  const chars = [...text.trim()];
  return chars.length <= limit ? chars.join('') : `${chars.slice(0, limit - 1).join('')}…`;
}
