import type { Labels } from '../../model/labels.ts';
import type { QueryContext } from '../query-context.ts';
import { HISTOGRAM, type Steps } from '../result.ts';
import type { VectorOperator } from './operator.ts';

/** How two elements of an instant vector are ordered. */
export type ElementOrder = (a: SortElement, b: SortElement) => number;

export interface SortElement {
  readonly value: number;
  readonly labels: Labels;
}

export interface Sorting {
  readonly order: ElementOrder;
  /** Histograms have no value to go by. */
  readonly floatsOnly: boolean;
}

/** sort, sort_desc, sort_by_label: the elements of an instant query in order. Only for a single step. */
export class SortedOperator implements VectorOperator {
  readonly steps: Steps;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  readonly #sorting: Sorting;
  #indexes: number[] = [];

  constructor(context: QueryContext, inner: VectorOperator, sorting: Sorting) {
    this.#context = context;
    this.steps = inner.steps;
    this.#inner = inner;
    this.#sorting = sorting;
  }

  async open(): Promise<void> {
    const inner = this.#inner;
    await inner.open();
    const values = new Float64Array(1);
    const present = new Uint8Array(1);
    const elements: (SortElement & { readonly index: number })[] = [];
    for (let index = 0; index < inner.length; index++) {
      const before = this.#context.histograms.length;
      const found = inner.row(index, values, present, 0);
      this.#context.histograms.cut(before);
      if (found > 0 && !(this.#sorting.floatsOnly && present[0] === HISTOGRAM))
        elements.push({ index, value: values[0]!, labels: inner.labelsAt(index) });
      if (this.#context.due()) await this.#context.pause();
    }
    this.#indexes = elements.sort(this.#sorting.order).map(({ index }) => index);
  }

  get length(): number {
    return this.#indexes.length;
  }

  get distinctWithoutName(): boolean {
    return this.#inner.distinctWithoutName;
  }

  labelsAt(index: number): Labels {
    return this.#inner.labelsAt(this.#indexes[index]!);
  }

  dropsName(index: number): boolean {
    return this.#inner.dropsName(this.#indexes[index]!);
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    return this.#inner.row(this.#indexes[index]!, values, present, at);
  }
}
