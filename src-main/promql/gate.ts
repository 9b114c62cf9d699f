import { QueryError } from './errors.ts';

/** Queries that may wait for their turn; more are refused at once. */
const MAX_WAITING = 1000;

/** Bounds how many queries run at the same time; the others wait in the order of their arrival. */
export class Gate {
  readonly #limit: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when it is the caller's turn, who calls `leave()` once. Throws QueryError when aborted meanwhile. */
  async enter(signal: AbortSignal | null): Promise<void> {
    const cancelled = () => new QueryError('cancelled', 'query was canceled in query queue');
    if (signal?.aborted) throw cancelled();
    if (this.#running < this.#limit) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= MAX_WAITING) throw new QueryError('timeout', 'query timed out in query queue');
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(cancelled());
      };
      const turn = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#waiting.push(turn);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** The place goes straight to the next in the queue. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
