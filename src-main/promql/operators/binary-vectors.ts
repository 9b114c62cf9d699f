import type { VectorMatching } from '../../../shared/promql/ast.ts';
import { compareLabels, type Labels } from '../../model/labels.ts';
import { executionError } from '../errors.ts';
import type { RowCombination } from '../functions/operations.ts';
import type { QueryContext } from '../query-context.ts';
import { ABSENT, type Steps } from '../result.ts';
import { hasHistogram } from './cells.ts';
import { MatchSignature, printLabels, type ResultLabels, resultLabels } from './matching.ts';
import { MaterializedOperator } from './materialized.ts';
import { equalSeries } from './merge-duplicates.ts';
import type { VectorOperator } from './operator.ts';

export interface Sides {
  readonly left: VectorOperator;
  readonly right: VectorOperator;
}

export interface BinaryVectors {
  readonly matching: VectorMatching;
  /** left op right, in the order in which they are written. */
  readonly combine: RowCombination;
  /** The same for rows that have histograms. */
  readonly mixed: RowCombination;
  /** Arithmetic, or a comparison with `bool`. */
  readonly dropsName: boolean;
}

/**
 * A binary operation between two vectors, set operations apart. Series are matched once a query; a row then combines
 * the two rows of a pair. In terms of group_left, "many" is the left side; it is the right side for group_right.
 */
export class BinaryVectorsOperator implements VectorOperator {
  readonly steps: Steps;
  readonly #context: QueryContext;
  readonly #many: VectorOperator;
  readonly #one: VectorOperator;
  readonly #call: BinaryVectors;
  readonly #signature: MatchSignature;
  readonly #result: ResultLabels;
  readonly #swapped: boolean;
  #manyOf: number[] = [];
  #oneOf: number[] = [];
  #opening: Promise<void> | null = null;
  #values = new Float64Array(0);
  #present = new Uint8Array(0);

  constructor(context: QueryContext, { left, right }: Sides, call: BinaryVectors) {
    this.#context = context;
    this.steps = left.steps;
    this.#call = call;
    this.#signature = new MatchSignature(call.matching);
    this.#result = resultLabels(call.matching, call.dropsName && !context.options.delayedNameRemoval);
    this.#swapped = call.matching.cardinality === 'one-to-many';
    const [many, one] = this.#swapped ? [right, left] : [left, right];
    this.#many = many;
    this.#one = call.matching.cardinality === 'one-to-one' ? one : materialized(context, one);
  }

  open(): Promise<void> {
    this.#opening ??= this.#match();
    return this.#opening;
  }

