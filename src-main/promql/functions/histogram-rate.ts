/**
 * rate, increase, delta, irate, idelta on series with native histograms or start timestamps (promql/functions.go,
 * extrapolatedRate, histogramRate and instantValue).
 */
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram, NO_BUCKETS } from '../../model/native-histogram.ts';
import type { HistogramNotes } from '../histogram-notes.ts';
import {
  addHistograms,
  asGauge,
  compactHistogram,
  divideHistogram,
  scaleHistogram,
  subtractHistograms,
} from '../histograms/arithmetic.ts';
import { detectReset } from '../histograms/counter-reset.ts';
import { reduceResolution } from '../histograms/resolution.ts';
import type { RangeInput, RangeKernel } from '../operators/range-kernel.ts';
import { histogramsOf, kindOf, mixedKernel } from './mixed-windows.ts';
import { isStartTimestampReset, startTimesOverlap } from './start-timestamps.ts';

export interface RateKind {
  readonly counter: boolean;
  readonly perSecond: boolean;
}

/** a - b, or a + b, with a word on bounds that differed; null, and a word, where they have nothing in common. */
export function subtractNoted(a: NativeHistogram, b: NativeHistogram, notes: HistogramNotes): NativeHistogram | null {
  const difference = subtractHistograms(a, b);
  if (!difference.ok) {
    notes.mixedSchemas();
    return null;
  }
  if (difference.boundsReconciled) notes.boundsReconciled('subtraction');
  return difference.histogram;
}

export function addNoted(a: NativeHistogram, b: NativeHistogram, notes: HistogramNotes): NativeHistogram | null {
  const sum = addHistograms(a, b);
  if (!sum.ok) {
    notes.mixedSchemas();
    return null;
  }
  if (sum.boundsReconciled) notes.boundsReconciled('addition');
  return sum.histogram;
}

export function isCustom({ schema }: NativeHistogram): boolean {
  return schema === CUSTOM_BUCKETS_SCHEMA;
}

export function extrapolatedMixed(kind: RateKind): RangeKernel {
  return mixedKernel((input, from, to, step) => {
    const { columns, notes } = input;
    const window = kindOf(input, from, to);
    if (window === 'mixed') {
      notes.mixedWithFloats();
      return null;
    }
    const extent = extentOf(input, from, to, step, kind);
    if (extent.startedAtMs === 0 && to - from < 2) return null;
    if (kind.counter) noteOverlap(input, from, to);
    if (window === 'floats') {
      let result = floatIncrease(input, from, to, kind);
      if (extent.startedAtMs > 0) result += columns.values[from]!;
      return result * factorOf(extent, kind, input.rangeMs, { increase: result, first: columns.values[from]! });
    }
    const result = histogramIncrease(input, from, to, { kind, started: extent.startedAtMs > 0 });
    if (result === null) return null;
    const first = columns.histograms![from]!.count;
    return scaleHistogram(result, factorOf(extent, kind, input.rangeMs, { increase: result.count, first }));
  });
}

interface Extent {
  /** When a counter began at zero, if that was within the range, before the first sample; else 0. */
  readonly startedAtMs: number;
  readonly sampledSec: number;
  /** Mean time between samples. */
  readonly averageSec: number;
  readonly toStartSec: number;
  readonly toEndSec: number;
}

function extentOf(input: RangeInput, from: number, to: number, step: number, { counter }: RateKind): Extent {
  const { times, startTimes } = input.columns;
  const [firstMs, lastMs] = [times[from]!, times[to - 1]!];
  const endMs = input.endsMs[step]!;
  const rangeStartMs = endMs - input.rangeMs;
  const startMs = counter && startTimes !== null ? startTimes[from]! : 0;
  const startedAtMs = startMs !== 0 && startMs > rangeStartMs && startMs < firstMs ? startMs : 0;
  return {
    startedAtMs,
    sampledSec: (lastMs - (startedAtMs === 0 ? firstMs : startedAtMs)) / 1000,
    averageSec: to - from > 1 ? (lastMs - firstMs) / 1000 / (to - from - 1) : 0,
    toStartSec: startedAtMs === 0 ? (firstMs - rangeStartMs) / 1000 : 0,
    toEndSec: (endMs - lastMs) / 1000,
  };
}

/** By how much the increase between the samples grows when it is taken for the whole range, a second of it for rates. */
function factorOf(
  extent: Extent,
  { counter, perSecond }: RateKind,
  rangeMs: number,
  { increase, first }: { readonly increase: number; readonly first: number },
): number {
  const { startedAtMs, sampledSec, averageSec } = extent;
  const threshold = averageSec * 1.1;
  let { toStartSec, toEndSec } = extent;
  if (startedAtMs === 0) {
    if (toStartSec >= threshold) toStartSec = averageSec / 2;
    // A counter is never below zero: it cannot have begun before it was there.
    if (counter && increase > 0 && first >= 0) toStartSec = Math.min(toStartSec, sampledSec * (first / increase));
  }
  if (toEndSec >= threshold) toEndSec = averageSec / 2;
  const factor = sampledSec === 0 ? 1 : (sampledSec + toStartSec + toEndSec) / sampledSec;
  return perSecond ? factor / (rangeMs / 1000) : factor;
}

