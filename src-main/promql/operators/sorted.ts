import type { Labels } from '../../model/labels.ts';
import type { QueryContext } from '../query-context.ts';
import type { Steps } from '../result.ts';
import type { VectorOperator } from './operator.ts';

/** How two elements of an instant vector are ordered. */
export type ElementOrder = (a: SortElement, b: SortElement) => number;

export interface SortElement {
  readonly value: number;
  readonly labels: Labels;
}

/** sort, sort_desc, sort_by_label: the elements of an instant query in order. Only for a single step. */
export class SortedOperator implements VectorOperator {
  readonly steps: Steps;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  readonly #order: ElementOrder;
  #indexes: number[] = [];

  constructor(context: QueryContext, inner: VectorOperator, order: ElementOrder) {
    this.#context = context;
    this.steps = inner.steps;
    this.#inner = inner;
    this.#order = order;
  }

  async open(): Promise<void> {
    const inner = this.#inner;
    await inner.open();
    const values = new Float64Array(1);
    const present = new Uint8Array(1);
    const elements: (SortElement & { readonly index: number })[] = [];
    for (let index = 0; index < inner.length; index++) {
      if (inner.row(index, values, present, 0) > 0)
        elements.push({ index, value: values[0]!, labels: inner.labelsAt(index) });
      if (this.#context.due()) await this.#context.pause();
    }
    this.#indexes = elements.sort(this.#order).map(({ index }) => index);
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
