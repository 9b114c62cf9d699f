/** Shows the engine's notifications on the user's desktop, one a group, replaced in place. */
import { Notification } from 'electron';
import type { DesktopNotification } from '../../shared/desktop-notification.ts';

/** Groups that are remembered so that a newer state replaces the older one; the oldest is forgotten first. */
const MAX_SHOWN = 50;
/** A desktop that says nothing for so long will not show it. */
const ANSWER_LIMIT_MS = 5000;
const MAX_BODY_LENGTH = 400;

export interface NotificationEvents {
  readonly onClick: (path: string) => void;
  /** '' when it was shown, else why not. */
  readonly onOutcome: (id: string, error: string) => void;
}

export class DesktopNotifications {
  readonly #events: NotificationEvents;
  readonly #iconFile: string;
  readonly #shown = new Map<string, Notification>();

  constructor(iconFile: string, events: NotificationEvents) {
    this.#iconFile = iconFile;
    this.#events = events;
  }

  show(wanted: DesktopNotification): void {
    if (!Notification.isSupported()) {
      this.#events.onOutcome(wanted.id, 'this desktop shows no notifications');
      return;
    }
    this.#shown.get(wanted.id)?.close();
    const notification = new Notification({
      title: wanted.title,
      body: wanted.body.slice(0, MAX_BODY_LENGTH),
      icon: this.#iconFile,
      silent: wanted.silent,
      urgency: wanted.urgency,
      timeoutType: wanted.urgency === 'critical' ? 'never' : 'default',
    });
    const answer = this.#answerOnce(wanted.id);
    notification.on('show', () => answer(''));
    notification.on('failed', (_event, error) => answer(error === '' ? 'the desktop refused it' : error));
    notification.on('click', () => this.#events.onClick(wanted.path));
    this.#remember(wanted.id, notification);
    notification.show();
  }

  /** Takes back what is on the screen. */
  stop(): void {
    for (const notification of this.#shown.values()) notification.close();
    this.#shown.clear();
  }

  #answerOnce(id: string): (error: string) => void {
    let answered = false;
    const answer = (error: string) => {
      if (answered) return;
      answered = true;
      clearTimeout(limit);
      this.#events.onOutcome(id, error);
    };
    const limit = setTimeout(() => answer('the desktop did not answer'), ANSWER_LIMIT_MS);
    return answer;
  }

  /** Kept while it can be clicked: a notification that is collected loses its listeners. */
  #remember(id: string, notification: Notification): void {
    this.#shown.delete(id);
    this.#shown.set(id, notification);
    const [oldest] = this.#shown.keys();
    if (this.#shown.size > MAX_SHOWN && oldest !== undefined) this.#shown.delete(oldest);
  }
}
