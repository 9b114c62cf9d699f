/** Windows of series that have native histograms. */
import type { NativeHistogram } from '../../model/native-histogram.ts';
import type { RangeInput, RangeKernel } from '../operators/range-kernel.ts';
import { ABSENT, FLOAT, HISTOGRAM } from '../result.ts';

/** What comes of the samples `from` <= i < `to`, at least one, at step `step`; null: nothing. */
export type MixedFunction = (
  input: RangeInput,
  from: number,
  to: number,
  step: number,
) => number | NativeHistogram | null;

export function mixedKernel(fn: MixedFunction): RangeKernel {
  return (input, values, present, at) => {
    const { from, to } = input.windows;
    let count = 0;
    for (let k = 0; k < from.length; k++) {
      const result = to[k]! > from[k]! ? fn(input, from[k]!, to[k]!, k) : null;
      if (result === null) {
        present[at + k] = ABSENT;
        continue;
      }
      present[at + k] = typeof result === 'number' ? FLOAT : HISTOGRAM;
      values[at + k] = typeof result === 'number' ? result : input.histograms.add(result);
      count++;
    }
    return count;
  };
}

export type WindowKind = 'floats' | 'histograms' | 'mixed';

/** What a window that is not empty holds. */
export function kindOf({ columns: { histograms } }: RangeInput, from: number, to: number): WindowKind {
  let found = 0;
  for (let i = from; i < to; i++) if (histograms?.[i] !== undefined) found++;
  if (found === 0) return 'floats';
  return found === to - from ? 'histograms' : 'mixed';
}

/** The histograms of a window that holds nothing else. */
export function histogramsOf({ columns: { histograms } }: RangeInput, from: number, to: number): NativeHistogram[] {
  const found: NativeHistogram[] = [];
  for (let i = from; i < to; i++) {
    const histogram = histograms?.[i];
    if (histogram !== undefined) found.push(histogram);
  }
  return found;
}
