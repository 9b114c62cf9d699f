import type { Span } from '../../../shared/promql/ast.ts';
import { dropLabels, getLabel, type Labels, labelsKey, METRIC_NAME } from '../../model/labels.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { type Buckets, mergeEqualBounds } from '../functions/buckets.ts';
import { HistogramNotes } from '../histogram-notes.ts';
import type { QueryContext } from '../query-context.ts';
import { ABSENT, FLOAT, HISTOGRAM, type Steps } from '../result.ts';
import { hasFloat } from './cells.ts';
import { withoutName } from './name-dropping.ts';
import type { RowPart, ScalarOperator, VectorOperator } from './operator.ts';

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
  /** '' without, and where names are removed at once: Prometheus has then forgotten it. */
  readonly metricName: string;
}

/** Computes one point from a native histogram. */
export type NativeFunction = (histogram: NativeHistogram, at: BucketPoint) => number;

/** One classic histogram: its bucket series, ascending by bound. */
interface Histogram {
  readonly kind: 'classic';
  readonly labels: Labels;
  readonly metricName: string;
  readonly series: { readonly index: number; readonly bound: number }[];
  /** The series that has native histograms of the same name and labels, if any. */
  native: number | null;
}

/** A series that is no bucket: it may have native histograms. */
interface NativeSeries {
  readonly kind: 'native';
  readonly labels: Labels;
  readonly metricName: string;
  readonly index: number;
  /** The classic histogram of the same name and labels, if any. */
  readonly classic: Histogram | null;
}

export interface HistogramCall {
  readonly fn: BucketFunction;
  readonly native: NativeFunction;
  readonly params: readonly ScalarOperator[];
  /** Of the vector argument, for warnings. */
  readonly span: Span;
  /** Labels to add to each result. */
  readonly relabel: (labels: Labels) => Labels;
  /** Called once before any series is looked at. */
  readonly checkParams: (params: readonly Float64Array[]) => void;
}

/**
 * A function of histograms, classic ones (series that differ in `le` alone are one histogram; their rows are read once
 * into columns, bucket by bucket, and then walked step by step) and native ones.
 */
export class HistogramBucketsOperator implements VectorOperator {
  readonly steps: Steps;
  readonly #context: QueryContext;
  readonly #inner: VectorOperator;
  readonly #call: HistogramCall;
  readonly #notes: HistogramNotes;
  #histograms: (Histogram | NativeSeries)[] = [];
  #opening: Promise<void> | null = null;

  constructor(context: QueryContext, inner: VectorOperator, call: HistogramCall) {
    this.#context = context;
    this.steps = inner.steps;
    this.#inner = inner;
    this.#call = call;
    this.#notes = new HistogramNotes(context.annotations, call.span);
  }

  open(): Promise<void> {
    this.#opening ??= this.#group();
    return this.#opening;
  }

  async #group(): Promise<void> {
    for (const param of this.#call.params) await param.open();
    this.#call.checkParams(this.#call.params.map((param) => param.values));
    await this.#inner.open();
    const classic = new Map<string, Histogram>();
    const others: number[] = [];
    for (let index = 0; index < this.#inner.length; index++) {
      const labels = this.#inner.labelsAt(index);
      const bound = parseBound(getLabel(labels, 'le'));
      if (bound === null) others.push(index);
      else this.#histogramOf(classic, dropLabels(labels, WITHOUT_BUCKET)).series.push({ index, bound });
    }
    for (const { series } of classic.values())
      series.sort((a, b) => (a.bound < b.bound ? -1 : a.bound > b.bound ? 1 : 0));
    this.#histograms = [...classic.values(), ...others.map((index) => this.#nativeSeries(classic, index))];
  }

  #histogramOf(known: Map<string, Histogram>, labels: Labels): Histogram {
    const key = labelsKey(labels);
    let histogram = known.get(key);
    if (histogram === undefined) {
      histogram = { kind: 'classic', ...this.#named(labels), series: [], native: null };
      known.set(key, histogram);
    }
    return histogram;
  }

  #nativeSeries(known: ReadonlyMap<string, Histogram>, index: number): NativeSeries {
    const labels = this.#inner.labelsAt(index);
    const classic = known.get(labelsKey(labels)) ?? null;
    if (classic !== null) classic.native = index;
    return { kind: 'native', ...this.#named(labels), index, classic };
  }

