import { SampleColumns } from '../../model/sample-columns.ts';
import { ABSENT } from '../result.ts';
import type { RangeInput, RangeKernel } from './range-kernel.ts';

/** A kernel that knows floats alone, on the floats of a series that has histograms too. */
export function floatsOnly(kernel: RangeKernel): RangeKernel {
  return (input, values, present, at) => {
    const columns = new SampleColumns(input.columns.length);
    const before = copyFloats(input, columns);
    if (columns.length === 0) {
      present.fill(ABSENT, at, at + input.steps.count);
      return 0;
    }
    const { from, to, widest } = input.windows;
    const windows = {
      times: columns.times.slice(0, columns.length),
      from: from.map((i) => before[i]!),
      to: to.map((i) => before[i]!),
      widest,
      derived: null,
    };
    if (from.some((first, k) => isMixed(windows.to[k]! - windows.from[k]!, to[k]! - first)))
      input.notes.ignoredInRange();
    return kernel({ ...input, columns, windows }, values, present, at);
  };
}

function isMixed(floats: number, samples: number): boolean {
  return floats > 0 && floats < samples;
}

/** Per sample how many floats are before it. */
function copyFloats({ columns: { times, values, histograms, length } }: RangeInput, into: SampleColumns): Int32Array {
  const before = new Int32Array(length + 1);
  for (let i = 0; i < length; i++) {
    before[i] = into.length;
    if (histograms?.[i] !== undefined) continue;
    into.times[into.length] = times[i]!;
    into.values[into.length++] = values[i]!;
  }
  before[length] = into.length;
  return before;
}