  async #match(): Promise<void> {
    await this.#many.open();
    await this.#one.open();
    this.#values = new Float64Array(this.steps.count);
    this.#present = new Uint8Array(this.steps.count);
    const manySide = bySignature(this.#many, this.#signature);
    const oneSide = bySignature(this.#one, this.#signature);
    for (const ones of oneSide.values()) if (ones.length > 1) await this.#refuseDuplicates(ones);
    for (const [signature, members] of manySide) {
      const ones = oneSide.get(signature);
      if (ones === undefined) continue;
      for (const many of members)
        for (const one of ones) {
          this.#manyOf.push(many);
          this.#oneOf.push(one);
        }
      if (members.length > 1) await this.#refuseAmbiguity(this.#manyOf.length - members.length * ones.length);
      if (this.#context.due()) await this.#context.pause();
    }
  }

  get length(): number {
    return this.#manyOf.length;
  }

  get distinctWithoutName(): boolean {
    return this.#call.dropsName || this.#many.distinctWithoutName;
  }

  labelsAt(index: number): Labels {
    return this.#result.of(this.#many.labelsAt(this.#manyOf[index]!), this.#one.labelsAt(this.#oneOf[index]!));
  }

  dropsName(index: number): boolean {
    return this.#call.dropsName || this.#many.dropsName(this.#manyOf[index]!);
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    if (this.#many.row(this.#manyOf[index]!, values, present, at) === 0) return 0;
    const one = this.#oneOf[index]!;
    const { count } = this.steps;
    const target = { values, present, at };
    if (this.#swapped) {
      // The left row is the one that the combination is written to: bring it there.
      this.#values.set(values.subarray(at, at + count));
      this.#present.set(present.subarray(at, at + count));
      if (this.#one.row(one, values, present, at) === 0) return 0;
    } else if (this.#one.row(one, this.#values, this.#present, 0) === 0) {
      present.fill(0, at, at + count);
      return 0;
    }
    const other = { values: this.#values, present: this.#present, at: 0 };
    const mixed =
      this.#context.histograms.met && (hasHistogram(present, at, count) || hasHistogram(other.present, 0, count));
    return (mixed ? this.#call.mixed : this.#call.combine)(target, other, count);
  }

  /** Two series of one match group on the "one" side, both with a point at a step where the other side has any. */
  async #refuseDuplicates(ones: readonly number[]): Promise<void> {
    const { count } = this.steps;
    const owner = new Int32Array(count).fill(-1);
    let other: Uint8Array | null = null;
    for (const index of ones) {
      const before = this.#context.histograms.length;
      this.#one.row(index, this.#values, this.#present, 0);
      this.#context.histograms.cut(before);
      for (let k = 0; k < count; k++) {
        if (this.#present[k] === 0) continue;
        if (owner[k] === -1) {
          owner[k] = index;
          continue;
        }
        if (other === null) {
          const mine = this.#present.slice();
          other = await this.#presence(this.#many);
          this.#present.set(mine);
        }
        if (other[k] !== 0) throw this.#duplicateError(index, owner[k]!);
      }
      if (this.#context.due()) await this.#context.pause();
    }
  }

  /** Names the two in label order, that the message be the same each time. */
  #duplicateError(index: number, known: number): Error {
    const labels = this.#one.labelsAt(index);
    const [first, second] = [labels, this.#one.labelsAt(known)].sort(compareLabels).map(printLabels);
    const side = this.#swapped ? 'left' : 'right';
    return executionError(
      `found duplicate series for the match group ${printLabels(this.#signature.labels(labels))} on the ${side} ` +
        `hand-side of the operation: [${first}, ${second}]` +
        ';many-to-many matching not allowed: matching labels must be unique on one side',
    );
  }

  /** Per step whether the operator has any point at all. */
  async #presence(side: VectorOperator): Promise<Uint8Array> {
    const any = new Uint8Array(this.steps.count);
    for (let i = 0; i < side.length; i++) {
      const before = this.#context.histograms.length;
      side.row(i, this.#values, this.#present, 0);
      this.#context.histograms.cut(before);
      for (let k = 0; k < any.length; k++) any[k]! |= this.#present[k]!;
      if (this.#context.due()) await this.#context.pause();
    }
    return any;
  }

  /** Where both series of a pair are present, whatever the operation makes of them. */
  #pair(index: number, values: Float64Array, present: Uint8Array): number {
    const found = this.#many.row(this.#manyOf[index]!, values, present, 0);
    if (found === 0 || this.#one.row(this.#oneOf[index]!, values, this.#present, 0) === 0) return 0;
    for (let k = 0; k < present.length; k++) if (this.#present[k] === ABSENT) present[k] = ABSENT;
    return found;
  }

  /** Two results of one match group at the same step (in one-to-one: at all; else: with the same labels). */
  async #refuseAmbiguity(from: number): Promise<void> {
    const { count } = this.steps;
    const oneToOne = this.#call.matching.cardinality === 'one-to-one';
    const indexes = Array.from({ length: this.length - from }, (_, i) => from + i);
    const rivals = oneToOne ? [indexes] : equalSeries(indexes, (index) => this.labelsAt(index));
    const values = new Float64Array(count);
    const present = new Uint8Array(count);
    for (const members of rivals) {
      const taken = new Uint8Array(count);
      for (const index of members) {
        const before = this.#context.histograms.length;
        const found = oneToOne ? this.#pair(index, values, present) : this.row(index, values, present, 0);
        this.#context.histograms.cut(before);
        if (found === 0) continue;
        for (let k = 0; k < count; k++) {
          if (present[k] === 0) continue;
          if (taken[k] === 1) throw executionError(ambiguity(oneToOne));
          taken[k] = 1;
        }
        if (this.#context.due()) await this.#context.pause();
      }
    }
  }
}

function ambiguity(oneToOne: boolean): string {
  return oneToOne
    ? 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
    : 'multiple matches for labels: grouping labels must ensure unique matches';
}

function materialized(context: QueryContext, inner: VectorOperator): VectorOperator {
  return inner instanceof MaterializedOperator ? inner : new MaterializedOperator(context, inner);
}

function bySignature(side: VectorOperator, signature: MatchSignature): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < side.length; i++) {
    const key = signature.of(side.labelsAt(i));
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [i]);
    else members.push(i);
  }
  return groups;
}