function noteOverlap({ columns: { times, startTimes }, notes }: RangeInput, from: number, to: number): void {
  if (startTimes === null) return;
  for (let i = from + 1; i < to; i++) {
    if (!startTimesOverlap(times, startTimes, i)) continue;
    notes.startTimeOverlap();
    return;
  }
}

function startsAnew({ columns: { times, startTimes } }: RangeInput, index: number): boolean {
  return startTimes !== null && isStartTimestampReset(times, startTimes, index);
}

function floatIncrease(input: RangeInput, from: number, to: number, { counter }: RateKind): number {
  const { values } = input.columns;
  let increase = values[to - 1]! - values[from]!;
  if (!counter) return increase;
  for (let i = from + 1; i < to; i++)
    if (values[i]! < values[i - 1]! || startsAnew(input, i)) increase += values[i - 1]!;
  return increase;
}

interface HistogramIncrease {
  readonly kind: RateKind;
  /** The counter began within the range: the first histogram counts as a whole. */
  readonly started: boolean;
}

function histogramIncrease(
  input: RangeInput,
  from: number,
  to: number,
  { kind, started }: HistogramIncrease,
): NativeHistogram | null {
  const points = histogramsOf(input, from, to);
  const first = points[0]!;
  const increase = points.length > 1 ? difference(input, from, points, kind) : null;
  if (!started) return increase;
  if (points.length === 1) return first;
  return increase === null ? null : addNoted(increase, first, input.notes);
}

/** The last histogram less the first, and what was lost by resets of a counter. */
function difference(
  input: RangeInput,
  from: number,
  points: readonly NativeHistogram[],
  { counter }: RateKind,
): NativeHistogram | null {
  const { notes } = input;
  const [first, last] = [points[0]!, points[points.length - 1]!];
  const isReset = (i: number, previous: NativeHistogram) =>
    startsAnew(input, from + i) || detectReset(points[i]!, previous);
  // After a reset nothing of the first histogram matters, not even its layout.
  const base = counter && isReset(1, first) ? emptyAs(points[1]!) : first;
  const gauge = ({ counterReset }: NativeHistogram) => counterReset === 'gauge';
  const looked = counter ? points.slice(1, -1) : [];
  const endsDiffer = isCustom(last) !== isCustom(base);
  if (endsDiffer || looked.some((point) => isCustom(point) !== isCustom(base))) {
    if (endsDiffer && counter && (gauge(first) || gauge(last))) notes.notCounter();
    notes.mixedSchemas();
    return null;
  }
  if (counter && points.some(gauge)) notes.notCounter();
  if (!counter && !(gauge(first) && gauge(last))) notes.notGauge();
  const schema = [base, ...looked].reduce((least, point) => Math.min(least, point.schema), last.schema);
  let result = subtractNoted(reduceResolution(last, schema), base, notes);
  let previous = base;
  for (let i = 1; counter && result !== null && i < points.length; i++) {
    if (isReset(i, previous)) result = addNoted(result, previous, notes);
    previous = points[i]!;
  }
  return result === null ? null : asGauge(compactHistogram(result));
}

/** Nothing counted yet, in the same layout. */
function emptyAs({ schema, customValues }: NativeHistogram): NativeHistogram {
  return {
    schema,
    customValues,
    integer: false,
    stale: false,
    counterReset: 'unknown',
    zeroThreshold: 0,
    zeroCount: 0,
    count: 0,
    sum: 0,
    positive: NO_BUCKETS,
    negative: NO_BUCKETS,
  };
}

/** The last two samples of the window. */
export function lastTwoMixed({ counter, perSecond }: RateKind): RangeKernel {
  return mixedKernel((input, from, to) => {
    if (to - from < 2) return null;
    const { times, values, histograms } = input.columns;
    const last = to - 1;
    const elapsedSec = (times[last]! - times[last - 1]!) / 1000;
    if (elapsedSec === 0) return null;
    const before = histograms?.[last - 1];
    const after = histograms?.[last];
    if (before !== undefined && after !== undefined) {
      const step = histogramStep(input, last, { before, after }, counter);
      return step === null || !perSecond ? step : divideHistogram(step, elapsedSec);
    }
    if (before !== undefined || after !== undefined) {
      input.notes.mixedWithFloats();
      return null;
    }
    const isReset = counter && (values[last]! < values[last - 1]! || startsAnew(input, last));
    const step = isReset ? values[last]! : values[last]! - values[last - 1]!;
    return perSecond ? step / elapsedSec : step;
  });
}

function histogramStep(
  input: RangeInput,
  last: number,
  { before, after }: { readonly before: NativeHistogram; readonly after: NativeHistogram },
  counter: boolean,
): NativeHistogram | null {
  const gauges = [before, after].filter(({ counterReset }) => counterReset === 'gauge').length;
  if (counter && gauges > 0) input.notes.notCounter();
  if (!counter && gauges < 2) input.notes.notGauge();
  const isReset = counter && (startsAnew(input, last) || detectReset(after, before));
  const step = isReset ? after : subtractNoted(after, before, input.notes);
  return step === null ? null : asGauge(compactHistogram(step));
}
