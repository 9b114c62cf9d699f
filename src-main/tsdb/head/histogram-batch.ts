import type { NativeHistogram } from '../../model/native-histogram.ts';
import type { SeriesRef } from '../../model/storage.ts';

/** Added to a sample's place in here where a series' pending sample is named: others lie in the batch of floats. */
export const PENDING_HISTOGRAM = 0x80000000;

/** The native histograms of one batch, beside its floats. */
export class HistogramBatch {
  readonly refs: SeriesRef[] = [];
  readonly rows: number[] = [];
  readonly times: number[] = [];
  readonly histograms: NativeHistogram[] = [];
  /**
   * Where a series takes another kind of sample than it had before in the batch: how many floats and histograms lie
   * before. What lies before is logged and stored first.
   */
  readonly breaks: { floats: number; histograms: number }[] = [];

  get length(): number {
    return this.refs.length;
  }

  add(ref: SeriesRef, row: number, timeMs: number, histogram: NativeHistogram): void {
    this.refs.push(ref);
    this.rows.push(row);
    this.times.push(timeMs);
    this.histograms.push(histogram);
  }

  /** `floats` is how many the batch has. */
  breakAt(floats: number): void {
    this.breaks.push({ floats, histograms: this.length });
  }

  /** Keeps the samples of which `rowOf` says the row; those with -1 are left out. */
  keep(rowOf: (ref: SeriesRef, timeMs: number) => number): void {
    let n = 0;
    let b = 0;
    for (let i = 0; i < this.length; i++) {
      for (; b < this.breaks.length && this.breaks[b]!.histograms === i; b++) this.breaks[b]!.histograms = n;
      const row = rowOf(this.refs[i]!, this.times[i]!);
      if (row < 0) continue;
      this.refs[n] = this.refs[i]!;
      this.rows[n] = row;
      this.times[n] = this.times[i]!;
      this.histograms[n++] = this.histograms[i]!;
    }
    for (; b < this.breaks.length; b++) this.breaks[b]!.histograms = n;
    for (const column of [this.refs, this.rows, this.times, this.histograms]) column.length = n;
  }

  /** The stretches between breaks, of `floats` floats and all histograms. */
  *parts(floats: number): Generator<BatchPart> {
    let from = { floats: 0, histograms: 0 };
    for (const to of [...this.breaks, { floats, histograms: this.length }]) {
      yield { from, to };
      from = to;
    }
  }
}

export interface BatchPart {
  readonly from: { readonly floats: number; readonly histograms: number };
  readonly to: { readonly floats: number; readonly histograms: number };
}
