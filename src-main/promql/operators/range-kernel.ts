import type { SampleColumns } from '../../model/sample-columns.ts';
import type { HistogramList } from '../histogram-list.ts';
import type { HistogramNotes } from '../histogram-notes.ts';
import type { Steps } from '../result.ts';
import type { WindowTable } from './window-table.ts';

/** One series as a range function sees it. */
export interface RangeInput {
  readonly steps: Steps;
  readonly columns: SampleColumns;
  readonly windows: WindowTable;
  readonly rangeMs: number;
  readonly endsMs: Float64Array;
  /** Scalar arguments, one value a step each. */
  readonly params: readonly Float64Array[];
  /** Where a kernel puts histograms that it computes. */
  readonly histograms: HistogramList;
  readonly notes: HistogramNotes;
}

/** Writes the row of one series, as `VectorOperator.row`. */
export type RangeKernel = (input: RangeInput, values: Float64Array, present: Uint8Array, at: number) => number;
