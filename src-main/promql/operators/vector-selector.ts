import type { Labels } from '../../model/labels.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { isStaleAt } from '../../model/staleness.ts';
import { executionError } from '../errors.ts';
import type { QueryContext } from '../query-context.ts';
import { ABSENT, FLOAT, HISTOGRAM, type Steps } from '../result.ts';
import { printLabels } from './matching.ts';
import type { RowPart, VectorOperator } from './operator.ts';
import type { Selection } from './selection.ts';
import { type WindowTable, WindowTables } from './window-table.ts';

/** What a selector yields of a sample: the value, or its time or start time in seconds; 'info-time' refuses histograms. */
export type SamplePart = 'value' | 'time' | 'start-time' | 'info-time';

type Histograms = readonly (NativeHistogram | undefined)[];

/** The newest sample of each series at each step, if none is stale or older than the lookback. */
export class VectorSelectorOperator implements VectorOperator {
  readonly steps: Steps;
  readonly distinctWithoutName: boolean;
  readonly #context: QueryContext;
  readonly #selection: Selection;
  readonly #windows: WindowTables;
  readonly #columns = new SampleColumns();
  readonly #part: SamplePart;
  #counted = new Uint8Array(0);

  constructor(context: QueryContext, steps: Steps, selection: Selection, part: SamplePart = 'value') {
    this.#context = context;
    this.steps = steps;
    this.#selection = selection;
    this.#part = part;
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
    const source = this.#source(columns);
    const scale = this.#part === 'value' ? 1 : 1000;
    const raw = columns.values;
    let count = 0;
    for (let k = 0; k < this.steps.count; k++) {
      const last = table.to[k]! - 1;
      if (last < table.from[k]! || (Number.isNaN(raw[last]!) && isStaleAt(columns.halves, last))) {
        present[at + k] = ABSENT;
        continue;
      }
      present[at + k] = FLOAT;
      values[at + k] = source[last]! / scale;
      count++;
    }
    this.#count(index, count);
    if (columns.histograms === null) return count;
    const row = { values, present, at };
    if (this.#part === 'value') this.#placeHistograms(columns.histograms, row, table);
    if (this.#part === 'info-time') this.#refuseHistograms(columns.histograms, row, { table, index });
    return count;
  }

  #source({ values, times, startTimes, length }: SampleColumns): Float64Array {
    if (this.#part === 'value') return values;
    if (this.#part !== 'start-time') return times;
    return startTimes ?? new Float64Array(length);
  }

  #refuseHistograms(
    histograms: Histograms,
    { present, at }: RowPart,
    { table, index }: { readonly table: WindowTable; readonly index: number },
  ): void {
    for (let k = 0; k < this.steps.count; k++)
      if (present[at + k] !== ABSENT && histograms[table.to[k]! - 1] !== undefined)
        throw executionError(`this should be an info metric, with float samples: ${printLabels(this.labelsAt(index))}`);
  }

  /** One place for all steps that see the same sample. */
  #placeHistograms(histograms: Histograms, { values, present, at }: RowPart, { to }: WindowTable): void {
    let placed = -1;
    let place = 0;
    for (let k = 0; k < this.steps.count; k++) {
      if (present[at + k] === ABSENT) continue;
      const last = to[k]! - 1;
      const histogram = histograms[last];
      if (histogram === undefined) continue;
      if (last !== placed) place = this.#context.histograms.add(histogram);
      placed = last;
      values[at + k] = place;
      present[at + k] = HISTOGRAM;
    }
  }

  /** Prometheus would hold every point of a selector: the limit means the same here, though rows are not kept. */
  #count(index: number, points: number): void {
    if (this.#counted[index] === 1) return;
    this.#counted[index] = 1;
    this.#context.hold(points);
  }
}
