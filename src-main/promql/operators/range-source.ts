import type { Labels } from '../../model/labels.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { samplesOf } from '../histogram-list.ts';
import { forgetReset } from '../histograms/counter-reset.ts';
import type { QueryContext } from '../query-context.ts';
import { ABSENT, HISTOGRAM, type Steps } from '../result.ts';
import { timeAt, type VectorOperator } from './operator.ts';
import { removeStale, type Selection } from './selection.ts';
import { type WindowTable, WindowTables } from './window-table.ts';

/** The operand of a range function: per series its samples once, per step which of them the window holds. */
export interface RangeSource {
  readonly rangeMs: number;
  /** Right end of each step's window. */
  readonly endsMs: Float64Array;
  readonly length: number;
  readonly distinctWithoutName: boolean;
  open(): Promise<void>;
  labelsAt(index: number): Labels;
  dropsName(index: number): boolean;
  /** Reads series `index` into `columns`, no staleness markers left, and finds its windows. */
  read(index: number): WindowTable;
  /** What the last `read` brought. */
  readonly columns: SampleColumns;
}

export interface MatrixRange {
  readonly rangeMs: number;
  /** How much further windows reach back and forth: what `anchored` and `smoothed` look at. */
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** `metric[5m]`. */
export class MatrixSource implements RangeSource {
  readonly rangeMs: number;
  readonly endsMs: Float64Array;
  readonly distinctWithoutName: boolean;
  readonly columns = new SampleColumns();
  readonly #context: QueryContext;
  readonly #selection: Selection;
  readonly #windows: WindowTables;

  constructor(context: QueryContext, selection: Selection, { rangeMs, beforeMs, afterMs }: MatrixRange) {
    this.#context = context;
    this.#selection = selection;
    this.rangeMs = rangeMs;
    this.endsMs = selection.referenceMs;
    const reachMs = this.endsMs.map((endMs) => endMs + afterMs);
    this.#windows = new WindowTables(reachMs, beforeMs + rangeMs + afterMs);
    this.distinctWithoutName = selection.oneName;
  }

  open(): Promise<void> {
    this.#selection.open();
    return Promise.resolve();
  }

  get length(): number {
    return this.#selection.length;
  }

  labelsAt(index: number): Labels {
    return this.#selection.labelsAt(index);
  }

  dropsName(): boolean {
    return false;
  }

  read(index: number): WindowTable {
    this.#selection.read(index, this.columns);
    removeStale(this.columns);
    const table = this.#windows.of(this.columns);
    const samples = table.widest * samplesEach(this.columns);
    this.#context.hold(samples);
    this.#context.release(samples);
    return table;
  }
}

/** What one sample of the series counts, by its newest one: histograms of one series are much alike. */
function samplesEach({ histograms, length }: SampleColumns): number {
  const last = histograms?.[length - 1];
  return last === undefined ? 1 : samplesOf(last);
}

/** `expr[30m:1m]`: the rows of the inner expression, at its own steps, taken as samples. */
export class SubquerySource implements RangeSource {
  readonly rangeMs: number;
  readonly endsMs: Float64Array;
  readonly columns = new SampleColumns();
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  readonly #windows: WindowTables;
  readonly #present: Uint8Array;

  constructor(context: QueryContext, inner: VectorOperator, endsMs: Float64Array, rangeMs: number) {
    this.#context = context;
    this.#inner = inner;
    this.endsMs = endsMs;
    this.rangeMs = rangeMs;
    this.#windows = new WindowTables(endsMs, rangeMs);
    this.#present = new Uint8Array(inner.steps.count);
  }

  get distinctWithoutName(): boolean {
    return this.#inner.distinctWithoutName;
  }

  async open(): Promise<void> {
    await this.#inner.open();
  }

  get length(): number {
    return this.#inner.length;
  }

  labelsAt(index: number): Labels {
    return this.#inner.labelsAt(index);
  }

  dropsName(index: number): boolean {
    return this.#inner.dropsName(index);
  }

  read(index: number): WindowTable {
    const columns = this.columns;
    const steps: Steps = this.#inner.steps;
    columns.clear();
    columns.reserve(steps.count);
    const before = this.#context.histograms.length;
    const points = this.#inner.row(index, columns.values, this.#present, 0);
    this.#context.hold(points);
    let kept = 0;
    for (let k = 0; k < steps.count; k++) {
      if (this.#present[k] === ABSENT) continue;
      columns.times[kept] = timeAt(steps, k);
      columns.values[kept] = columns.values[k]!;
      if (this.#present[k] === HISTOGRAM) this.#keepHistogram(kept);
      kept++;
    }
    columns.length = kept;
    this.#context.histograms.cut(before);
    this.#context.release(points);
    return this.#windows.of(columns);
  }

  /** What is known of counter resets holds between scrapes, not between steps. */
  #keepHistogram(index: number): void {
    const { columns } = this;
    const histogram = this.#context.histograms.at(columns.values[index]!);
    columns.histograms ??= [];
    columns.histograms[index] = forgetReset(histogram);
    columns.values[index] = histogram.sum;
  }
}
