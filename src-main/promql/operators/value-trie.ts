import { getLabel, type Labels } from '../../model/labels.ts';

interface Node {
  number: number;
  children: Map<string, Node> | null;
}

/**
 * Numbers for the values that label sets have under a few names: 0 for the first combination met, 1 for the next new
 * one ... Values are looked up one by one: their hashes are known, while a joined key would have to be hashed anew for
 * each series.
 */
export class ValueTrie {
  readonly #names: readonly string[];
  readonly #root: Node = { number: -1, children: null };
  #count = 0;

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  number(labels: Labels): number {
    let node = this.#root;
    for (const name of this.#names) {
      const value = getLabel(labels, name);
      node.children ??= new Map();
      let next = node.children.get(value);
      if (next === undefined) {
        next = { number: -1, children: null };
        node.children.set(value, next);
      }
      node = next;
    }
    if (node.number < 0) node.number = this.#count++;
    return node.number;
  }
}

/** The same for whole label sets, or what is left of them. */
export class KeyNumbers {
  readonly #numbers = new Map<string, number>();

  number(key: string): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(key, number);
    }
    return number;
  }
}
