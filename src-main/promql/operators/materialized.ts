import type { Labels } from '../../model/labels.ts';
import type { QueryContext } from '../query-context.ts';
import type { Steps } from '../result.ts';
import type { VectorOperator } from './operator.ts';

/** All rows of an operator, computed at most once each: for operands that are read more than once. */
export class MaterializedOperator implements VectorOperator {
  readonly steps: Steps;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  #opening: Promise<void> | null = null;
  #values = new Float64Array(0);
  #present = new Uint8Array(0);
  #counts = new Int32Array(0);

  constructor(context: QueryContext, inner: VectorOperator) {
    this.#context = context;
    this.steps = inner.steps;
    this.#inner = inner;
  }

  open(): Promise<void> {
    this.#opening ??= this.#compute();
    return this.#opening;
  }

  async #compute(): Promise<void> {
    await this.#inner.open();
    const { length } = this.#inner;
    const { count } = this.steps;
    this.#context.hold(0);
    this.#values = new Float64Array(length * count);
    this.#present = new Uint8Array(length * count);
    this.#counts = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      this.#counts[i] = this.#inner.row(i, this.#values, this.#present, i * count);
      this.#context.hold(this.#counts[i]!);
      if (this.#context.due()) await this.#context.pause();
    }
  }

  get length(): number {
    return this.#inner.length;
  }

  get distinctWithoutName(): boolean {
    return this.#inner.distinctWithoutName;
  }

  labelsAt(index: number): Labels {
    return this.#inner.labelsAt(index);
  }

  dropsName(index: number): boolean {
    return this.#inner.dropsName(index);
  }

  /** Without a copy: where row `index` begins, in `values` and `present`. */
  offsetOf(index: number): number {
    return index * this.steps.count;
  }

  get values(): Float64Array {
    return this.#values;
  }

  get present(): Uint8Array {
    return this.#present;
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    const { count } = this.steps;
    const from = index * count;
    for (let k = 0; k < count; k++) {
      values[at + k] = this.#values[from + k]!;
      present[at + k] = this.#present[from + k]!;
    }
    return this.#counts[index]!;
  }
}
