import type { EngineEvent, Topic } from '../../shared/contract.ts';
import type { Clock } from '../model/clock.ts';

/** Many changes within this time are one event. */
const GATHER_MS = 250;

/** Tells windows that something changed, at most four times a second a topic; they ask again themselves. */
export class Announcer {
  readonly #clock: Clock;
  readonly #broadcast: (event: EngineEvent) => void;
  readonly #pending = new Map<Topic, () => void>();
  readonly #revisions = new Map<Topic, number>();
  #stopped = false;

  constructor(clock: Clock, broadcast: (event: EngineEvent) => void) {
    this.#clock = clock;
    this.#broadcast = broadcast;
  }

  changed(topic: Topic): void {
    if (this.#stopped || this.#pending.has(topic)) return;
    const cancel = this.#clock.after(GATHER_MS, () => {
      this.#pending.delete(topic);
      const revision = (this.#revisions.get(topic) ?? 0) + 1;
      this.#revisions.set(topic, revision);
      this.#broadcast({ kind: 'changed', topic, revision });
    });
    this.#pending.set(topic, cancel);
  }

  /** Idempotent; nothing is told from then on. */
  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#pending.values()) cancel();
    this.#pending.clear();
  }
}
