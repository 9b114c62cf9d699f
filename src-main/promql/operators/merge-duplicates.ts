import { type Labels, labelsKey } from '../../model/labels.ts';
import { DUPLICATE_LABELSET, executionError } from '../errors.ts';
import type { QueryContext } from '../query-context.ts';
import { ABSENT, type Steps } from '../result.ts';
import type { RowPart, VectorOperator } from './operator.ts';

/** Those of the series that share their labels with another one, group by group. */
export function equalSeries(indexes: readonly number[], labelsAt: (index: number) => Labels): number[][] {
  const groups = new Map<string, number[]>();
  for (const index of indexes) {
    const key = labelsKey(labelsAt(index));
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [index]);
    else members.push(index);
  }
  return [...groups.values()].filter((members) => members.length > 1);
}

/**
 * Series that an operator has made equal become one, as long as no two have a point at the same step; there it is an
 * error. Costs nothing when all are distinct.
 */
export class MergeDuplicatesOperator implements VectorOperator {
  readonly steps: Steps;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  /** Of the inner series. Kept, since in a chain of operations each would ask the next one down. */
  #labels: Labels[] = [];
  /** Indexes of the inner series that make up each series; null: all are distinct. */
  #members: number[][] | null = null;
  #values = new Float64Array(0);
  #present = new Uint8Array(0);

  constructor(context: QueryContext, inner: VectorOperator) {
    this.#context = context;
    this.steps = inner.steps;
    this.#inner = inner;
  }

  async open(): Promise<void> {
    await this.#inner.open();
    const groups = new Map<string, number[]>();
    this.#labels = [];
    for (let i = 0; i < this.#inner.length; i++) {
      const labels = this.#inner.labelsAt(i);
      this.#labels.push(labels);
      const key = labelsKey(labels);
      const members = groups.get(key);
      if (members === undefined) groups.set(key, [i]);
      else members.push(i);
      if ((i & 1023) === 1023 && this.#context.due()) await this.#context.pause();
    }
    if (groups.size === this.#inner.length) return;
    this.#members = [...groups.values()];
    this.#values = new Float64Array(this.steps.count);
    this.#present = new Uint8Array(this.steps.count);
  }

  get length(): number {
    return this.#members?.length ?? this.#inner.length;
  }

  get distinctWithoutName(): boolean {
    return this.#inner.distinctWithoutName;
  }

  labelsAt(index: number): Labels {
    return this.#labels[this.#members?.[index]?.[0] ?? index]!;
  }

  dropsName(index: number): boolean {
    const members = this.#members?.[index];
    return members === undefined ? this.#inner.dropsName(index) : members.some((i) => this.#inner.dropsName(i));
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    const members = this.#members?.[index];
    if (members === undefined) return this.#inner.row(index, values, present, at);
    let count = this.#inner.row(members[0]!, values, present, at);
    for (let m = 1; m < members.length; m++) {
      const more = this.#inner.row(members[m]!, this.#values, this.#present, 0);
      if (more === 0) continue;
      overlay(this.#values, this.#present, { values, present, at });
      count += more;
    }
    return count;
  }
}

function overlay(values: Float64Array, present: Uint8Array, into: RowPart): void {
  for (let k = 0; k < present.length; k++) {
    if (present[k] === ABSENT) continue;
    if (into.present[into.at + k] !== ABSENT) throw executionError(DUPLICATE_LABELSET);
    into.present[into.at + k] = present[k]!;
    into.values[into.at + k] = values[k]!;
  }
}
