import { formatPlain } from '../../../shared/promql/number.ts';
import { type Labels, withLabels } from '../../model/labels.ts';
import { printHistogram } from '../histograms/print.ts';
import type { QueryContext } from '../query-context.ts';
import { HISTOGRAM, type Steps } from '../result.ts';
import { type Grouping, GroupKey } from './grouping.ts';
import type { VectorOperator } from './operator.ts';

interface Counted {
  readonly labels: Labels;
  readonly counts: Float64Array;
  drops: boolean;
}

/** count_values("label", v): how many elements of each group have each value. */
export class CountValuesOperator implements VectorOperator {
  readonly steps: Steps;
  readonly distinctWithoutName = false;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  readonly #label: string;
  readonly #key: GroupKey;
  #counted: Counted[] = [];
  #opening: Promise<void> | null = null;

  constructor(context: QueryContext, inner: VectorOperator, label: string, grouping: Grouping) {
    this.#context = context;
    this.steps = inner.steps;
    this.#inner = inner;
    this.#label = label;
    const names = grouping.without ? grouping.names : [...grouping.names, label];
    this.#key = new GroupKey({ names, without: grouping.without });
  }

  open(): Promise<void> {
    this.#opening ??= this.#count();
    return this.#opening;
  }

  async #count(): Promise<void> {
    const inner = this.#inner;
    const { histograms } = this.#context;
    const { count } = this.steps;
    await inner.open();
    const values = new Float64Array(count);
    const present = new Uint8Array(count);
    const known = new Map<number, Counted>();
    for (let i = 0; i < inner.length; i++) {
      const before = histograms.length;
      if (inner.row(i, values, present, 0) > 0) {
        const ofValue = new Map<string, Counted>();
        for (let k = 0; k < count; k++) {
          if (present[k] === 0) continue;
          const value = values[k]!;
          const text = present[k] === HISTOGRAM ? printHistogram(histograms.at(value)) : formatPlain(value);
          let counted = ofValue.get(text);
          if (counted === undefined) {
            counted = this.#counterOf(known, inner.labelsAt(i), text);
            ofValue.set(text, counted);
          }
          counted.counts[k]!++;
          counted.drops ||= inner.dropsName(i);
        }
      }
      histograms.cut(before);
      if (this.#context.due()) await this.#context.pause();
    }
    this.#counted = [...known.values()];
  }

  #counterOf(known: Map<number, Counted>, labels: Labels, text: string): Counted {
    const valued = withLabels(labels, [[this.#label, text]]);
    const key = this.#key.of(valued);
    let counted = known.get(key);
    if (counted === undefined) {
      this.#context.hold(this.steps.count);
      counted = { labels: this.#key.labels(valued), counts: new Float64Array(this.steps.count), drops: false };
      known.set(key, counted);
    }
    return counted;
  }

  get length(): number {
    return this.#counted.length;
  }

  labelsAt(index: number): Labels {
    return this.#counted[index]!.labels;
  }

  dropsName(index: number): boolean {
    return this.#counted[index]!.drops;
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    const { counts } = this.#counted[index]!;
    let found = 0;
    for (let k = 0; k < counts.length; k++) {
      present[at + k] = counts[k]! > 0 ? 1 : 0;
      values[at + k] = counts[k]!;
      found += present[at + k]!;
    }
    return found;
  }
}
