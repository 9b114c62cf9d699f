import { compareStrings, type Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { SampleColumns } from '../model/sample-columns.ts';
import type { Querier, SeriesSet } from '../model/storage.ts';
import type { LabelSetNumbers } from './label-sets.ts';
import { mergeRuns } from './merge-runs.ts';

/** Several queriers as one: series with equal labels are one series, of samples at the same time the first counts. */
export class MergedQuerier implements Querier {
  readonly #sources: readonly Querier[];
  readonly #numbers: LabelSetNumbers;

  /** `sources` from the oldest to the newest. */
  constructor(sources: readonly Querier[], numbers: LabelSetNumbers) {
    this.#sources = sources;
    this.#numbers = numbers;
  }

  select(matchers: readonly Matcher[]): SeriesSet {
    const sets = this.#sources.map((source) => source.select(matchers)).filter((set) => set.length > 0);
    const [only] = sets;
    return sets.length === 1 && only !== undefined ? only : new MergedSeriesSet(sets, this.#numbers);
  }

  labelNames(matchers: readonly Matcher[]): string[] {
    return sortedUnion(this.#sources.map((source) => source.labelNames(matchers)));
  }

  labelValues(name: string, matchers: readonly Matcher[]): string[] {
    return sortedUnion(this.#sources.map((source) => source.labelValues(name, matchers)));
  }

  close(): void {
    for (const source of this.#sources) source.close();
  }
}

function sortedUnion(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort(compareStrings);
}

class MergedSeriesSet implements SeriesSet {
  readonly #sets: readonly SeriesSet[];
  readonly #labels: Labels[] = [];
  /** Per set: the place in it of each merged series + 1, 0 where it has none. */
  readonly #places: Int32Array[];

  constructor(sets: readonly SeriesSet[], numbers: LabelSetNumbers) {
    this.#sets = sets;
    this.#places = sets.map(() => new Int32Array(64));
    numbers.begin();
    const known = new Map<number, number>();
    sets.forEach((set, s) => {
      for (let i = 0; i < set.length; i++) {
        const labels = set.labels(i);
        const number = numbers.number(labels);
        let merged = known.get(number);
        if (merged === undefined) {
          merged = this.#labels.length;
          known.set(number, merged);
          this.#labels.push(labels);
        }
        this.#place(s, merged, i);
      }
    });
  }

  #place(set: number, merged: number, index: number): void {
    let places = this.#places[set]!;
    if (merged >= places.length) {
      const larger = new Int32Array(Math.max(2 * places.length, merged + 1));
      larger.set(places);
      this.#places[set] = larger;
      places = larger;
    }
    places[merged] = index + 1;
  }

  get length(): number {
    return this.#labels.length;
  }

  labels(index: number): Labels {
    return this.#labels[index]!;
  }

  read(index: number, minTimeMs: number, maxTimeMs: number, into: SampleColumns): number {
    const before = into.length;
    for (let s = 0; s < this.#sets.length; s++) {
      const place = this.#places[s]![index] ?? 0;
      if (place === 0) continue;
      const middle = into.length;
      this.#sets[s]!.read(place - 1, minTimeMs, maxTimeMs, into);
      mergeRuns(into, before, middle);
    }
    return into.length - before;
  }
}