  #named(labels: Labels) {
    const named = this.#context.options.delayedNameRemoval ? labels : withoutName(labels);
    return { labels: this.#call.relabel(named), metricName: getLabel(labels, METRIC_NAME) };
  }

  #warnOfBound(index: number): void {
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
    const histogram = this.#histograms[index]!;
    const { histograms } = this.#context;
    const before = histograms.length;
    const row = { values, present, at };
    const found = histogram.kind === 'classic' ? this.#classicRow(histogram, row) : this.#nativeRow(histogram, row);
    histograms.cut(before);
    return found;
  }

  #nativeRow({ index, metricName, classic }: NativeSeries, { values, present, at }: RowPart): number {
    const { count } = this.steps;
    if (this.#inner.row(index, values, present, at) === 0) return 0;
    if (hasFloat(present, at, count)) this.#warnOfBound(index);
    const rivals = classic === null ? null : this.#presence(classic);
    const point = this.#point(metricName);
    let found = 0;
    for (let k = 0; k < count; k++) {
      const isNative = present[at + k] === HISTOGRAM;
      present[at + k] = ABSENT;
      if (!isNative) continue;
      if (rivals?.[k] === FLOAT) {
        this.#noteRivals(metricName);
        continue;
      }
      point.step = k;
      values[at + k] = this.#call.native(this.#context.histograms.at(values[at + k]!), point);
      present[at + k] = FLOAT;
      found++;
    }
    return found;
  }

  #point(metricName: string) {
    const params = this.#call.params.map((param) => param.values);
    return { step: 0, params, metricName: this.#context.options.delayedNameRemoval ? metricName : '' };
  }

  /** A histogram cannot be both: nothing comes of either. */
  #noteRivals(metricName: string): void {
    this.#notes.metricName = metricName;
    this.#notes.mixedWithClassic();
  }

  /** Per step FLOAT where the classic histogram has any bucket. */
  #presence({ series }: Histogram): Uint8Array {
    const { count } = this.steps;
    const any = new Uint8Array(count);
    const values = new Float64Array(count);
    const present = new Uint8Array(count);
    for (const { index } of series) {
      this.#inner.row(index, values, present, 0);
      for (let k = 0; k < count; k++) if (present[k] === FLOAT) any[k] = FLOAT;
    }
    return any;
  }

  /** Per step HISTOGRAM where the series has a native one. */
  #natives(index: number | null): Uint8Array | null {
    if (index === null) return null;
    const present = new Uint8Array(this.steps.count);
    this.#inner.row(index, new Float64Array(this.steps.count), present, 0);
    return present;
  }

  #classicRow({ series, metricName, native }: Histogram, { values, present, at }: RowPart): number {
    const { count } = this.steps;
    this.#context.hold(series.length * count);
    const rows = new Float64Array(series.length * count);
    const there = new Uint8Array(series.length * count);
    for (let b = 0; b < series.length; b++) this.#inner.row(series[b]!.index, rows, there, b * count);
    const natives = this.#natives(native);
    const buckets: Buckets = {
      bounds: new Float64Array(series.length),
      counts: new Float64Array(series.length),
      length: 0,
    };
    const point = this.#point(metricName);
    let found = 0;
    for (let k = 0; k < count; k++) {
      let length = 0;
      for (let b = 0; b < series.length; b++) {
        if (there[b * count + k] !== FLOAT) continue;
        buckets.bounds[length] = series[b]!.bound;
        buckets.counts[length++] = rows[b * count + k]!;
      }
      const rival = length > 0 && natives?.[k] === HISTOGRAM;
      if (rival) this.#noteRivals(metricName);
      present[at + k] = length > 0 && !rival ? FLOAT : ABSENT;
      if (present[at + k] === ABSENT) continue;
      found++;
      buckets.length = length;
      if (buckets.bounds[length - 1] !== Number.POSITIVE_INFINITY) {
        values[at + k] = Number.NaN;
        continue;
      }
      mergeEqualBounds(buckets);
      point.step = k;
      values[at + k] = this.#call.fn(buckets, point);
    }
    this.#context.release(rows.length);
    return found;
  }
}
