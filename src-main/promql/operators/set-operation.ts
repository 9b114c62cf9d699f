import type { SetOp, VectorMatching } from '../../../shared/promql/ast.ts';
import type { Labels } from '../../model/labels.ts';
import type { QueryContext } from '../query-context.ts';
import { ABSENT, type Steps } from '../result.ts';
import { MatchSignature } from './matching.ts';
import type { VectorOperator } from './operator.ts';

/**
 * and, or, unless. One side decides, by its presence in each match group at each step, what passes of the other:
 * `and` and `unless` pass left elements by the right side, `or` passes all of the left and right elements by the left.
 */
export class SetOperator implements VectorOperator {
  readonly steps: Steps;
  readonly distinctWithoutName: boolean;
  readonly #context: QueryContext;
  readonly #op: SetOp;
  readonly #left: VectorOperator;
  readonly #right: VectorOperator;
  readonly #signature: MatchSignature;
  /** Per match group of the deciding side, not 0 at each step where it has an element. */
  readonly #presence = new Map<number, Uint8Array>();
  readonly #nothing: Uint8Array;
  #opening: Promise<void> | null = null;

  constructor(
    context: QueryContext,
    op: SetOp,
    sides: { readonly left: VectorOperator; readonly right: VectorOperator },
    matching: VectorMatching,
  ) {
    this.#context = context;
    this.#op = op;
    this.#left = sides.left;
    this.#right = sides.right;
    this.steps = sides.left.steps;
    this.#nothing = new Uint8Array(this.steps.count);
    this.#signature = new MatchSignature(matching);
    this.distinctWithoutName = op !== 'or' && sides.left.distinctWithoutName;
  }

  open(): Promise<void> {
    this.#opening ??= this.#decide();
    return this.#opening;
  }

  async #decide(): Promise<void> {
    await this.#left.open();
    await this.#right.open();
    const decider = this.#op === 'or' ? this.#left : this.#right;
    const { count } = this.steps;
    const values = new Float64Array(count);
    const present = new Uint8Array(count);
    for (let i = 0; i < decider.length; i++) {
      const before = this.#context.histograms.length;
      if (decider.row(i, values, present, 0) > 0) {
        const key = this.#signature.of(decider.labelsAt(i));
        const known = this.#presence.get(key);
        if (known === undefined) this.#presence.set(key, present.slice());
        else for (let k = 0; k < count; k++) known[k]! |= present[k]!;
      }
      this.#context.histograms.cut(before);
      if (this.#context.due()) await this.#context.pause();
    }
  }

  get length(): number {
    return this.#left.length + (this.#op === 'or' ? this.#right.length : 0);
  }

  labelsAt(index: number): Labels {
    const right = index - this.#left.length;
    return right < 0 ? this.#left.labelsAt(index) : this.#right.labelsAt(right);
  }

  dropsName(index: number): boolean {
    const right = index - this.#left.length;
    return right < 0 ? this.#left.dropsName(index) : this.#right.dropsName(right);
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    const right = index - this.#left.length;
    if (right >= 0) {
      const found = this.#right.row(right, values, present, at);
      return found === 0 ? 0 : this.#pass(index, present, at, false);
    }
    const found = this.#left.row(index, values, present, at);
    if (found === 0 || this.#op === 'or') return found;
    return this.#pass(index, present, at, this.#op === 'and');
  }

  /** Leaves the points at which the deciding side's presence is `wanted`. */
  #pass(index: number, present: Uint8Array, at: number, wanted: boolean): number {
    const decided = this.#presence.get(this.#signature.of(this.labelsAt(index))) ?? this.#nothing;
    let found = 0;
    for (let k = 0; k < this.steps.count; k++) {
      if ((decided[k] !== ABSENT) !== wanted) present[at + k] = ABSENT;
      else if (present[at + k] !== ABSENT) found++;
    }
    return found;
  }
}
