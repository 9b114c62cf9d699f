/** What the engine says of native histograms (util/annotations/annotations.go). */
import type { Span } from '../../shared/promql/ast.ts';
import { quote } from '../../shared/promql/go-string.ts';
import type { Annotations } from './annotations.ts';

export type HistogramOperation = 'addition' | 'subtraction' | 'aggregation';

/** Annotations of one part of the query. */
export class HistogramNotes {
  /** Of the series that is looked at. */
  metricName = '';
  readonly #annotations: Annotations;
  readonly #span: Span;

  constructor(annotations: Annotations, span: Span) {
    this.#annotations = annotations;
    this.#span = span;
  }

  mixedWithFloats(): void {
    this.#warn(`encountered a mix of histograms and floats for metric name ${quote(this.metricName)}`);
  }

  mixedInAggregation(): void {
    this.#warn('encountered a mix of histograms and floats for aggregation');
  }

  ignoredInRange(): void {
    this.#inform(
      `ignored histograms in a range containing both floats and histograms for metric name ${quote(this.metricName)}`,
    );
  }

  ignoredInAggregation(op: string): void {
    this.#inform(`ignored histogram in ${op} aggregation`);
  }

  notCounter(): void {
    this.#warn(`this native histogram metric is not a counter: ${quote(this.metricName)}`);
  }

  notGauge(): void {
    this.#warn(`this native histogram metric is not a gauge: ${quote(this.metricName)}`);
  }

  mixedSchemas(): void {
    const name = quote(this.metricName);
    this.#warn(
      `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${name}`,
    );
  }

  mixedWithClassic(): void {
    this.#warn(`vector contains a mix of classic and native histograms${this.#ofMetric()}`);
  }

  incompatibleLayout(op: string): void {
    this.#warn(`incompatible bucket layout encountered for binary operator ${op}`);
  }

  incompatibleTypes(op: string, left: string, right: string): void {
    this.#inform(`incompatible sample types encountered for binary operator "${op}": ${left} ${op} ${right}`);
  }

  boundsReconciled(operation: HistogramOperation): void {
    this.#inform(`mismatched custom buckets were reconciled during ${operation}`);
  }

  resetCollision(operation: HistogramOperation): void {
    this.#warn(`conflicting counter resets during histogram ${operation}`);
  }

  startTimeOverlap(): void {
    const name = quote(this.metricName);
    this.#warn(`sample has start time that overlaps with previous sample timestamp for metric ${name}`);
  }

  quantileIsNaN(): void {
    this.#inform(`input to histogram_quantile has NaN observations, result is NaN${this.#ofMetric()}`);
  }

  quantileIsSkewed(): void {
    this.#inform(`input to histogram_quantile has NaN observations, result is skewed higher${this.#ofMetric()}`);
  }

  fractionExcludesNaN(): void {
    const what = 'input to histogram_fraction has NaN observations, which are excluded from all fractions';
    this.#inform(`${what}${this.#ofMetric()}`);
  }

  #ofMetric(): string {
    return this.metricName === '' ? '' : ` for metric name ${quote(this.metricName)}`;
  }

  #warn(message: string): void {
    this.#annotations.warn(message, this.#span);
  }

  #inform(message: string): void {
    this.#annotations.inform(message, this.#span);
  }
}
