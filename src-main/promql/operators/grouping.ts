import { dropLabels, getLabel, type Labels, labelsKey, METRIC_NAME } from '../../model/labels.ts';

export interface Grouping {
  readonly names: readonly string[];
  readonly without: boolean;
}

/** The part of a label set that decides to which group it belongs: a key for maps, and the labels of the group. */
export class GroupKey {
  readonly #names: readonly string[];
  readonly #dropped: ReadonlySet<string> | null;
  readonly keepsName: boolean;

  constructor({ names, without }: Grouping) {
    this.#names = [...new Set(names)].sort();
    this.#dropped = without ? new Set([...names, METRIC_NAME]) : null;
    this.keepsName = !without && names.includes(METRIC_NAME);
  }

  of(labels: Labels): string {
    if (this.#dropped !== null) return labelsKey(dropLabels(labels, this.#dropped));
    if (this.#names.length === 1) return getLabel(labels, this.#names[0]!);
    let key = '';
    for (const name of this.#names) key += `${getLabel(labels, name)}\uffff`;
    return key;
  }

  labels(labels: Labels): Labels {
    if (this.#dropped !== null) return dropLabels(labels, this.#dropped);
    const names = this.#names;
    const kept: string[] = [];
    for (let i = 0; i < labels.length; i += 2) if (names.includes(labels[i]!)) kept.push(labels[i]!, labels[i + 1]!);
    return kept;
  }
}
