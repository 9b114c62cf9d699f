import type { VectorMatching } from '../../../shared/promql/ast.ts';
import { quote } from '../../../shared/promql/go-string.ts';
import { dropLabels, getLabel, type Labels, labelsKey, labelsOf, METRIC_NAME } from '../../model/labels.ts';
import { METADATA_LABELS, withoutName } from './name-dropping.ts';
import { KeyNumbers, ValueTrie } from './value-trie.ts';

/** The labels by which the elements of two vectors find each other. */
export class MatchSignature {
  readonly #on: readonly string[] | null;
  readonly #ignored: ReadonlySet<string>;
  readonly #values: ValueTrie;
  readonly #keys = new KeyNumbers();

  constructor(matching: VectorMatching) {
    this.#on = matching.on ? [...new Set(matching.labels)] : null;
    this.#ignored = new Set([...matching.labels, METRIC_NAME]);
    this.#values = new ValueTrie(this.#on ?? []);
  }

  /** The number of the match group; equal for equal groups, whichever side asks. */
  of(labels: Labels): number {
    if (this.#on !== null) return this.#values.number(labels);
    return this.#keys.number(labelsKey(dropLabels(labels, this.#ignored)));
  }

  /** The labels themselves, as error messages name the group. */
  labels(labels: Labels): Labels {
    const on = this.#on;
    if (on === null) return dropLabels(labels, this.#ignored);
    const kept: string[] = [];
    for (let i = 0; i < labels.length; i += 2) if (on.includes(labels[i]!)) kept.push(labels[i]!, labels[i + 1]!);
    return kept;
  }
}

export interface ResultLabels {
  /** Labels of the result, from the "many" (in one-to-one: the left) side and its partner. */
  of(many: Labels, one: Labels): Labels;
}

/** What a binary operation between vectors makes of the labels (engine.go, resultMetric). */
export function resultLabels(matching: VectorMatching, dropsName: boolean): ResultLabels {
  const oneToOne = matching.cardinality === 'one-to-one';
  const matched = new Set(matching.labels);
  const ignored = new Set([...(matching.on ? [] : matching.labels), ...(dropsName ? METADATA_LABELS : [])]);
  return {
    of(many, one) {
      if (oneToOne) {
        if (!matching.on) return dropLabels(many, ignored);
        const kept: string[] = [];
        for (let i = 0; i < many.length; i += 2) {
          const name = many[i]!;
          if (matched.has(name) && !(dropsName && METADATA_LABELS.has(name))) kept.push(name, many[i + 1]!);
        }
        return kept;
      }
      const base = dropsName ? withoutName(many) : many;
      if (matching.include.length === 0) return base;
      const merged = new Map<string, string>();
      for (let i = 0; i < base.length; i += 2) merged.set(base[i]!, base[i + 1]!);
      for (const name of matching.include) merged.set(name, getLabel(one, name));
      return labelsOf(merged);
    },
  };
}

/** `{a="b", c="d"}`, the metric name among the others: how error messages print a label set. */
export function printLabels(labels: Labels): string {
  const parts: string[] = [];
  for (let i = 0; i < labels.length; i += 2) parts.push(`${labels[i]}=${quote(labels[i + 1]!)}`);
  return `{${parts.join(', ')}}`;
}
