import { type Labels, labelsKey } from '../../model/labels.ts';
import type { Appendable, Appender, SeriesRef } from '../../model/storage.ts';
import { MemoryStorage } from '../../promql/test-script/memory-storage.ts';
import type { SequenceItem } from '../../promql/test-script/script.ts';

/** What a test writes and queries: the samples of its file, and what its rules record. */
export class TestStorage extends MemoryStorage implements Appendable {
  readonly #refs = new Map<string, SeriesRef>();
  readonly #labels: Labels[] = [];
  /** When each series was written last. */
  readonly #lastMs: number[] = [];

  appender(): Appender {
    const append = (ref: SeriesRef, timeMs: number, item: SequenceItem) => {
      if (timeMs <= (this.#lastMs[ref] ?? Number.NEGATIVE_INFINITY)) return 'duplicate';
      this.#lastMs[ref] = timeMs;
      this.write(this.#labels[ref] ?? [], [{ item, timeMs, startMs: 0 }]);
      return 'ok';
    };
    return {
      series: (labels) => this.#ref(labels),
      append: (ref, timeMs, value) => append(ref, timeMs, { kind: 'float', value }),
      appendHistogram: (ref, timeMs, histogram) =>
        append(ref, timeMs, { kind: 'histogram', histogram, hintWritten: false }),
      appendStale: (ref, timeMs) => append(ref, timeMs, { kind: 'stale' }),
      appendExemplar: () => 'ok',
      setMetadata: () => {},
      commit: () => {},
      rollback: () => {},
    };
  }

  #ref(labels: Labels): SeriesRef {
    const key = labelsKey(labels);
    const known = this.#refs.get(key);
    if (known !== undefined) return known;
    const ref = this.#labels.push(labels) - 1;
    this.#refs.set(key, ref);
    return ref;
  }
}
