import type { Labels } from '../../model/labels.ts';
import type { Steps } from '../result.ts';
import { withoutName } from './name-dropping.ts';
import type { VectorOperator } from './operator.ts';

/** Delayed name removal: the metric names that operators left behind go away now. Wrap in MergeDuplicatesOperator. */
export class NameRemovalOperator implements VectorOperator {
  readonly steps: Steps;
  readonly #inner: VectorOperator;

  constructor(inner: VectorOperator) {
    this.steps = inner.steps;
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
    const labels = this.#inner.labelsAt(index);
    return this.#inner.dropsName(index) ? withoutName(labels) : labels;
  }

  dropsName(): boolean {
    return false;
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    return this.#inner.row(index, values, present, at);
  }
}
