import type { DesktopNotification } from '../../shared/desktop-notification.ts';
import type { Clock } from '../model/clock.ts';

const OUTCOME_WITHIN_MS = 10_000;

interface Waiting {
  readonly settle: (error: string) => void;
}

/** Hands notifications to whoever can show them, and waits for what became of each. */
export class Desktop {
  readonly #clock: Clock;
  readonly #post: ((notification: DesktopNotification) => void) | null;
  readonly #waiting = new Map<string, Waiting>();

  /** `post` is null where there is no desktop: then alerts are seen in the window only, and nothing fails. */
  constructor(clock: Clock, post: ((notification: DesktopNotification) => void) | null) {
    this.#clock = clock;
    this.#post = post;
  }

  /** Resolves when it is shown. Rejects with the reason why not. */
  show(notification: DesktopNotification): Promise<void> {
    const post = this.#post;
    if (post === null) return Promise.resolve();
    this.settle(notification.id, 'replaced by a newer one');
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(OUTCOME_WITHIN_MS, () =>
        this.settle(notification.id, 'the desktop did not answer'),
      );
      const settle = (error: string) => {
        cancel();
        this.#waiting.delete(notification.id);
        if (error === '') resolve();
        else reject(new Error(error));
      };
      this.#waiting.set(notification.id, { settle });
      post(notification);
    });
  }

  /** What became of the notification `id`: '' or the reason why it was not shown. */
  settle(id: string, error: string): void {
    this.#waiting.get(id)?.settle(error);
  }
}
