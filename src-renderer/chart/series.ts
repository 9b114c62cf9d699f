import type { LabelRecord } from '../../shared/labels.ts';
import type { RangeQueryReply } from '../../shared/query.ts';
import { commonLabels, labelKey, seriesName } from '../format/labels.ts';
import { assignSlots } from './palette.ts';

export interface ChartSeries {
  /** Of its label set. */
  readonly key: string;
  readonly labels: LabelRecord;
  /** Without what all series share. */
  readonly name: string;
  /** Its place in the palette. */
  readonly slot: number;
  /** One value a step, NaN where there is none: a view into the reply, not a copy. */
  readonly values: Float64Array;
}

export interface ChartData {
  readonly timesSec: Float64Array;
  readonly stepMs: number;
  readonly series: readonly ChartSeries[];
  readonly common: LabelRecord;
  /** Values that cannot be drawn but exist. */
  readonly oddValues: number;
}

interface NameOptions {
  /** Names for people in place of label sets, by what the labels say. */
  readonly nameOf?: (labels: LabelRecord) => string;
  /** Colours in the order of the result instead of by label set: for a chart whose lines are always the same. */
  readonly inOrder?: boolean;
}

export function chartDataOf(reply: RangeQueryReply, options: NameOptions = {}): ChartData {
  const { labels, startMs, stepMs, stepCount, values, present } = reply;
  const timesSec = new Float64Array(stepCount);
  for (let at = 0; at < stepCount; at++) timesSec[at] = (startMs + at * stepMs) / 1000;
  const common = commonLabels(labels);
  const slots = options.inOrder === true ? labels.map((_each, at) => at) : assignSlots(labels);
  const series = labels.map((each, at) => ({
    key: labelKey(each),
    labels: each,
    name: options.nameOf?.(each) ?? seriesName(each, common),
    slot: slots[at] ?? 0,
    values: values.subarray(at * stepCount, (at + 1) * stepCount),
  }));
  return { timesSec, stepMs, series, common, oddValues: countOdd(values, present) };
}

/** Series that are native histograms, at least at times: they have no line there. */
export function countHistograms({ labels, present, stepCount }: RangeQueryReply): number {
  return labels.filter((_, row) => present.subarray(row * stepCount, (row + 1) * stepCount).includes(2)).length;
}

function countOdd(values: Float64Array, present: Uint8Array): number {
  let odd = 0;
  for (let at = 0; at < values.length; at++) if (present[at] === 1 && !Number.isFinite(values[at])) odd++;
  return odd;
}

export interface SeriesSummary {
  /** NaN where the series has no value at all. */
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

export function summarise(values: Float64Array): SeriesSummary {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let count = 0;
  let last = Number.NaN;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    count++;
    last = value;
  }
  if (count === 0) return { last: Number.NaN, min: Number.NaN, max: Number.NaN, mean: Number.NaN };
  return { last, min, max, mean: sum / count };
}

export interface Extent {
  readonly min: number;
  readonly max: number;
}

/** A range for the Y axis: from zero where zero is near, with a little room above; never empty. */
export function extentOf(
  series: readonly { readonly values: Float64Array }[],
  floor?: number,
  ceiling?: number,
): Extent {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { values } of series)
    for (let at = 0; at < values.length; at++) {
      const value = values[at]!;
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  if (min > max) return { min: floor ?? 0, max: ceiling ?? 1 };
  if (min >= 0 && (min < max / 2 || min === max)) min = 0;
  const size = max - min || Math.abs(max) || 1;
  if (max <= min) max = min + size;
  const low = min === 0 ? 0 : min - size * 0.05;
  return { min: floor ?? low, max: ceiling !== undefined && max <= ceiling ? ceiling : max + size * 0.06 };
}

/** The series whose value is nearest to `at`, nearest first. */
export function nearest(series: readonly ChartSeries[], step: number, value: number): readonly ChartSeries[] {
  return series
    .filter((each) => Number.isFinite(each.values[step]!))
    .sort((a, b) => Math.abs(a.values[step]! - value) - Math.abs(b.values[step]! - value));
}
