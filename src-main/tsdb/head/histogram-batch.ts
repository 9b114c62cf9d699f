import type { NativeHistogram } from '../../model/native-histogram.ts';
import type { SeriesRef } from '../../model/storage.ts';
import { recordTypeOf } from '../wal/histogram-records.ts';

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
  keep(rowOf: (ref: SeriesRef, timeMs: number, index: number) => number): void {
    let n = 0;
    let b = 0;
    for (let i = 0; i < this.length; i++) {
      for (; b < this.breaks.length && this.breaks[b]!.histograms === i; b++) this.breaks[b]!.histograms = n;
      const row = rowOf(this.refs[i]!, this.times[i]!, i);
      if (row < 0) continue;
      this.refs[n] = this.refs[i]!;
      this.rows[n] = row;
      this.times[n] = this.times[i]!;
      this.histograms[n++] = this.histograms[i]!;
    }
    for (; b < this.breaks.length; b++) this.breaks[b]!.histograms = n;
    for (const column of [this.refs, this.rows, this.times, this.histograms]) column.length = n;
  }

  /** Tells breaks that float `from` is now float `to`, as the floats are gone through in order. */
  moveFloat(from: number, to: number): void {
    for (const place of this.breaks) if (place.floats === from) place.floats = to;
  }

  /** The stretches between breaks, of `floats` floats and all histograms. */
  parts(floats: number): BatchPart[] {
    const ends = [...this.breaks, { floats, histograms: this.length }];
    return ends.map((to, i) => {
      const from = ends[i - 1] ?? { floats: 0, histograms: 0 };
      return {
        floats: { from: from.floats, to: to.floats },
        histograms: { from: from.histograms, to: to.histograms },
      };
    });
  }
}

export interface BatchPart {
  readonly floats: { readonly from: number; readonly to: number };
  readonly histograms: { readonly from: number; readonly to: number };
}

/** The last sample that a series has, or will have once the batch is committed. */
export interface LastSample {
  /** -Infinity: there is none. */
  readonly timeMs: number;
  /** Undefined: it is a float. */
  readonly histogram: NativeHistogram | undefined;
  readonly isPending: boolean;
}

/** A staleness marker is of the kind of what it ends. */
export function likeLast(h: NativeHistogram, { histogram }: LastSample): NativeHistogram {
  return h.stale && histogram !== undefined && histogram.integer !== h.integer
    ? { ...h, integer: histogram.integer }
    : h;
}

/** Whether a histogram goes into the same record of the log as the sample before it. */
export function isLoggedAlike({ histogram }: LastSample, h: NativeHistogram): boolean {
  return histogram !== undefined && recordTypeOf(histogram) === recordTypeOf(h);
}
