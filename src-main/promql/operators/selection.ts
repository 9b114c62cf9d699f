import type { Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { SampleColumns } from '../../model/sample-columns.ts';
import { isStaleAt } from '../../model/staleness.ts';
import type { SeriesSet } from '../../model/storage.ts';
import type { QueryContext } from '../query-context.ts';
import type { Steps } from '../result.ts';
import { reduceToStats } from './histogram-stats.ts';

/** Where a selector looks: evaluation times moved by `@` and `offset`. */
export interface SelectorTimes {
  /** `@` as a time; null: the time of the step. */
  readonly atMs: number | null;
  readonly offsetMs: number;
}

/** The time that each step looks at, ascending. */
export function referenceTimes(steps: Steps, times: SelectorTimes): Float64Array {
  return Float64Array.from(
    { length: steps.count },
    (_, k) => (times.atMs ?? steps.startMs + k * steps.stepMs) - times.offsetMs,
  );
}

/**
 * The windows of a range selector with `@` under a function that also looks at the time of the step, as Prometheus has
 * them: pinned at the first step, they move on with the steps, while samples after the first window stay out of sight.
 */
export function pinnedTimes(steps: Steps, times: SelectorTimes): Float64Array {
  return Float64Array.from(
    { length: steps.count },
    (_, k) => (times.atMs ?? steps.startMs) + k * steps.stepMs - times.offsetMs,
  );
}

export interface Reach {
  readonly referenceMs: Float64Array;
  /** The range, or the lookback. */
  readonly backMs: number;
  /** Nothing later is read; absent: the last reference. */
  readonly lastMs?: number;
  /** Nothing up to here is read either; absent: as far back as `backMs` says. */
  readonly afterMs?: number;
  /** Of histograms only count and sum matter. */
  readonly statsOnly?: boolean;
}

/** The series of one selector, and their samples in (first reference - backMs, lastMs]. */
export class Selection {
  readonly referenceMs: Float64Array;
  readonly #context: QueryContext;
  readonly #matchers: readonly Matcher[];
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #statsOnly: boolean;
  #set: SeriesSet | null = null;

  constructor(context: QueryContext, matchers: readonly Matcher[], reach: Reach) {
    const { referenceMs, backMs, lastMs, afterMs, statsOnly } = reach;
    this.#context = context;
    this.#matchers = matchers;
    this.referenceMs = referenceMs;
    this.#minMs = Math.max((referenceMs[0] ?? 0) - backMs, afterMs ?? Number.NEGATIVE_INFINITY) + 1;
    this.#statsOnly = statsOnly ?? false;
    this.#maxMs = lastMs ?? referenceMs[referenceMs.length - 1] ?? 0;
  }

  open(): void {
    if (this.#set !== null || this.referenceMs.length === 0) return;
    this.#set = this.#context.querier(this.#minMs, this.#maxMs).select(this.#matchers);
  }

  get length(): number {
    return this.#set?.length ?? 0;
  }

  labelsAt(index: number): Labels {
    return this.#set!.labels(index);
  }

  /** All series have one metric name, so dropping it cannot make two of them equal. */
  get oneName(): boolean {
    return this.#matchers.some((matcher) => matcher.name === '__name__' && matcher.type === '=');
  }

  /** Replaces what `into` holds. */
  read(index: number, into: SampleColumns): void {
    into.clear();
    this.#set!.read(index, this.#minMs, this.#maxMs, into);
    this.#context.samplesRead += into.length;
    if (into.startTimes !== null && !this.#context.options.useStartTimestamps) into.startTimes = null;
    if (into.histograms !== null && this.#statsOnly) reduceToStats(into.histograms, into.length);
  }
}

/** Removes staleness markers in place: windows do not see them. */
export function removeStale(columns: SampleColumns): void {
  const { values, times, halves, histograms, startTimes } = columns;
  const n = columns.length;
  let i = 0;
  while (i < n && !(Number.isNaN(values[i]!) && isStaleAt(halves, i))) i++;
  if (i === n) return;
  let kept = i;
  for (; i < n; i++) {
    if (isStaleAt(halves, i)) continue;
    times[kept] = times[i]!;
    values[kept] = values[i]!;
    if (histograms !== null) histograms[kept] = histograms[i];
    if (startTimes !== null) startTimes[kept] = startTimes[i]!;
    kept++;
  }
  columns.length = kept;
}
