import { dropLabels, type Labels, labelsKey, METRIC_NAME } from '../../model/labels.ts';
import { KeyNumbers, ValueTrie } from './value-trie.ts';

export interface Grouping {
  readonly names: readonly string[];
  readonly without: boolean;
}

/** The part of a label set that decides to which group it belongs. */
export class GroupKey {
  readonly #names: readonly string[];
  readonly #dropped: ReadonlySet<string> | null;
  readonly #values: ValueTrie;
  readonly #keys = new KeyNumbers();
  readonly keepsName: boolean;

  constructor({ names, without }: Grouping) {
    this.#names = [...new Set(names)];
    this.#dropped = without ? new Set([...names, METRIC_NAME]) : null;
    this.#values = new ValueTrie(this.#names);
    this.keepsName = !without && names.includes(METRIC_NAME);
  }

  /** The number of the group: 0 for the first one met, 1 for the next new one ... */
  of(labels: Labels): number {
    if (this.#dropped === null) return this.#values.number(labels);
    return this.#keys.number(labelsKey(dropLabels(labels, this.#dropped)));
  }

  labels(labels: Labels): Labels {
    if (this.#dropped !== null) return dropLabels(labels, this.#dropped);
    const names = this.#names;
    const kept: string[] = [];
    for (let i = 0; i < labels.length; i += 2) if (names.includes(labels[i]!)) kept.push(labels[i]!, labels[i + 1]!);
    return kept;
  }
}
