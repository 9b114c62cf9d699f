/** Single points of answers, against what a script expects of them. */
import type { HistogramBuckets, NativeHistogram } from '../../model/native-histogram.ts';
import { compactHistogram } from '../histograms/arithmetic.ts';
import { printHistogramLiteral } from '../histograms/print.ts';
import type { HistogramLiteral } from './histogram-literal.ts';
import type { SequenceItem } from './script.ts';

export type Point = number | NativeHistogram;

const EPSILON = 1e-6;
const SMALLEST_NORMAL = 2.2250738585072014e-308;

/** util/almost: equal but for the last digits; NaN equals NaN. */
export function almostEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return true;
  if (a === b) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < SMALLEST_NORMAL) return difference < EPSILON * SMALLEST_NORMAL;
  return difference / Math.min(sum, Number.MAX_VALUE) < EPSILON;
}

export function matches(item: SequenceItem, got: Point): boolean {
  if (item.kind === 'float') return typeof got === 'number' && almostEqual(item.value, got);
  return item.kind === 'histogram' && typeof got !== 'number' && matchesHistogram(item, got);
}

/** The layout exactly, all numbers almost; what is known of counter resets where the script says it. */
function matchesHistogram({ histogram, hintWritten }: HistogramLiteral, got: NativeHistogram): boolean {
  if (hintWritten && histogram.counterReset !== got.counterReset) return false;
  const [a, b] = [compactHistogram(histogram), compactHistogram(got)];
  return (
    a.schema === b.schema &&
    a.zeroThreshold === b.zeroThreshold &&
    equalNumbers(a.customValues, b.customValues) &&
    almostEqual(a.count, b.count) &&
    almostEqual(a.sum, b.sum) &&
    almostEqual(a.zeroCount, b.zeroCount) &&
    matchesBuckets(a.positive, b.positive) &&
    matchesBuckets(a.negative, b.negative)
  );
}

function matchesBuckets(a: HistogramBuckets, b: HistogramBuckets): boolean {
  return equalNumbers(a.spans, b.spans) && a.counts.every((count, i) => almostEqual(count, b.counts[i] ?? Number.NaN));
}

function equalNumbers(a: Int32Array | Float64Array, b: Int32Array | Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

export function printPoint(point: Point): string {
  return typeof point === 'number' ? String(point) : printHistogramLiteral(point);
}

export function printItem(item: SequenceItem): string {
  if (item.kind === 'float') return String(item.value);
  if (item.kind === 'histogram') return printHistogramLiteral(item.histogram);
  return item.kind === 'omitted' ? '_' : item.kind;
}
