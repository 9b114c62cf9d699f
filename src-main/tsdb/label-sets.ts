import { type Labels, labelsKey } from '../model/labels.ts';

const MAX_KEYS = 1_000_000;

/** Numbers for label sets, equal for equal sets: how series of several sources are recognised as one. */
export class LabelSetNumbers {
  #byArray = new WeakMap<Labels, number>();
  #byKey = new Map<string, number>();

  /** To be called before a run of `number()` whose results are to be compared. */
  begin(): void {
    if (this.#byKey.size < MAX_KEYS) return;
    this.#byArray = new WeakMap();
    this.#byKey = new Map();
  }

  /** Fast for an array seen before: sources hand out the same one for the same series while they remember it. */
  number(labels: Labels): number {
    let number = this.#byArray.get(labels);
    if (number === undefined) {
      const key = labelsKey(labels);
      number = this.#byKey.get(key);
      if (number === undefined) {
        number = this.#byKey.size;
        this.#byKey.set(key, number);
      }
      this.#byArray.set(labels, number);
    }
    return number;
  }
}
