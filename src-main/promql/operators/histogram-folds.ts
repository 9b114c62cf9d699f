import { getLabel, type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { samplesOf } from '../histogram-list.ts';
import type { HistogramNotes } from '../histogram-notes.ts';
import { HistogramMean, HistogramSum } from '../histograms/aggregation.ts';
import type { QueryContext } from '../query-context.ts';
import { ABSENT, FLOAT, HISTOGRAM } from '../result.ts';

/** What an aggregation does with histograms: adds them up, takes them as any other element, or leaves them out. */
type Treatment = 'add' | 'count' | 'ignore';

const TREATMENTS: Readonly<Record<string, Treatment>> = { sum: 'add', avg: 'add', count: 'count', group: 'count' };

/** Where the cells of a group begin; `seen` tells which of all cells have floats. */
export interface GroupCells {
  readonly cell: number;
  readonly seen: Uint8Array;
}

/** The histograms among the elements of an aggregation, beside the fold of its floats. */
export class HistogramFolds {
  readonly #context: QueryContext;
  readonly #op: string;
  readonly #notes: HistogramNotes;
  /** By cell; null: custom and exponential buckets met, nothing comes of it. */
  readonly #folds = new Map<number, HistogramSum | HistogramMean | null>();
  readonly #places = new Map<number, number>();
  #held = 0;

  constructor(context: QueryContext, op: string, notes: HistogramNotes) {
    this.#context = context;
    this.#op = op;
    this.#notes = notes;
  }

  /** Takes the histograms of a row: `present` then tells what is left for the fold of floats. */
  take(into: GroupCells, labels: Labels, values: Float64Array, present: Uint8Array): void {
    const treatment = TREATMENTS[this.#op] ?? 'ignore';
    for (let k = 0; k < present.length; k++) {
      if (present[k] !== HISTOGRAM) continue;
      present[k] = treatment === 'count' ? FLOAT : ABSENT;
      if (treatment === 'ignore') this.#notes.ignoredInAggregation(this.#op);
      if (treatment === 'add') this.#add(into, k, labels, this.#context.histograms.at(values[k]!));
    }
  }

  #add({ cell: first, seen }: GroupCells, step: number, labels: Labels, histogram: NativeHistogram): void {
    const cell = first + step;
    let fold = this.#folds.get(cell);
    if (fold === null) return;
    if (fold === undefined) {
      fold = this.#op === 'sum' ? new HistogramSum() : new HistogramMean();
      this.#folds.set(cell, fold);
      this.#hold(samplesOf(histogram));
    }
    if (fold.add(histogram)) return;
    this.#notes.metricName = getLabel(labels, METRIC_NAME);
    this.#notes.mixedSchemas();
    if (fold.boundsReconciled) this.#notes.boundsReconciled('aggregation');
    // Floats that come after this are not looked at any more.
    if (seen[cell] !== 0) this.#notes.mixedInAggregation();
    this.#folds.set(cell, null);
  }

  #hold(samples: number): void {
    this.#context.hold(samples);
    this.#held += samples;
  }

  /** After the last row. `seen` tells which cells have floats: with histograms there too, nothing comes of them. */
  finish(seen: Uint8Array): void {
    for (const [cell, fold] of this.#folds) {
      const mixed = seen[cell] !== 0;
      seen[cell] = 0;
      if (fold === null) continue;
      if (mixed) this.#notes.mixedInAggregation();
      if (fold.boundsReconciled) this.#notes.boundsReconciled('aggregation');
      if (mixed) continue;
      if (fold.resetCollision) this.#notes.resetCollision('aggregation');
      this.#places.set(cell, this.#context.histograms.add(fold.result));
    }
    this.#folds.clear();
    this.#context.release(this.#held);
  }

  /** Adds the cells from `cell` on to a row; returns how many there are. */
  put(cell: number, values: Float64Array, present: Uint8Array, { at, count }: { at: number; count: number }): number {
    if (this.#places.size === 0) return 0;
    let found = 0;
    for (let k = 0; k < count; k++) {
      const place = this.#places.get(cell + k);
      if (place === undefined) continue;
      values[at + k] = place;
      present[at + k] = HISTOGRAM;
      found++;
    }
    return found;
  }
}
