import type { Labels } from '../../model/labels.ts';
import type { Steps } from '../result.ts';
import type { VectorOperator } from './operator.ts';

/** The series of several operators, one after the other; at least one operator. */
export class ConcatenatedOperator implements VectorOperator {
  readonly steps: Steps;
  readonly distinctWithoutName = false;
  readonly #parts: readonly VectorOperator[];
  #places: { readonly part: VectorOperator; readonly index: number }[] = [];

  constructor(parts: readonly VectorOperator[]) {
    this.steps = parts[0]!.steps;
    this.#parts = parts;
  }

  async open(): Promise<void> {
    for (const part of this.#parts) await part.open();
    this.#places = this.#parts.flatMap((part) => Array.from({ length: part.length }, (_, index) => ({ part, index })));
  }

  get length(): number {
    return this.#places.length;
  }

  labelsAt(index: number): Labels {
    const { part, index: own } = this.#places[index]!;
    return part.labelsAt(own);
  }

  dropsName(index: number): boolean {
    const { part, index: own } = this.#places[index]!;
    return part.dropsName(own);
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    const { part, index: own } = this.#places[index]!;
    return part.row(own, values, present, at);
  }
}
