import type { Labels } from '../../model/labels.ts';
import type { QueryContext } from '../query-context.ts';
import type { Steps } from '../result.ts';
import type { VectorOperator } from './operator.ts';

/** absent(v) and, over a presence row, absent_over_time(m): 1 wherever no series has a point. */
export class AbsentOperator implements VectorOperator {
  readonly steps: Steps;
  readonly length = 1;
  readonly distinctWithoutName = true;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  readonly #labels: Labels;
  readonly #absent: Uint8Array;

  constructor(context: QueryContext, inner: VectorOperator, labels: Labels) {
    this.#context = context;
    this.steps = inner.steps;
    this.#inner = inner;
    this.#labels = labels;
    this.#absent = new Uint8Array(inner.steps.count);
  }

  async open(): Promise<void> {
    const inner = this.#inner;
    const { count } = this.steps;
    await inner.open();
    const values = new Float64Array(count);
    const present = new Uint8Array(count);
    let left = count;
    this.#absent.fill(1);
    for (let i = 0; i < inner.length && left > 0; i++) {
      const before = this.#context.histograms.length;
      inner.row(i, values, present, 0);
      this.#context.histograms.cut(before);
      for (let k = 0; k < count; k++) {
        if (present[k] === 0 || this.#absent[k] === 0) continue;
        this.#absent[k] = 0;
        left--;
      }
      if (this.#context.due()) await this.#context.pause();
    }
  }

  labelsAt(): Labels {
    return this.#labels;
  }

  dropsName(): boolean {
    return false;
  }

  row(_: number, values: Float64Array, present: Uint8Array, at: number): number {
    let count = 0;
    for (let k = 0; k < this.steps.count; k++) {
      present[at + k] = this.#absent[k]!;
      values[at + k] = 1;
      count += this.#absent[k]!;
    }
    return count;
  }
}
