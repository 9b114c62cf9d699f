/** histogram_quantile, histogram_fraction, histogram_quantiles on classic and native histograms. */

import type { Span } from '../../../shared/promql/ast.ts';
import { formatShort } from '../../../shared/promql/number.ts';
import { withLabels } from '../../model/labels.ts';
import { HistogramNotes } from '../histogram-notes.ts';
import { histogramFraction as fractionOf, histogramQuantile as quantileOf } from '../histograms/quantile.ts';
import type { BucketFunction, HistogramCall, NativeFunction } from '../operators/histogram-buckets.ts';
import { type ScalarOperator, timeAt } from '../operators/operator.ts';
import type { QueryContext } from '../query-context.ts';
import type { Steps } from '../result.ts';
import { bucketFraction, bucketQuantile, type Monotonicity, makeMonotonic } from './buckets.ts';
import { formatRounded } from './number-format.ts';
import { warnOfQuantiles } from './over-time.ts';

const MONOTONICITY_HELP =
  'input to histogram_quantile needed to be fixed for monotonicity ' +
  '(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)';

export interface HistogramArguments {
  readonly params: readonly ScalarOperator[];
  readonly paramSpans: readonly Span[];
  readonly vectorSpan: Span;
}

function quantileFunction(context: QueryContext, steps: Steps, span: Span): BucketFunction {
  return (buckets, { step, params, metricName }) => {
    const phi = params[0]![step]!;
    if (Number.isNaN(phi)) return Number.NaN;
    if (phi < 0) return Number.NEGATIVE_INFINITY;
    if (phi > 1) return Number.POSITIVE_INFINITY;
    const forced = makeMonotonic(buckets);
    if (forced !== null) noteMonotonicity(forced, { context, metricName, span, timeMs: timeAt(steps, step) });
    return bucketQuantile(phi, buckets);
  };
}

interface Occurrence {
  readonly context: QueryContext;
  readonly metricName: string;
  readonly span: Span;
  readonly timeMs: number;
}

/** Occurrences of one query at one place become a single info: the annotations merge them by their key. */
function noteMonotonicity(forced: Monotonicity, { context, metricName, span, timeMs }: Occurrence): void {
  const of = metricName === '' ? '' : ` for metric name "${metricName}"`;
  const text = `${MONOTONICITY_HELP}${of}`;
  context.annotations.merge(text, span, { ...forced, samples: 1, fromMs: timeMs, toMs: timeMs }, (merged) => {
    const seconds = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
    return (
      `${text}, from buckets ${formatShort(merged.minBound)} to ${formatShort(merged.maxBound)}, ` +
      `with a max diff of ${formatRounded(merged.maxDifference, 2)}, over ${merged.samples} samples ` +
      `from ${seconds(merged.fromMs)} to ${seconds(merged.toMs)}`
    );
  });
}

/** NaN observations are in no bucket, but above all others. */
function nativeQuantile({ annotations }: QueryContext, span: Span): NativeFunction {
  const notes = new HistogramNotes(annotations, span);
  return (histogram, { step, params, metricName }) => {
    const { value, nanObservations } = quantileOf(params[0]![step]!, histogram);
    notes.metricName = metricName;
    if (nanObservations === 'nan') notes.quantileIsNaN();
    if (nanObservations === 'skewed') notes.quantileIsSkewed();
    return value;
  };
}

function nativeFraction({ annotations }: QueryContext, span: Span): NativeFunction {
  const notes = new HistogramNotes(annotations, span);
  return (histogram, { step, params, metricName }) => {
    const { value, nanObservations } = fractionOf(params[0]![step]!, params[1]![step]!, histogram);
    notes.metricName = metricName;
    if (nanObservations) notes.fractionExcludesNaN();
    return value;
  };
}

export function histogramQuantile(context: QueryContext, steps: Steps, args: HistogramArguments): HistogramCall {
  return {
    fn: quantileFunction(context, steps, args.vectorSpan),
    native: nativeQuantile(context, args.vectorSpan),
    params: args.params,
    span: args.vectorSpan,
    relabel: (labels) => labels,
    checkParams: (params) => warnOfQuantiles(context, params, args.paramSpans),
  };
}

/** As OpenMetrics wants label values that are numbers: whole ones with `.0`. */
function openMetricsFloat(value: number): string {
  const text = formatShort(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** One of the quantiles of histogram_quantiles: as histogram_quantile, with the quantile in a label. */
export function labelledQuantile(
  context: QueryContext,
  steps: Steps,
  args: HistogramArguments,
  label: string,
): HistogramCall {
  const call = histogramQuantile(context, steps, args);
  let text = '';
  return {
    ...call,
    relabel: (labels) => withLabels(labels, [[label, text]]),
    checkParams: (params) => {
      call.checkParams(params);
      text = openMetricsFloat(params[0]![0] ?? Number.NaN);
    },
  };
}

export function histogramFraction(context: QueryContext, args: HistogramArguments): HistogramCall {
  return {
    native: nativeFraction(context, args.vectorSpan),
    fn: (buckets, { step, params }) => bucketFraction(params[0]![step]!, params[1]![step]!, buckets),
    params: args.params,
    span: args.vectorSpan,
    relabel: (labels) => labels,
    checkParams: () => {},
  };
}
