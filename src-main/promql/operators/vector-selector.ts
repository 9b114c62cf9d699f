import type { Labels } from '../../model/labels.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { isStaleAt } from '../../model/staleness.ts';
import type { QueryContext } from '../query-context.ts';
import type { Steps } from '../result.ts';
import type { VectorOperator } from './operator.ts';
import type { Selection } from './selection.ts';
import { WindowTables } from './window-table.ts';

/** The newest sample of each series at each step, if none is stale or older than the lookback. */
export class VectorSelectorOperator implements VectorOperator {
  readonly steps: Steps;
  readonly distinctWithoutName: boolean;
  readonly #context: QueryContext;
  readonly #selection: Selection;
  readonly #windows: WindowTables;
  readonly #columns = new SampleColumns();
  readonly #ownTime: boolean;
  #counted = new Uint8Array(0);

  /** `ownTime`: yields the time of the sample, in seconds, instead of its value. */
  constructor(context: QueryContext, steps: Steps, selection: Selection, ownTime = false) {
    this.#context = context;
    this.steps = steps;
    this.#selection = selection;
    this.#ownTime = ownTime;
    this.#windows = new WindowTables(selection.referenceMs, context.options.lookbackMs);
    this.distinctWithoutName = selection.oneName;
  }

  open(): Promise<void> {
    this.#selection.open();
    this.#counted = new Uint8Array(this.#selection.length);
    return Promise.resolve();
  }

  get length(): number {
    return this.#selection.length;
  }

  labelsAt(index: number): Labels {
    return this.#selection.labelsAt(index);
  }

  dropsName(): boolean {
    return false;
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    const columns = this.#columns;
    this.#selection.read(index, columns);
    const table = this.#windows.of(columns);
    const source = this.#ownTime ? columns.times : columns.values;
    const scale = this.#ownTime ? 1000 : 1;
    const raw = columns.values;
    let count = 0;
    for (let k = 0; k < this.steps.count; k++) {
      const last = table.to[k]! - 1;
      if (last < table.from[k]! || (Number.isNaN(raw[last]!) && isStaleAt(columns.halves, last))) {
        present[at + k] = 0;
        continue;
      }
      present[at + k] = 1;
      values[at + k] = source[last]! / scale;
      count++;
    }
    this.#count(index, count);
    return count;
  }

  /** Prometheus would hold every point of a selector: the limit means the same here, though rows are not kept. */
  #count(index: number, points: number): void {
    if (this.#counted[index] === 1) return;
    this.#counted[index] = 1;
    this.#context.hold(points);
  }
}
