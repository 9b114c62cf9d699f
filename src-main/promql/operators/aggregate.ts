import type { Span } from '../../../shared/promql/ast.ts';
import type { Labels } from '../../model/labels.ts';
import { HistogramNotes } from '../histogram-notes.ts';
import type { QueryContext } from '../query-context.ts';
import type { Steps } from '../result.ts';
import { FOLDS, type Fold } from './folds.ts';
import { type Grouping, GroupKey } from './grouping.ts';
import { HistogramFolds } from './histogram-folds.ts';
import type { VectorOperator } from './operator.ts';

/** Which group each series belongs to. Series without any point at all are still assigned; they add nothing. */
export interface Groups {
  readonly groupOf: Int32Array;
  readonly labels: readonly Labels[];
}

export async function groupSeries(context: QueryContext, inner: VectorOperator, grouping: Grouping): Promise<Groups> {
  const key = new GroupKey(grouping);
  const groupOf = new Int32Array(inner.length);
  const labels: Labels[] = [];
  for (let i = 0; i < inner.length; i++) {
    const own = inner.labelsAt(i);
    const group = key.of(own);
    if (group === labels.length) labels.push(key.labels(own));
    groupOf[i] = group;
    if ((i & 1023) === 1023 && context.due()) await context.pause();
  }
  return { groupOf, labels };
}

export interface AggregateCall {
  readonly op: keyof typeof FOLDS;
  readonly grouping: Grouping;
  /** Of the vector. */
  readonly span: Span;
}

/** sum, avg, count, ...: reads each series' row into one scratch row and folds it into its group's. */
export class AggregateOperator implements VectorOperator {
  readonly steps: Steps;
  readonly distinctWithoutName: boolean;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  readonly #call: AggregateCall;
  readonly #histograms: HistogramFolds;
  #opening: Promise<void> | null = null;
  #fold: Fold | null = null;
  #labels: readonly Labels[] = [];
  #drops = new Uint8Array(0);

  constructor(context: QueryContext, inner: VectorOperator, call: AggregateCall) {
    this.#context = context;
    this.steps = inner.steps;
    this.#inner = inner;
    this.#call = call;
    this.#histograms = new HistogramFolds(context, call.op, new HistogramNotes(context.annotations, call.span));
    this.distinctWithoutName = !new GroupKey(call.grouping).keepsName || inner.distinctWithoutName;
  }

  open(): Promise<void> {
    this.#opening ??= this.#consume();
    return this.#opening;
  }

  async #consume(): Promise<void> {
    const inner = this.#inner;
    const { histograms } = this.#context;
    const { count } = this.steps;
    await inner.open();
    const { groupOf, labels } = await groupSeries(this.#context, inner, this.#call.grouping);
    this.#labels = labels;
    this.#drops = new Uint8Array(labels.length);
    this.#context.hold(labels.length * count);
    const fold = FOLDS[this.#call.op](labels.length * count);
    this.#fold = fold;
    const values = new Float64Array(count);
    const present = new Uint8Array(count);
    for (let i = 0; i < inner.length; i++) {
      const group = groupOf[i]!;
      const before = histograms.length;
      if (inner.row(i, values, present, 0) > 0) {
        if (histograms.met)
          this.#histograms.take({ cell: group * count, seen: fold.seen }, inner.labelsAt(i), values, present);
        fold.add(group * count, values, present);
        if (inner.dropsName(i)) this.#drops[group] = 1;
      }
      histograms.cut(before);
      if (this.#context.due()) await this.#context.pause();
    }
    this.#histograms.finish(fold.seen);
  }

  get length(): number {
    return this.#labels.length;
  }

  labelsAt(index: number): Labels {
    return this.#labels[index]!;
  }

  dropsName(index: number): boolean {
    return this.#drops[index] === 1;
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    const { count } = this.steps;
    const cell = index * count;
    const seen = this.#fold!.seen;
    let found = 0;
    for (let k = 0; k < count; k++) {
      present[at + k] = seen[cell + k]!;
      found += seen[cell + k]!;
    }
    this.#fold!.finish(cell, count, values, at);
    return found + this.#histograms.put(cell, values, present, { at, count });
  }
}
