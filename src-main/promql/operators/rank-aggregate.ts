import type { Span } from '../../../shared/promql/ast.ts';
import { formatShort } from '../../../shared/promql/number.ts';
import { compareLabels, type Labels } from '../../model/labels.ts';
import { executionError } from '../errors.ts';
import type { HistogramNotes } from '../histogram-notes.ts';
import type { QueryContext } from '../query-context.ts';
import { ABSENT, FLOAT, type Steps } from '../result.ts';
import { groupSeries } from './aggregate.ts';
import { countPresent, dropHistograms, hasHistogram } from './cells.ts';
import type { Grouping } from './grouping.ts';
import type { ScalarOperator, VectorOperator } from './operator.ts';
import { RankedCell } from './ranking.ts';
import { seriesFraction } from './series-fraction.ts';

export type RankOp = 'topk' | 'bottomk' | 'limitk' | 'limit_ratio';

export interface RankCall {
  readonly op: RankOp;
  readonly grouping: Grouping;
  readonly param: ScalarOperator;
  /** Of the parameter. */
  readonly span: Span;
  readonly notes: HistogramNotes;
}

const MAX_INT64 = 2 ** 63;

/** topk, bottomk, limitk, limit_ratio: keeps some of the elements of each group, with their labels. */
export class RankAggregateOperator implements VectorOperator {
  readonly steps: Steps;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  readonly #call: RankCall;
  /** Kept series in result order, and their rows. */
  #kept: number[] = [];
  readonly #rows = new Map<number, { readonly values: Float64Array; readonly present: Uint8Array }>();
  /** Per series with histograms what its cells hold. */
  readonly #kinds = new Map<number, Uint8Array>();
  #opening: Promise<void> | null = null;

  constructor(context: QueryContext, inner: VectorOperator, call: RankCall) {
    this.#context = context;
    this.steps = inner.steps;
    this.#inner = inner;
    this.#call = call;
  }

  open(): Promise<void> {
    this.#opening ??= this.#select();
    return this.#opening;
  }

  async #select(): Promise<void> {
    await this.#call.param.open();
    await this.#inner.open();
    const param = this.#call.param.values;
    if (this.#call.op === 'limit_ratio') return this.#selectByRatio(this.#checkRatios(param));
    checkCounts(param);
    if (param.every((k) => k < 1)) return;
    await this.#selectByRank(param);
  }

  async #selectByRank(param: Float64Array): Promise<void> {
    const { op } = this.#call;
    const { count } = this.steps;
    const { groupOf, labels } = await groupSeries(this.#context, this.#inner, this.#call.grouping);
    this.#context.hold(labels.length * count);
    const sizes = new Int32Array(labels.length);
    for (const group of groupOf) sizes[group]!++;
    const precedes = (a: number, b: number) => compareLabels(this.#inner.labelsAt(a), this.#inner.labelsAt(b)) < 0;
    const cells = Array.from({ length: labels.length * count }, (_, c) => {
      const limit = Math.min(sizes[Math.floor(c / count)]!, Math.max(0, Math.trunc(param[c % count]!)));
      return new RankedCell(limit, op, precedes);
    });
    const values = new Float64Array(count);
    const present = new Uint8Array(count);
    for (let index = 0; index < this.#inner.length; index++) {
      if (this.#row(index, values, present) > 0)
        for (let k = 0; k < count; k++)
          if (present[k] !== ABSENT) cells[groupOf[index]! * count + k]!.offer(values[k]!, index);
      if (this.#context.due()) await this.#context.pause();
    }
    for (const group of this.#groupOrder(groupOf, labels.length))
      for (let k = 0; k < count; k++) {
        const cell = cells[group * count + k]!;
        cell.sort();
        for (let r = 0; r < cell.length; r++) this.#keep(cell.indexAt(r), k, cell.valueAt(r));
      }
  }

  /** Histograms have no rank, but may be among any that are asked for. */
  #row(index: number, values: Float64Array, present: Uint8Array): number {
    const { histograms } = this.#context;
    const before = histograms.length;
    const found = this.#inner.row(index, values, present, 0);
    if (!histograms.met || !hasHistogram(present, 0, this.steps.count)) return found;
    const { op, notes } = this.#call;
    if (op === 'limitk' || op === 'limit_ratio') {
      this.#kinds.set(index, present.slice());
      return found;
    }
    notes.ignoredInAggregation(op);
    histograms.cut(before);
    return dropHistograms(present, 0, this.steps.count);
  }

  /** Groups as their first members are ordered by label. */
  #groupOrder(groupOf: Int32Array, groups: number): number[] {
    const first: Labels[] = [];
    for (let i = 0; i < groupOf.length; i++) {
      const labels = this.#inner.labelsAt(i);
      const known = first[groupOf[i]!];
      if (known === undefined || compareLabels(labels, known) < 0) first[groupOf[i]!] = labels;
    }
    return Array.from({ length: groups }, (_, g) => g).sort((a, b) => compareLabels(first[a]!, first[b]!));
  }

  #keep(index: number, step: number, value: number): void {
    let row = this.#rows.get(index);
    if (row === undefined) {
      const { count } = this.steps;
      row = { values: new Float64Array(count), present: new Uint8Array(count) };
      this.#rows.set(index, row);
      this.#kept.push(index);
    }
    row.values[step] = value;
    row.present[step] = this.#kinds.get(index)?.[step] ?? FLOAT;
    this.#context.hold(1);
  }

  /** Which elements pass depends on their labels alone. */
  async #selectByRatio(ratios: Float64Array): Promise<void> {
    const { count } = this.steps;
    const values = new Float64Array(count);
    const present = new Uint8Array(count);
    for (let index = 0; index < this.#inner.length; index++) {
      const fraction = seriesFraction(this.#inner.labelsAt(index));
      if (this.#row(index, values, present) === 0) continue;
      for (let k = 0; k < count; k++) {
        const ratio = ratios[k]!;
        const passes = ratio >= 0 ? fraction < ratio : fraction >= 1 + ratio;
        if (present[k] !== ABSENT && passes) this.#keep(index, k, values[k]!);
      }
      if (this.#context.due()) await this.#context.pause();
    }
  }

  #checkRatios(ratios: Float64Array): Float64Array {
    if (ratios.some(Number.isNaN)) throw executionError('Ratio value is NaN');
    return ratios.map((ratio) => {
      const capped = Math.max(-1, Math.min(1, ratio));
      if (capped !== ratio)
        this.#context.annotations.warn(
          `ratio value should be between -1 and 1, got ${formatShort(ratio)}, capping to ${formatShort(capped)}`,
          this.#call.span,
        );
      return capped;
    });
  }

  get length(): number {
    return this.#kept.length;
  }

  get distinctWithoutName(): boolean {
    return this.#inner.distinctWithoutName;
  }

  labelsAt(index: number): Labels {
    return this.#inner.labelsAt(this.#kept[index]!);
  }

  dropsName(index: number): boolean {
    return this.#inner.dropsName(this.#kept[index]!);
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    const row = this.#rows.get(this.#kept[index]!)!;
    values.set(row.values, at);
    present.set(row.present, at);
    return countPresent(row.present, 0, row.present.length);
  }
}

function checkCounts(param: Float64Array): void {
  if (param.some(Number.isNaN)) throw executionError('Parameter value is NaN');
  const low = param.find((k) => k <= -MAX_INT64);
  if (low !== undefined) throw executionError(`Scalar value ${formatShort(low)} underflows int64`);
  const high = param.find((k) => k >= MAX_INT64);
  if (high !== undefined) throw executionError(`Scalar value ${formatShort(high)} overflows int64`);
}
