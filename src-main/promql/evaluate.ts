import type { Expr } from '../../shared/promql/ast.ts';
import { valueTypeOf } from '../../shared/promql/typecheck.ts';
import { compareLabels, type Labels, NO_LABELS } from '../model/labels.ts';
import type { NativeHistogram } from '../model/native-histogram.ts';
import { DUPLICATE_LABELSET, executionError } from './errors.ts';
import { extendedSamples, hasHistograms } from './functions/extended-range.ts';
import { samplesOf } from './histogram-list.ts';
import { labelOrder } from './label-order.ts';
import { MergeDuplicatesOperator } from './operators/merge-duplicates.ts';
import { NameRemovalOperator } from './operators/name-removal.ts';
import type { RowPart, VectorOperator } from './operators/operator.ts';
import type { RangeSource } from './operators/range-source.ts';
import { RowBuffer } from './operators/row-buffer.ts';
import type { Planner } from './plan/planner.ts';
import { stringOf } from './plan/string-argument.ts';
import type { QueryContext } from './query-context.ts';
import { FLOAT, HISTOGRAM, type Matrix, type QueryValue, type RawSeries, type Steps } from './result.ts';

/** Evaluates the whole query. `steps.stepMs` 0 means an instant query. */
export async function evaluate(planner: Planner, expr: Expr, steps: Steps): Promise<QueryValue> {
  const { context } = planner;
  const instant = steps.stepMs === 0;
  const scope = { steps, instant };
  switch (valueTypeOf(expr)) {
    case 'string':
      return { kind: 'string', timeMs: steps.startMs, value: stringOf(expr) };
    case 'matrix':
      return { kind: 'raw', series: await rawSeries(planner, expr, steps) };
    case 'scalar': {
      const operator = planner.scalar(expr, scope);
      await operator.open();
      context.hold(steps.count);
      if (instant) return { kind: 'scalar', steps, values: operator.values };
      const present = new Uint8Array(steps.count).fill(FLOAT);
      return {
        kind: 'matrix',
        matrix: { kind: 'matrix', steps, labels: [NO_LABELS], values: operator.values, present, histograms: [] },
      };
    }
    case 'vector': {
      const matrix = await collect(context, planner.vector(expr, scope), !instant);
      return { kind: instant ? 'vector' : 'matrix', matrix };
    }
  }
}

/** All rows that have a point; the arrays belong to the caller. */
async function collect(context: QueryContext, operator: VectorOperator, sorted: boolean): Promise<Matrix> {
  const root = context.options.delayedNameRemoval
    ? new MergeDuplicatesOperator(context, new NameRemovalOperator(operator))
    : operator;
  await root.open();
  const { steps } = root;
  const { count } = steps;
  const labels: Labels[] = Array.from({ length: root.length }, (_, i) => root.labelsAt(i));
  const order = sorted ? labelOrder(labels) : labels.map((_, i) => i);
  const buffer = new RowBuffer(context, count, root.length);
  const kept: Labels[] = [];
  const histograms: NativeHistogram[] = [];
  for (const index of order) {
    const at = buffer.next();
    const before = context.histograms.length;
    if (root.row(index, buffer.values, buffer.present, at) > 0) {
      buffer.keep();
      kept.push(labels[index]!);
      if (context.histograms.met)
        keepHistograms(context, { values: buffer.values, present: buffer.present, at }, count, histograms);
    }
    context.histograms.cut(before);
    if (context.due()) await context.pause();
  }
  if (sorted) refuseEqualNeighbours(kept);
  const cells = kept.length * count;
  return {
    kind: 'matrix',
    steps,
    labels: kept,
    values: buffer.values.slice(0, cells),
    present: buffer.present.slice(0, cells),
    histograms,
  };
}

/** Moves the histograms of a row from the query's list, which ends with it, to the result's. */
function keepHistograms(
  context: QueryContext,
  { values, present, at }: RowPart,
  count: number,
  kept: NativeHistogram[],
): void {
  let moved = -1;
  for (let i = at; i < at + count; i++) {
    if (present[i] !== HISTOGRAM) continue;
    const place = values[i]!;
    if (place !== moved) {
      const histogram = context.histograms.at(place);
      context.hold(samplesOf(histogram));
      kept.push(histogram);
    }
    moved = place;
    values[i] = kept.length - 1;
  }
}

/** The last guard: operators see to it that series are distinct, but for what metadata labels alone told apart. */
function refuseEqualNeighbours(labels: readonly Labels[]): void {
  for (let i = 1; i < labels.length; i++)
    if (compareLabels(labels[i - 1]!, labels[i]!) === 0) throw executionError(DUPLICATE_LABELSET);
}

/** An instant query for a range vector: the samples themselves. */
async function rawSeries(planner: Planner, expr: Expr, steps: Steps): Promise<RawSeries[]> {
  const source = planner.range(expr, { steps, instant: false });
  await source.open();
  const series: RawSeries[] = [];
  for (let index = 0; index < source.length; index++) {
    const { from, to } = source.read(index);
    const samples = windowSamples(expr, source, { from: from[0] ?? 0, to: to[0] ?? 0 });
    if (samples !== null) {
      planner.context.hold(samples.values.length);
      series.push({ labels: source.labelsAt(index), ...samples });
    }
    if (planner.context.due()) await planner.context.pause();
  }
  const order = labelOrder(series.map(({ labels }) => labels));
  return order.map((index) => series[index]!);
}

type Samples = Omit<RawSeries, 'labels'>;

/** What a range selector itself yields of one series; null for nothing. */
function windowSamples(
  expr: Expr,
  source: RangeSource,
  window: { readonly from: number; readonly to: number },
): Samples | null {
  if (expr.kind === 'paren') return windowSamples(expr.expr, source, window);
  const { from, to } = window;
  if (from === to) return null;
  if (expr.kind === 'matrixSelector' && (expr.vector.anchored || expr.vector.smoothed)) {
    const { smoothed } = expr.vector;
    if (hasHistograms(source.columns, window))
      throw executionError(`${smoothed ? 'smoothed' : 'anchored'} modifier is not supported with histograms`);
    const endMs = source.endsMs[0] ?? 0;
    const range = { startMs: endMs - source.rangeMs, endMs, smoothed, counter: false };
    return extendedSamples(source.columns, window, range);
  }
  const { times, values, histograms } = source.columns;
  return {
    timesMs: times.slice(from, to),
    values: values.slice(from, to),
    histograms: histograms === null ? null : histograms.slice(from, to),
  };
}
