export type Ranking = 'topk' | 'bottomk' | 'limitk';

/** Which of two series comes first in label order: it wins among equals. */
export type Precedes = (index: number, other: number) => boolean;

/** The `limit` best elements offered so far at one step of one group: a heap with the worst on top. */
export class RankedCell {
  length = 0;
  readonly #limit: number;
  readonly #ranking: Ranking;
  readonly #precedes: Precedes;
  readonly #values: number[] = [];
  readonly #indexes: number[] = [];

  constructor(limit: number, ranking: string, precedes: Precedes) {
    this.#limit = limit;
    this.#precedes = precedes;
    this.#ranking = ranking === 'bottomk' || ranking === 'limitk' ? ranking : 'topk';
  }

  valueAt(rank: number): number {
    return this.#values[rank]!;
  }

  indexAt(rank: number): number {
    return this.#indexes[rank]!;
  }

  offer(value: number, index: number): void {
    if (this.length < this.#limit) {
      this.#values.push(value);
      this.#indexes.push(index);
      this.length++;
      this.#rise(this.length - 1);
    } else if (this.length > 0 && this.#wins(value, index, 0)) {
      this.#values[0] = value;
      this.#indexes[0] = index;
      this.#sink();
    }
  }

  /** Best first. No more offers after it. */
  sort(): void {
    if (this.length < 2) return;
    const order = this.#values.map((_, i) => i);
    const values = this.#values.slice();
    const indexes = this.#indexes.slice();
    order.sort((a, b) => {
      const order = this.#order(values[a]!, values[b]!);
      return order !== 0 ? order : this.#precedes(indexes[a]!, indexes[b]!) ? -1 : 1;
    });
    for (let r = 0; r < order.length; r++) {
      this.#values[r] = values[order[r]!]!;
      this.#indexes[r] = indexes[order[r]!]!;
    }
  }

  /** Below 0 where `a` is better. NaN is worse than everything; for limitk all are equal. */
  #order(a: number, b: number): number {
    if (this.#ranking === 'limitk' || a === b) return 0;
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a > b === (this.#ranking === 'topk') ? -1 : 1;
  }

  /** Whether an element is to be preferred to the one at a place of the heap. */
  #wins(value: number, index: number, place: number): boolean {
    const order = this.#order(value, this.#values[place]!);
    return order !== 0 ? order < 0 : this.#precedes(index, this.#indexes[place]!);
  }

  #rise(at: number): void {
    let child = at;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#wins(this.#values[parent]!, this.#indexes[parent]!, child)) return;
      this.#swap(parent, child);
      child = parent;
    }
  }

  #sink(): void {
    let parent = 0;
    for (;;) {
      let worst = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2])
        if (child < this.length && this.#wins(this.#values[worst]!, this.#indexes[worst]!, child)) worst = child;
      if (worst === parent) return;
      this.#swap(worst, parent);
      parent = worst;
    }
  }

  #swap(a: number, b: number): void {
    const [value, index] = [this.#values[a]!, this.#indexes[a]!];
    this.#values[a] = this.#values[b]!;
    this.#indexes[a] = this.#indexes[b]!;
    this.#values[b] = value;
    this.#indexes[b] = index;
  }
}
