import type { Clock } from '../model/clock.ts';
import { ClosingError } from './errors.ts';

const PERIOD_MS = 60_000;
/** After a failure nobody may hurry a round for this long. */
const HURRY_PAUSE_MS = 10_000;

export interface MaintenanceLoopParts {
  readonly clock: Clock;
  /** One round; it ends early when it is told that the loop is stopping. */
  readonly run: (isStopping: () => boolean) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** A round every minute, one at a time; between rounds, what must not meet one. */
export class MaintenanceLoop {
  readonly #parts: MaintenanceLoopParts;
  #cancelTimer: (() => void) | null = null;
  #isStarted = false;
  #isStopping = false;
  #running: Promise<void> | null = null;
  /** Ends when all that was asked for so far has. */
  #queue: Promise<void> = Promise.resolve();
  #isHurried = false;
  #noHurryUntilMs = Number.NEGATIVE_INFINITY;

  constructor(parts: MaintenanceLoopParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#isStopping = false;
    this.#schedule(PERIOD_MS);
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#isStopping = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    await this.#queue;
  }

  /** A round soon, instead of at the end of the minute; after the one under way when there is one. */
  hurry(): void {
    if (!this.#isStarted || this.#isHurried) return;
    if (this.#parts.clock.monotonicMs() < this.#noHurryUntilMs) return;
    this.#isHurried = true;
    if (this.#running === null) this.#schedule(0);
  }

  /** A round now, or the one under way; it has ended when this resolves. */
  runNow(): Promise<void> {
    this.#running ??= this.#inTurn(() => this.#round()).finally(() => {
      this.#running = null;
      if (this.#isStarted) this.#schedule(this.#isHurried ? 0 : PERIOD_MS);
    });
    return this.#running;
  }

  /** Does `work` while no round is under way, and lets none begin. Throws ClosingError when the loop was stopped. */
  between<T>(work: (isStopping: () => boolean) => Promise<T>): Promise<T> {
    return this.#inTurn(() => {
      if (this.#isStopping) throw new ClosingError('the storage is being closed');
      return work(() => this.#isStopping);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.then(
      () => {},
      () => {},
    );
    return result;
  }

  async #round(): Promise<void> {
    this.#isHurried = false;
    try {
      await this.#parts.run(() => this.#isStopping);
    } catch (error) {
      this.#noHurryUntilMs = this.#parts.clock.monotonicMs() + HURRY_PAUSE_MS;
      this.#parts.onError(error);
    }
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#parts.clock.after(delayMs, () => {
      this.#cancelTimer = null;
      void this.runNow();
    });
  }
}
