import type { Labels } from '../../model/labels.ts';
import type { Steps } from '../result.ts';
import type { VectorOperator } from './operator.ts';

/** label_replace, label_join: other labels, the same rows. Wrap in MergeDuplicatesOperator. */
export class RelabelOperator implements VectorOperator {
  readonly steps: Steps;
  readonly distinctWithoutName = false;
  readonly #inner: VectorOperator;
  readonly #relabel: (labels: Labels) => Labels | null;
  readonly #restoresName: boolean;
  #labels: (Labels | null)[] = [];

  /** `relabel` gives null for what it leaves alone; `restoresName`: what it changes has a metric name that stays. */
  constructor(inner: VectorOperator, relabel: (labels: Labels) => Labels | null, restoresName: boolean) {
    this.steps = inner.steps;
    this.#inner = inner;
    this.#relabel = relabel;
    this.#restoresName = restoresName;
  }

  async open(): Promise<void> {
    await this.#inner.open();
    this.#labels = Array.from({ length: this.#inner.length }, (_, i) => this.#relabel(this.#inner.labelsAt(i)));
  }

  get length(): number {
    return this.#labels.length;
  }

  labelsAt(index: number): Labels {
    return this.#labels[index] ?? this.#inner.labelsAt(index);
  }

  dropsName(index: number): boolean {
    return this.#inner.dropsName(index) && !(this.#restoresName && this.#labels[index] !== null);
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    return this.#inner.row(index, values, present, at);
  }
}
