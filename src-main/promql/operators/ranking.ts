import { type Labels, labelsKey } from '../../model/labels.ts';

export type Ranking = 'topk' | 'bottomk' | 'limitk';

/** The `limit` best elements offered so far at one step of one group: a heap with the worst on top. */
export class RankedCell {
  length = 0;
  readonly #limit: number;
  readonly #ranking: Ranking;
  readonly #values: number[] = [];
  readonly #indexes: number[] = [];

  constructor(limit: number, ranking: string) {
    this.#limit = limit;
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
    } else if (this.length > 0 && this.#better(value, this.#values[0]!)) {
      this.#values[0] = value;
      this.#indexes[0] = index;
      this.#sink();
    }
  }

  /** Best first. No more offers after it. */
  sort(): void {
    if (this.length < 2 || this.#ranking === 'limitk') return;
    const order = this.#values.map((_, i) => i);
    const values = this.#values.slice();
    const indexes = this.#indexes.slice();
    order.sort((a, b) => {
      if (this.#better(values[a]!, values[b]!)) return -1;
      return this.#better(values[b]!, values[a]!) ? 1 : indexes[a]! - indexes[b]!;
    });
    for (let r = 0; r < order.length; r++) {
      this.#values[r] = values[order[r]!]!;
      this.#indexes[r] = indexes[order[r]!]!;
    }
  }

  /** NaN is worse than everything. For limitk nothing is better than what came first. */
  #better(a: number, b: number): boolean {
    if (this.#ranking === 'limitk') return false;
    if (Number.isNaN(b)) return !Number.isNaN(a);
    return this.#ranking === 'topk' ? a > b : a < b;
  }

  #rise(at: number): void {
    let child = at;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#better(this.#values[parent]!, this.#values[child]!)) return;
      this.#swap(parent, child);
      child = parent;
    }
  }

  #sink(): void {
    let parent = 0;
    for (;;) {
      let worst = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2])
        if (child < this.length && this.#better(this.#values[worst]!, this.#values[child]!)) worst = child;
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

/** A number in [0, 1) that depends on the labels alone, evenly spread: what limit_ratio samples by. */
export function seriesFraction(labels: Labels): number {
  const text = labelsKey(labels);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 2 ** 32;
}
