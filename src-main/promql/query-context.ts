import type { Clock } from '../model/clock.ts';
import type { Querier, Queryable } from '../model/storage.ts';
import type { Annotations } from './annotations.ts';
import { QueryError } from './errors.ts';
import { HistogramList } from './histogram-list.ts';

/** Longest stretch of work before other work of the thread gets its turn. */
const TURN_MS = 10;

export interface ContextOptions {
  readonly queryable: Queryable;
  readonly clock: Clock;
  readonly signal: AbortSignal | null;
  readonly annotations: Annotations;
  readonly maxSamples: number;
  readonly timeoutMs: number;
  readonly lookbackMs: number;
  readonly defaultStepMs: number;
  readonly delayedNameRemoval: boolean;
  readonly useStartTimestamps: boolean;
  /** Bounds of the whole query: `@ start()`, `@ end()`, start(), end(), step(). */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** What all operators of one query share: its storage, its limits, its turns on the thread, its annotations. */
export class QueryContext {
  readonly options: ContextOptions;
  readonly annotations: Annotations;
  readonly histograms = new HistogramList((samples) => this.hold(samples));
  samplesRead = 0;
  peakSamples = 0;
  #held = 0;
  readonly #queriers = new Map<string, Querier>();
  readonly #deadlineMs: number;
  #turnEndMs: number;

  constructor(options: ContextOptions) {
    this.options = options;
    this.annotations = options.annotations;
    const nowMs = options.clock.monotonicMs();
    this.#deadlineMs = nowMs + options.timeoutMs;
    this.#turnEndMs = nowMs + TURN_MS;
  }

  /** Selectors over the same span share one view of the storage. */
  querier(minMs: number, maxMs: number): Querier {
    const key = `${minMs}:${maxMs}`;
    const open = this.#queriers.get(key);
    if (open !== undefined) return open;
    const querier = this.options.queryable.querier(minMs, maxMs);
    this.#queriers.set(key, querier);
    return querier;
  }

  /** Whether the turn is over: then `await pause()`. Asked once a row. */
  due(): boolean {
    return this.options.clock.monotonicMs() >= this.#turnEndMs;
  }

  /** Lets the thread do other work. Throws QueryError when the query was cancelled or has run out of time. */
  async pause(): Promise<void> {
    this.check();
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.check();
    this.#turnEndMs = this.options.clock.monotonicMs() + TURN_MS;
  }

  check(): void {
    if (this.options.signal?.aborted) throw new QueryError('cancelled', 'query was canceled in expression evaluation');
    if (this.options.clock.monotonicMs() >= this.#deadlineMs)
      throw new QueryError('timeout', 'query timed out in expression evaluation');
  }

  /** Counts samples that the query keeps in memory; throws QueryError beyond the limit. */
  hold(samples: number): void {
    this.#held += samples;
    if (this.#held > this.peakSamples) this.peakSamples = this.#held;
    if (this.#held > this.options.maxSamples) throw tooManySamples();
  }

  /** Refuses what is too large whatever the data, before memory is taken for it. */
  checkSteps(count: number): void {
    if (count > this.options.maxSamples) throw tooManySamples();
  }

  release(samples: number): void {
    this.#held -= samples;
  }

  close(): void {
    for (const querier of this.#queriers.values()) querier.close();
    this.#queriers.clear();
  }
}

function tooManySamples(): QueryError {
  return new QueryError(
    'too-many-samples',
    'query processing would load too many samples into memory in query execution',
  );
}
