/** The `*_over_time` functions, changes and resets on series with native histograms (promql/functions.go). */
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { HistogramMean, HistogramSum } from '../histograms/aggregation.ts';
import { detectReset } from '../histograms/counter-reset.ts';
import { equalHistograms } from '../histograms/equality.ts';
import type { RangeInput, RangeKernel } from '../operators/range-kernel.ts';
import { histogramsOf, kindOf, type MixedFunction, mixedKernel } from './mixed-windows.ts';
import { isStartTimestampReset } from './start-timestamps.ts';

function sampleAt({ columns }: RangeInput, index: number): number | NativeHistogram {
  return columns.histograms?.[index] ?? columns.values[index]!;
}

export const lastOfMixed = mixedKernel((input, _, to) => sampleAt(input, to - 1));
export const firstOfMixed = mixedKernel((input, from) => sampleAt(input, from));

/** Floats as `floats` has them; a window with both yields nothing. */
function folding(floats: FloatFunction, makeFold: () => HistogramSum | HistogramMean): MixedFunction {
  return (input, from, to) => {
    const kind = kindOf(input, from, to);
    if (kind === 'floats') return floats(input, from, to);
    if (kind === 'mixed') {
      input.notes.mixedWithFloats();
      return null;
    }
    const fold = makeFold();
    if (!histogramsOf(input, from, to).every((histogram) => fold.add(histogram))) {
      input.notes.mixedSchemas();
      return null;
    }
    if (fold.boundsReconciled) input.notes.boundsReconciled('aggregation');
    if (fold.resetCollision) input.notes.resetCollision('aggregation');
    return fold.result;
  };
}

type FloatFunction = (input: RangeInput, from: number, to: number) => number;

export function sumOfMixed(floats: FloatFunction): RangeKernel {
  return mixedKernel(folding(floats, () => new HistogramSum()));
}

export function meanOfMixed(floats: FloatFunction): RangeKernel {
  return mixedKernel(folding(floats, () => new HistogramMean()));
}

/** Whether something has come between sample `index - 1` and sample `index`. */
export type StepTest = (input: RangeInput, index: number) => boolean;

export const mixedReset: StepTest = ({ columns }, index) => {
  const { values, times, startTimes, histograms } = columns;
  const before = histograms?.[index - 1];
  const after = histograms?.[index];
  if ((before === undefined) !== (after === undefined)) return true;
  if (startTimes !== null && isStartTimestampReset(times, startTimes, index)) return true;
  if (before === undefined || after === undefined) return values[index]! < values[index - 1]!;
  return detectReset(after, before);
};

export const mixedChange: StepTest = ({ columns }, index) => {
  const { values, histograms } = columns;
  const before = histograms?.[index - 1];
  const after = histograms?.[index];
  if ((before === undefined) !== (after === undefined)) return true;
  if (before !== undefined && after !== undefined) return !equalHistograms(before, after);
  const [x, y] = [values[index - 1]!, values[index]!];
  return x !== y && !(Number.isNaN(x) && Number.isNaN(y));
};

export function countingMixed(test: StepTest): RangeKernel {
  return mixedKernel((input, from, to) => {
    let count = 0;
    for (let i = from + 1; i < to; i++) if (test(input, i)) count++;
    return count;
  });
}
