import type { Span } from '../../../shared/promql/ast.ts';
import { dropLabels, getLabel, type Labels, labelsKey, METRIC_NAME } from '../../model/labels.ts';
import { type Buckets, mergeEqualBounds } from '../functions/buckets.ts';
import type { QueryContext } from '../query-context.ts';
import type { Steps } from '../result.ts';
import { withoutName } from './name-dropping.ts';
import type { ScalarOperator, VectorOperator } from './operator.ts';

const BOUND = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)$/i;
const WITHOUT_BUCKET: ReadonlySet<string> = new Set(['le']);

/** A label value as a bucket's upper bound; null when it is none. */
export function parseBound(text: string): number | null {
  if (!BOUND.test(text)) return null;
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

/** Computes one point of one histogram from its merged buckets; the last bound is +Inf. */
export type BucketFunction = (buckets: Buckets, at: BucketPoint) => number;

export interface BucketPoint {
  readonly step: number;
  readonly params: readonly Float64Array[];
  /** Of one of the buckets; '' without. */
  readonly metricName: string;
}

/** One classic histogram: its bucket series, ascending by bound. */
interface Histogram {
  readonly labels: Labels;
  readonly metricName: string;
  readonly series: { readonly index: number; readonly bound: number }[];
}

export interface HistogramCall {
  readonly fn: BucketFunction;
  readonly params: readonly ScalarOperator[];
  /** Of the vector argument, for warnings. */
  readonly span: Span;
  /** Labels to add to each result. */
  readonly relabel: (labels: Labels) => Labels;
  /** Called once before any series is looked at. */
  readonly checkParams: (params: readonly Float64Array[]) => void;
}

/**
 * A function of classic histograms: series that differ in `le` alone are one histogram. Their rows are read once into
 * columns, bucket by bucket, and then walked step by step.
 */
export class HistogramBucketsOperator implements VectorOperator {
  readonly steps: Steps;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  readonly #call: HistogramCall;
  #histograms: Histogram[] = [];
  #opening: Promise<void> | null = null;

  constructor(context: QueryContext, inner: VectorOperator, call: HistogramCall) {
    this.#context = context;
    this.steps = inner.steps;
    this.#inner = inner;
    this.#call = call;
  }

  open(): Promise<void> {
    this.#opening ??= this.#group();
    return this.#opening;
  }

  async #group(): Promise<void> {
    for (const param of this.#call.params) await param.open();
    this.#call.checkParams(this.#call.params.map((param) => param.values));
    await this.#inner.open();
    const known = new Map<string, Histogram>();
    for (let index = 0; index < this.#inner.length; index++) {
      const labels = this.#inner.labelsAt(index);
      const bound = parseBound(getLabel(labels, 'le'));
      if (bound === null) {
        this.#warnOfBound(index);
        continue;
      }
      const rest = dropLabels(labels, WITHOUT_BUCKET);
      const key = labelsKey(rest);
      let histogram = known.get(key);
      if (histogram === undefined) {
        const named = this.#context.options.delayedNameRemoval ? rest : withoutName(rest);
        histogram = { labels: this.#call.relabel(named), metricName: getLabel(rest, METRIC_NAME), series: [] };
        known.set(key, histogram);
      }
      histogram.series.push({ index, bound });
    }
    this.#histograms = [...known.values()];
    for (const { series } of this.#histograms)
      series.sort((a, b) => (a.bound < b.bound ? -1 : a.bound > b.bound ? 1 : 0));
  }

  #warnOfBound(index: number): void {
    const values = new Float64Array(this.steps.count);
    const present = new Uint8Array(this.steps.count);
    if (this.#inner.row(index, values, present, 0) === 0) return;
    const labels = this.#inner.labelsAt(index);
    const name = getLabel(labels, METRIC_NAME);
    const of = name === '' ? '' : ` for metric name "${name}"`;
    this.#context.annotations.warn(
      `bucket label "le" is missing or has a malformed value of "${getLabel(labels, 'le')}"${of}`,
      this.#call.span,
    );
  }

  get length(): number {
    return this.#histograms.length;
  }

  get distinctWithoutName(): boolean {
    return this.#inner.distinctWithoutName;
  }

  labelsAt(index: number): Labels {
    return this.#histograms[index]!.labels;
  }

  dropsName(): boolean {
    return true;
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    const { count } = this.steps;
    const { series, metricName } = this.#histograms[index]!;
    this.#context.hold(series.length * count);
    const rows = new Float64Array(series.length * count);
    const there = new Uint8Array(series.length * count);
    for (let b = 0; b < series.length; b++) this.#inner.row(series[b]!.index, rows, there, b * count);
    const buckets: Buckets = {
      bounds: new Float64Array(series.length),
      counts: new Float64Array(series.length),
      length: 0,
    };
    const params = this.#call.params.map((param) => param.values);
    let found = 0;
    for (let k = 0; k < count; k++) {
      let length = 0;
      for (let b = 0; b < series.length; b++) {
        if (there[b * count + k] === 0) continue;
        buckets.bounds[length] = series[b]!.bound;
        buckets.counts[length++] = rows[b * count + k]!;
      }
      present[at + k] = length > 0 ? 1 : 0;
      if (length === 0) continue;
      found++;
      buckets.length = length;
      if (buckets.bounds[length - 1] !== Number.POSITIVE_INFINITY) {
        values[at + k] = Number.NaN;
        continue;
      }
      mergeEqualBounds(buckets);
      values[at + k] = this.#call.fn(buckets, { step: k, params, metricName });
    }
    this.#context.release(rows.length);
    return found;
  }
}
