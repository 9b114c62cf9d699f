import type { Labels } from '../../model/labels.ts';
import type { QueryContext } from '../query-context.ts';
import type { Steps } from '../result.ts';
import { dropHistograms, hasHistogram } from './cells.ts';
import { withoutName } from './name-dropping.ts';
import type { ScalarOperator, VectorOperator } from './operator.ts';

/**
 * Changes the row of one series in place: values, and presence where an element drops out. Returns how many points are
 * left.
 */
export type RowFunction = (row: ElementRow) => number;

/** The `count` points from `at` on. The same object comes again and again: keep nothing of it. */
export interface ElementRow {
  values: Float64Array;
  present: Uint8Array;
  at: number;
  readonly steps: Steps;
  readonly params: readonly Float64Array[];
  /** How many of the points are present. */
  found: number;
}

export interface Elementwise {
  readonly params?: readonly ScalarOperator[];
  readonly keepsName?: boolean;
  /** For rows that have histograms; absent: those drop out. */
  readonly mixed?: RowFunction;
}

/** A function of each element of a vector, with scalar parameters: abs(v), v * 2, clamp(v, 0, 1), -v. */
export class ElementwiseOperator implements VectorOperator {
  readonly steps: Steps;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  readonly #params: readonly ScalarOperator[];
  readonly #fn: RowFunction;
  readonly #mixed: RowFunction | null;
  readonly #keepsName: boolean;
  #row: ElementRow | null = null;

  constructor(context: QueryContext, inner: VectorOperator, fn: RowFunction, options: Elementwise = {}) {
    this.#context = context;
    this.steps = inner.steps;
    this.#inner = inner;
    this.#fn = fn;
    this.#params = options.params ?? [];
    this.#mixed = options.mixed ?? null;
    this.#keepsName = options.keepsName ?? false;
  }

  async open(): Promise<void> {
    for (const param of this.#params) await param.open();
    await this.#inner.open();
    this.#row = {
      values: new Float64Array(0),
      present: new Uint8Array(0),
      at: 0,
      steps: this.steps,
      params: this.#params.map((param) => param.values),
      found: 0,
    };
  }

  get length(): number {
    return this.#inner.length;
  }

  get distinctWithoutName(): boolean {
    return this.#inner.distinctWithoutName;
  }

  labelsAt(index: number): Labels {
    const labels = this.#inner.labelsAt(index);
    return this.#keepsName || this.#context.options.delayedNameRemoval ? labels : withoutName(labels);
  }

  dropsName(index: number): boolean {
    return !this.#keepsName || this.#inner.dropsName(index);
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    const found = this.#inner.row(index, values, present, at);
    if (found === 0) return 0;
    const row = this.#row!;
    row.values = values;
    row.present = present;
    row.at = at;
    row.found = found;
    if (!this.#context.histograms.met || !hasHistogram(present, at, this.steps.count)) return this.#fn(row);
    if (this.#mixed !== null) return this.#mixed(row);
    row.found = dropHistograms(present, at, this.steps.count);
    return row.found === 0 ? 0 : this.#fn(row);
  }
}
