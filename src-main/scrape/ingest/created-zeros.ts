import { type NativeHistogram, NO_BUCKETS } from '../../model/native-histogram.ts';
import type { Appender, SeriesRef } from '../../model/storage.ts';

/** Beginnings of so many series are remembered; what is forgotten is tried again, and found to be there. */
const MAX_REMEMBERED = 200_000;

/** Samples of nothing at the moment when the counting of a series began (scrape/scrape.go, created timestamps). */
export class CreatedZeros {
  /** Of the metric that comes next; 0: unknown. */
  createdMs = 0;
  readonly #appended = new Map<SeriesRef, number>();

  /** What was stored may not have been. */
  forget(): void {
    this.#appended.clear();
  }

  /** Before the sample at `timeMs`, which is a histogram or, null, a number. */
  append(appender: Appender, ref: SeriesRef, timeMs: number, histogram: NativeHistogram | null): void {
    const { createdMs } = this;
    if (createdMs === 0 || createdMs >= timeMs || this.#appended.get(ref) === createdMs) return;
    // What is out of order here is older than what is known already: the series has its beginning.
    const outcome =
      histogram === null
        ? appender.append(ref, createdMs, 0)
        : appender.appendHistogram(ref, createdMs, emptied(histogram));
    if (outcome === 'unknown-series') return;
    if (this.#appended.size >= MAX_REMEMBERED) this.#appended.clear();
    this.#appended.set(ref, createdMs);
  }
}

function emptied(h: NativeHistogram): NativeHistogram {
  const counterReset = h.counterReset === 'gauge' ? 'gauge' : 'reset';
  return { ...h, counterReset, zeroCount: 0, count: 0, sum: 0, positive: NO_BUCKETS, negative: NO_BUCKETS };
}
