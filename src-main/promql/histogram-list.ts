import type { NativeHistogram } from '../model/native-histogram.ts';

/** Prometheus's struct without what its slices point to, and the timestamp beside it; a float sample has 16 bytes. */
const STRUCT_BYTES = 176;
const SAMPLE_BYTES = 16;

/** As how many samples a histogram counts against the limit (promql/value.go, HPoint.size). */
export function samplesOf({ positive, negative, customValues }: NativeHistogram): number {
  const spans = (positive.spans.length + negative.spans.length) / 2;
  const numbers = spans + positive.counts.length + negative.counts.length + customValues.length;
  return Math.floor((STRUCT_BYTES + 8 * numbers) / SAMPLE_BYTES);
}

/**
 * The native histograms of one query: a cell of a row refers to one by its place. Whoever is done with a row takes
 * what it added off again (`cut`), for a row is computed whenever it is asked for. What is added by `open()` stays.
 */
export class HistogramList {
  readonly #all: NativeHistogram[] = [];
  readonly #hold: (samples: number) => void;
  #met = false;

  /** `hold` is told of samples taken and, as a negative number, given back. */
  constructor(hold: (samples: number) => void) {
    this.#hold = hold;
  }

  /** Whether there has ever been a histogram: until then all rows consist of floats. */
  get met(): boolean {
    return this.#met;
  }

  get length(): number {
    return this.#all.length;
  }

  /** Returns its place. */
  add(histogram: NativeHistogram): number {
    this.#met = true;
    this.#hold(samplesOf(histogram));
    return this.#all.push(histogram) - 1;
  }

  at(place: number): NativeHistogram {
    return this.#all[place]!;
  }

  /** Forgets all but the first `length`. */
  cut(length: number): void {
    let samples = 0;
    for (let i = length; i < this.#all.length; i++) samples += samplesOf(this.#all[i]!);
    if (samples === 0) return;
    this.#all.length = length;
    this.#hold(-samples);
  }
}
