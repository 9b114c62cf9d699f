import type { Labels } from '../../model/labels.ts';
import type { QueryContext } from '../query-context.ts';
import type { Steps } from '../result.ts';
import type { VectorOperator } from './operator.ts';
import { RowBuffer } from './row-buffer.ts';

/** All rows of an operator, computed at most once each: for operands that are read more than once. */
export class MaterializedOperator implements VectorOperator {
  readonly steps: Steps;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  #opening: Promise<void> | null = null;
  #values: Float64Array = new Float64Array(0);
  #present: Uint8Array = new Uint8Array(0);
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
    this.#counts = new Int32Array(length);
    const buffer = new RowBuffer(this.#context, this.steps.count, length);
    for (let i = 0; i < length; i++) {
      const at = buffer.next();
      this.#counts[i] = this.#inner.row(i, buffer.values, buffer.present, at);
      buffer.keep();
      if (this.#context.due()) await this.#context.pause();
    }
    this.#values = buffer.values;
    this.#present = buffer.present;
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
