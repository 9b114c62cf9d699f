/**
 * `anchored` and `smoothed` on series with native histograms (promql/functions.go, extendedHistogramRate; engine.go,
 * smoothSeries).
 */
import type { NativeHistogram } from '../../model/native-histogram.ts';
import type { HistogramNotes } from '../histogram-notes.ts';
import { asGauge, compactHistogram, divideHistogram, scaleHistogram } from '../histograms/arithmetic.ts';
import { detectReset } from '../histograms/counter-reset.ts';
import type { RangeInput } from '../operators/range-kernel.ts';
import { addNoted, isCustom, type RateKind, subtractNoted } from './histogram-rate.ts';
import { histogramsOf, kindOf } from './mixed-windows.ts';

/** Samples of a window that decide about the range: those at `first` and `last` may lie beyond its ends. */
export interface Extent {
  readonly first: number;
  readonly last: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly smoothed: boolean;
}

interface Point {
  readonly timeMs: number;
  readonly histogram: NativeHistogram;
}

/** On the line between two points; a counter that was reset rises from zero. */
function between(
  [before, after]: readonly [Point, Point],
  timeMs: number,
  counter: boolean,
  notes: HistogramNotes,
): NativeHistogram | null {
  const fraction = (timeMs - before.timeMs) / (after.timeMs - before.timeMs);
  if (counter && detectReset(after.histogram, before.histogram)) return scaleHistogram(after.histogram, fraction);
  const difference = subtractNoted(after.histogram, before.histogram, notes);
  return difference === null ? null : addNoted(scaleHistogram(difference, fraction), before.histogram, notes);
}

/** rate, increase or delta of a window of histograms alone. */
export function extendedHistogramRate(input: RangeInput, extent: Extent, kind: RateKind): NativeHistogram | null {
  const { notes } = input;
  const { first, last, startMs, endMs, smoothed } = extent;
  const { times } = input.columns;
  const histograms = histogramsOf(input, first, last + 1);
  if (!isUniform(histograms, kind, notes)) return null;
  const pointAt = (i: number): Point => ({ timeMs: times[i]!, histogram: histograms[i - first]! });
  const pair = (i: number) => [pointAt(i), pointAt(i + 1)] as const;
  const before = smoothed && times[first]! < startMs && first < last;
  const after = smoothed && last > first && times[last]! > endMs;
  const left = before ? between(pair(first), startMs, kind.counter, notes) : histograms[0]!;
  const right = after ? between(pair(last - 1), endMs, kind.counter, notes) : histograms[last - first]!;
  if (left === null || right === null) return null;
  if (!kind.counter && !(left.counterReset === 'gauge' && right.counterReset === 'gauge')) notes.notGauge();
  let result = subtractNoted(right, left, notes);
  // A reset that the left end was interpolated across is accounted for by it.
  const spent = kind.counter && before && detectReset(histograms[1]!, histograms[0]!);
  if (kind.counter) {
    const lost = lostByResets({ histograms, left, right, spent });
    for (const one of lost) result = result === null ? null : addNoted(result, one, notes);
  }
  if (result === null) return null;
  const rate = kind.perSecond ? divideHistogram(result, input.rangeMs / 1000) : result;
  return asGauge(compactHistogram(rate));
}

function isUniform(histograms: readonly NativeHistogram[], kind: RateKind, notes: HistogramNotes): boolean {
  const custom = isCustom(histograms[0]!);
  for (const histogram of histograms) {
    if (isCustom(histogram) !== custom) {
      notes.mixedSchemas();
      return false;
    }
    if (kind.counter && histogram.counterReset === 'gauge') notes.notCounter();
  }
  return true;
}

interface Boundaries {
  readonly histograms: readonly NativeHistogram[];
  readonly left: NativeHistogram;
  readonly right: NativeHistogram;
  readonly spent: boolean;
}

/** What the counter had reached before each reset. The last histogram is not looked at: `right` stands for it. */
function lostByResets({ histograms, left, right, spent }: Boundaries): NativeHistogram[] {
  const lost: NativeHistogram[] = [];
  const end = histograms.length - 1;
  const from = spent ? 2 : 1;
  if (from > end) return lost;
  let previous = spent ? histograms[1]! : left;
  for (let i = from; i < end; i++) {
    if (detectReset(histograms[i]!, previous)) lost.push(previous);
    previous = histograms[i]!;
  }
  if (detectReset(right, previous)) lost.push(previous);
  return lost;
}

/** `metric smoothed` at `timeMs`, of a window that has histograms. */
export function smoothedMixed(input: RangeInput, from: number, to: number, timeMs: number): NativeHistogram | null {
  const { columns, notes } = input;
  if (kindOf(input, from, to) === 'mixed') {
    notes.mixedWithFloats();
    return null;
  }
  const { times } = columns;
  const histograms = histogramsOf(input, from, to);
  let after = from;
  while (after < to && times[after]! < timeMs) after++;
  const pointAt = (i: number): Point => ({ timeMs: times[i]!, histogram: histograms[i - from]! });
  if (after < to && times[after] === timeMs) return histograms[after - from]!;
  if (after === from) return null;
  const before = pointAt(after - 1);
  if (after === to) return { ...before.histogram, counterReset: 'unknown' };
  const next = pointAt(after);
  if (isCustom(before.histogram) !== isCustom(next.histogram)) {
    notes.mixedSchemas();
    return null;
  }
  const counter = before.histogram.counterReset !== 'gauge' || next.histogram.counterReset !== 'gauge';
  return between([before, next], timeMs, counter, notes);
}
