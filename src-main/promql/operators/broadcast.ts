import type { Labels } from '../../model/labels.ts';
import { ABSENT, type Steps } from '../result.ts';
import type { ScalarOperator, VectorOperator } from './operator.ts';

/** The one row of a step-invariant expression, evaluated at a single step, repeated at every step. */
export class BroadcastOperator implements VectorOperator {
  readonly steps: Steps;
  readonly #inner: VectorOperator;
  readonly #value = new Float64Array(1);
  readonly #present = new Uint8Array(1);

  /** `inner.steps.count` is 1. */
  constructor(steps: Steps, inner: VectorOperator) {
    this.steps = steps;
    this.#inner = inner;
  }

  open(): Promise<void> {
    return this.#inner.open();
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
    const found = this.#inner.row(index, this.#value, this.#present, 0);
    present.fill(found === 0 ? ABSENT : this.#present[0]!, at, at + count);
    values.fill(this.#value[0]!, at, at + count);
    return found * count;
  }
}

export class BroadcastScalar implements ScalarOperator {
  readonly values: Float64Array;
  readonly #inner: ScalarOperator;

  constructor(steps: Steps, inner: ScalarOperator) {
    this.values = new Float64Array(steps.count);
    this.#inner = inner;
  }

  async open(): Promise<void> {
    await this.#inner.open();
    this.values.fill(this.#inner.values[0]!);
  }
}
