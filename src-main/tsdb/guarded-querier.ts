import type { Matcher } from '../model/matcher.ts';
import type { Querier, SeriesSet } from '../model/storage.ts';

const NOTHING: SeriesSet = { length: 0, labels: () => [], read: () => 0 };

/** A querier whose failure is told to `onError`, which may throw it on; if it does not, the answer is empty. */
export class GuardedQuerier implements Querier {
  readonly #querier: Querier;
  readonly #onError: (error: unknown) => void;

  constructor(querier: Querier, onError: (error: unknown) => void) {
    this.#querier = querier;
    this.#onError = onError;
  }

  #guard<T>(answer: () => T, otherwise: T): T {
    try {
      return answer();
    } catch (error) {
      this.#onError(error);
      return otherwise;
    }
  }

  select(matchers: readonly Matcher[]): SeriesSet {
    return this.#guard<SeriesSet>(() => this.#querier.select(matchers), NOTHING);
  }

  labelNames(matchers: readonly Matcher[]): string[] {
    return this.#guard<string[]>(() => this.#querier.labelNames(matchers), []);
  }

  labelValues(name: string, matchers: readonly Matcher[]): string[] {
    return this.#guard<string[]>(() => this.#querier.labelValues(name, matchers), []);
  }

  close(): void {
    this.#querier.close();
  }
}
