import type { Span } from '../../../shared/promql/ast.ts';
import { getLabel, type Labels, METRIC_NAME } from '../../model/labels.ts';
import { DUPLICATE_LABELSET, executionError } from '../errors.ts';
import { HistogramNotes } from '../histogram-notes.ts';
import type { QueryContext } from '../query-context.ts';
import type { Steps } from '../result.ts';
import { hasFloat } from './cells.ts';
import { floatsOnly } from './floats-only.ts';
import { equalSeries } from './merge-duplicates.ts';
import { withoutName } from './name-dropping.ts';
import type { RowPart, ScalarOperator, VectorOperator } from './operator.ts';
import type { RangeInput, RangeKernel } from './range-kernel.ts';
import type { RangeSource } from './range-source.ts';
import type { WindowTable } from './window-table.ts';

export interface RangeFunction {
  /** For series of floats. */
  readonly kernel: RangeKernel;
  /** For series with native histograms; absent: they are left out, which an info tells where there are floats too. */
  readonly mixed?: RangeKernel;
  /** Start timestamps matter: then `mixed` is the kernel for series that have them. */
  readonly readsStartTimes?: boolean;
  readonly keepsName?: boolean;
  /** Looks at the scalar arguments before any series: refuses or warns. `spans` are theirs. */
  readonly checkParams?: (context: QueryContext, params: readonly Float64Array[], spans: readonly Span[]) => void;
  /** Prometheus suspects a gauge when the metric name has no counter's suffix. */
  readonly expectsCounter?: boolean;
}

export interface RangeCall {
  readonly fn: RangeFunction;
  readonly params: readonly ScalarOperator[];
  readonly paramSpans: readonly Span[];
  /** Of the range vector argument. */
  readonly span: Span;
}

const COUNTER_NAME = /_(?:total|sum|count|bucket)$/;

/** A function over a range vector: reads a series once, computes its whole row. */
export class RangeFunctionOperator implements VectorOperator {
  readonly steps: Steps;
  readonly #context: QueryContext;
  readonly #source: RangeSource;
  readonly #call: RangeCall;
  readonly #judgedNames = new Set<string>();
  readonly #notes: HistogramNotes;
  #input: RangeInput | null = null;
  #window: { windows: WindowTable } | null = null;

  constructor(context: QueryContext, steps: Steps, source: RangeSource, call: RangeCall) {
    this.#context = context;
    this.steps = steps;
    this.#source = source;
    this.#call = call;
    this.#notes = new HistogramNotes(context.annotations, call.span);
  }

  async open(): Promise<void> {
    if (this.#input !== null) return;
    const { fn, params, paramSpans } = this.#call;
    for (const param of params) await param.open();
    await this.#source.open();
    const values = params.map((param) => param.values);
    if (this.#source.length > 0) fn.checkParams?.(this.#context, values, paramSpans);
    const window = {
      windows: { times: new Float64Array(0), from: new Int32Array(0), to: new Int32Array(0), widest: 0, derived: null },
    };
    this.#window = window;
    const { steps } = this;
    const { columns, rangeMs, endsMs } = this.#source;
    this.#input = {
      steps,
      columns,
      rangeMs,
      endsMs,
      params: values,
      histograms: this.#context.histograms,
      notes: this.#notes,
      get windows() {
        return window.windows;
      },
    };
    await this.#refuseDuplicates();
  }

  get length(): number {
    return this.#source.length;
  }

  get distinctWithoutName(): boolean {
    return this.#source.distinctWithoutName;
  }

  labelsAt(index: number): Labels {
    const labels = this.#source.labelsAt(index);
    return this.#call.fn.keepsName || this.#context.options.delayedNameRemoval ? labels : withoutName(labels);
  }

  dropsName(index: number): boolean {
    return this.#call.fn.keepsName !== true || this.#source.dropsName(index);
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    this.#window!.windows = this.#source.read(index);
    const { fn } = this.#call;
    const { histograms, startTimes } = this.#source.columns;
    if (histograms !== null || (startTimes !== null && fn.readsStartTimes))
      return this.#mixedRow(index, { values, present, at });
    const count = fn.kernel(this.#input!, values, present, at);
    if (count > 0 && fn.expectsCounter) this.#suspectGauge(index);
    return count;
  }

  #mixedRow(index: number, { values, present, at }: RowPart): number {
    const { fn } = this.#call;
    this.#notes.metricName = getLabel(this.#source.labelsAt(index), METRIC_NAME);
    const count = (fn.mixed ?? floatsOnly(fn.kernel))(this.#input!, values, present, at);
    if (count > 0 && fn.expectsCounter && hasFloat(present, at, this.steps.count)) this.#suspectGauge(index);
    return count;
  }

  #suspectGauge(index: number): void {
    const name = getLabel(this.#source.labelsAt(index), METRIC_NAME);
    if (this.#judgedNames.has(name)) return;
    this.#judgedNames.add(name);
    if (name !== '' && !COUNTER_NAME.test(name))
      this.#context.annotations.inform(
        `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "${name}"`,
        this.#call.span,
      );
  }

  /** Two series that differ only in name are an error as soon as both have a point, at whatever step. */
  async #refuseDuplicates(): Promise<void> {
    if (this.distinctWithoutName || this.#call.fn.keepsName || this.#context.options.delayedNameRemoval) return;
    const groups = equalSeries(
      Array.from({ length: this.length }, (_, i) => i),
      (i) => this.labelsAt(i),
    );
    const values = new Float64Array(this.steps.count);
    const present = new Uint8Array(this.steps.count);
    for (const members of groups) {
      if (members.length < 2) continue;
      let alive = 0;
      for (const member of members) {
        const before = this.#context.histograms.length;
        if (this.row(member, values, present, 0) > 0 && ++alive > 1) throw executionError(DUPLICATE_LABELSET);
        this.#context.histograms.cut(before);
        if (this.#context.due()) await this.#context.pause();
      }
    }
  }
}
