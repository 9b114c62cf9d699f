import type { Clock } from '../model/clock.ts';
import { QueryError } from './errors.ts';

/** Queries that may wait for their turn; more are refused at once. */
const MAX_WAITING = 1000;

/** Bounds how many queries run at the same time; the others wait in the order of their arrival. */
export class Gate {
  readonly #limit: number;
  readonly #clock: Clock;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /**
   * Resolves when it is the caller's turn, who calls `leave()` once. Throws QueryError when aborted meanwhile, or after
   * `timeoutMs` of waiting.
   */
  async enter(signal: AbortSignal | null, timeoutMs: number): Promise<void> {
    if (signal?.aborted) throw new QueryError('cancelled', 'query was canceled in query queue');
    if (this.#running < this.#limit) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= MAX_WAITING) throw timedOut();
    await new Promise<void>((resolve, reject) => {
      const end = () => {
        stopTimer();
        signal?.removeEventListener('abort', onAbort);
      };
      const turn = () => {
        end();
        resolve();
      };
      const giveUp = (error: QueryError) => {
        end();
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(error);
      };
      const onAbort = () => giveUp(new QueryError('cancelled', 'query was canceled in query queue'));
      const stopTimer = this.#clock.after(timeoutMs, () => giveUp(timedOut()));
      this.#waiting.push(turn);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Queries that run or wait. */
  get length(): number {
    return this.#running + this.#waiting.length;
  }

  /** The place goes straight to the next in the queue. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}

function timedOut(): QueryError {
  return new QueryError('timeout', 'query timed out in query queue');
}
