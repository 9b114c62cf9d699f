import type { Labels } from '../../model/labels.ts';
import { NO_LABELS } from '../../model/labels.ts';
import type { QueryContext } from '../query-context.ts';
import { FLOAT, type Steps } from '../result.ts';
import { type ScalarOperator, timeAt, type VectorOperator } from './operator.ts';

/** A row known from the start: a literal, pi(), time(). */
export class KnownScalar implements ScalarOperator {
  readonly values: Float64Array;

  constructor(steps: Steps, valueAt: (step: number) => number) {
    this.values = Float64Array.from({ length: steps.count }, (_, k) => valueAt(k));
  }

  open(): Promise<void> {
    return Promise.resolve();
  }
}

export function timeScalar(steps: Steps): ScalarOperator {
  return new KnownScalar(steps, (k) => timeAt(steps, k) / 1000);
}

/** A function of scalars, step by step. */
export class CombinedScalar implements ScalarOperator {
  readonly values: Float64Array;
  readonly #operands: readonly ScalarOperator[];
  readonly #fn: (a: number, b: number) => number;

  constructor(steps: Steps, operands: readonly ScalarOperator[], fn: (a: number, b: number) => number) {
    this.values = new Float64Array(steps.count);
    this.#operands = operands;
    this.#fn = fn;
  }

  async open(): Promise<void> {
    for (const operand of this.#operands) await operand.open();
    const [a, b] = [this.#operands[0]!.values, (this.#operands[1] ?? this.#operands[0]!).values];
    for (let k = 0; k < this.values.length; k++) this.values[k] = this.#fn(a[k]!, b[k]!);
  }
}

/** scalar(v): the only float of the vector, or NaN. */
export class ScalarOfVector implements ScalarOperator {
  readonly values: Float64Array;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;

  constructor(context: QueryContext, inner: VectorOperator) {
    this.#context = context;
    this.#inner = inner;
    this.values = new Float64Array(inner.steps.count);
  }

  async open(): Promise<void> {
    const inner = this.#inner;
    await inner.open();
    const { count } = inner.steps;
    const row = new Float64Array(count);
    const present = new Uint8Array(count);
    const elements = new Uint8Array(count);
    this.values.fill(Number.NaN);
    for (let i = 0; i < inner.length; i++) {
      const before = this.#context.histograms.length;
      inner.row(i, row, present, 0);
      this.#context.histograms.cut(before);
      for (let k = 0; k < count; k++) {
        if (present[k] !== FLOAT) continue;
        this.values[k] = elements[k] === 0 ? row[k]! : Number.NaN;
        elements[k] = 1;
      }
      if (this.#context.due()) await this.#context.pause();
    }
  }
}

/** vector(s): one series without labels. */
export class VectorOfScalar implements VectorOperator {
  readonly steps: Steps;
  readonly length = 1;
  readonly distinctWithoutName = true;
  readonly #inner: ScalarOperator;

  constructor(steps: Steps, inner: ScalarOperator) {
    this.steps = steps;
    this.#inner = inner;
  }

  open(): Promise<void> {
    return this.#inner.open();
  }

  labelsAt(): Labels {
    return NO_LABELS;
  }

  dropsName(): boolean {
    return false;
  }

  row(_: number, values: Float64Array, present: Uint8Array, at: number): number {
    values.set(this.#inner.values, at);
    present.fill(1, at, at + this.steps.count);
    return this.steps.count;
  }
}
