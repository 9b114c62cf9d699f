import type { Labels } from '../../model/labels.ts';
import type { QueryContext } from '../query-context.ts';
import { ABSENT, FLOAT, type Steps } from '../result.ts';
import type { MatchSignature } from './matching.ts';
import type { VectorOperator } from './operator.ts';

export interface Filling {
  /** The operand of the other side, without its own filling. */
  readonly opposite: VectorOperator;
  readonly signature: MatchSignature;
  readonly value: number;
}

/**
 * One side of a binary operation with `fill`: for each match group of the other side one more series, present wherever
 * the other side has an element of the group and this side has none.
 */
export class FilledSideOperator implements VectorOperator {
  readonly steps: Steps;
  readonly distinctWithoutName = false;
  readonly #context: QueryContext;
  readonly #own: VectorOperator;
  readonly #filling: Filling;
  #filled: { readonly labels: Labels; readonly present: Uint8Array }[] = [];

  constructor(context: QueryContext, own: VectorOperator, filling: Filling) {
    this.#context = context;
    this.steps = own.steps;
    this.#own = own;
    this.#filling = filling;
  }

  async open(): Promise<void> {
    const { opposite, signature } = this.#filling;
    await this.#own.open();
    await opposite.open();
    const wanted = await this.#presence(opposite);
    const there = await this.#presence(this.#own);
    this.#filled = [...wanted].map(([key, { present, first }]) => {
      const known = there.get(key)?.present;
      return {
        labels: signature.labels(opposite.labelsAt(first)),
        present: present.map((one, k) => (one !== ABSENT && (known?.[k] ?? ABSENT) === ABSENT ? FLOAT : ABSENT)),
      };
    });
  }

  /** Per match group where the side has an element, and one of its series. */
  async #presence(
    side: VectorOperator,
  ): Promise<Map<number, { readonly present: Uint8Array; readonly first: number }>> {
    const groups = new Map<number, { readonly present: Uint8Array; readonly first: number }>();
    const values = new Float64Array(this.steps.count);
    const present = new Uint8Array(this.steps.count);
    for (let i = 0; i < side.length; i++) {
      const before = this.#context.histograms.length;
      side.row(i, values, present, 0);
      this.#context.histograms.cut(before);
      const key = this.#filling.signature.of(side.labelsAt(i));
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { present: present.slice(), first: i });
      else for (let k = 0; k < present.length; k++) known.present[k]! |= present[k]!;
      if (this.#context.due()) await this.#context.pause();
    }
    return groups;
  }

  get length(): number {
    return this.#own.length + this.#filled.length;
  }

  labelsAt(index: number): Labels {
    return this.#filled[index - this.#own.length]?.labels ?? this.#own.labelsAt(index);
  }

  dropsName(index: number): boolean {
    return index < this.#own.length && this.#own.dropsName(index);
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    const filled = this.#filled[index - this.#own.length];
    if (filled === undefined) return this.#own.row(index, values, present, at);
    present.set(filled.present, at);
    values.fill(this.#filling.value, at, at + this.steps.count);
    return filled.present.reduce((sum, one) => sum + one, 0);
  }
}
