import type { Span } from '../../../shared/promql/ast.ts';
import type { Labels } from '../../model/labels.ts';
import { warnOfQuantiles } from '../functions/over-time.ts';
import { quantileOfSorted, sortNanFirst } from '../functions/quantile.ts';
import type { HistogramNotes } from '../histogram-notes.ts';
import type { QueryContext } from '../query-context.ts';
import type { Steps } from '../result.ts';
import { groupSeries } from './aggregate.ts';
import { dropHistograms, hasHistogram } from './cells.ts';
import type { Grouping } from './grouping.ts';
import type { ScalarOperator, VectorOperator } from './operator.ts';

export interface QuantileCall {
  readonly grouping: Grouping;
  readonly param: ScalarOperator;
  /** Of the parameter. */
  readonly span: Span;
  readonly notes: HistogramNotes;
}

/** quantile(φ, v): one group at a time, its members' rows side by side. */
export class QuantileAggregateOperator implements VectorOperator {
  readonly steps: Steps;
  readonly distinctWithoutName = false;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  readonly #call: QuantileCall;
  #labels: readonly Labels[] = [];
  #members: number[][] = [];
  #opening: Promise<void> | null = null;

  constructor(context: QueryContext, inner: VectorOperator, call: QuantileCall) {
    this.#context = context;
    this.steps = inner.steps;
    this.#inner = inner;
    this.#call = call;
  }

  open(): Promise<void> {
    this.#opening ??= this.#group();
    return this.#opening;
  }

  async #group(): Promise<void> {
    await this.#call.param.open();
    await this.#inner.open();
    if (this.#inner.length > 0) warnOfQuantiles(this.#context, [this.#call.param.values], [this.#call.span]);
    const { groupOf, labels } = await groupSeries(this.#context, this.#inner, this.#call.grouping);
    this.#labels = labels;
    this.#members = labels.map(() => []);
    for (let i = 0; i < groupOf.length; i++) this.#members[groupOf[i]!]!.push(i);
  }

  get length(): number {
    return this.#labels.length;
  }

  labelsAt(index: number): Labels {
    return this.#labels[index]!;
  }

  dropsName(index: number): boolean {
    return this.#members[index]!.some((member) => this.#inner.dropsName(member));
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    const { count } = this.steps;
    const members = this.#members[index]!;
    this.#context.hold(members.length * count);
    const rows = new Float64Array(members.length * count);
    const there = new Uint8Array(members.length * count);
    const { histograms } = this.#context;
    const before = histograms.length;
    for (let m = 0; m < members.length; m++) this.#inner.row(members[m]!, rows, there, m * count);
    if (histograms.met && hasHistogram(there, 0, there.length)) {
      this.#call.notes.ignoredInAggregation('quantile');
      dropHistograms(there, 0, there.length);
    }
    histograms.cut(before);
    const phi = this.#call.param.values;
    const column = new Float64Array(members.length);
    let found = 0;
    for (let k = 0; k < count; k++) {
      let length = 0;
      for (let m = 0; m < members.length; m++) if (there[m * count + k] === 1) column[length++] = rows[m * count + k]!;
      present[at + k] = length > 0 ? 1 : 0;
      if (length === 0) continue;
      values[at + k] = quantileOfSorted(phi[k]!, sortNanFirst(column.subarray(0, length)));
      found++;
    }
    this.#context.release(rows.length);
    return found;
  }
}
