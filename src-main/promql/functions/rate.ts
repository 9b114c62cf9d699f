/**
 * rate, increase, delta, irate, idelta (promql/functions.go, extrapolatedRate and instantValue). What depends on the
 * timestamps alone is computed once for all series that share them: three numbers a step.
 */
import type { RangeFunction } from '../operators/range-function.ts';
import type { RangeInput, RangeKernel } from '../operators/range-kernel.ts';
import { extrapolatedMixed, lastTwoMixed, type RateKind } from './histogram-rate.ts';

/** Indexes of samples that are below their predecessor; reused between series. */
let resets = new Int32Array(1024);

function findResets(values: Float64Array, length: number): number {
  let count = 0;
  for (let i = 1; i < length; i++) {
    if (values[i]! >= values[i - 1]!) continue;
    if (!(values[i]! < values[i - 1]!)) continue; // NaN is no reset
    if (count === resets.length) {
      const larger = new Int32Array(2 * count);
      larger.set(resets);
      resets = larger;
    }
    resets[count++] = i;
  }
  return count;
}

/** Per step [sampled seconds, seconds to the start, seconds to the end], the distances already cut at the threshold. */
function boundaries(input: RangeInput): Float64Array {
  const { windows, rangeMs, endsMs } = input;
  if (windows.derived !== null) return windows.derived;
  const { times, from, to } = windows;
  const derived = new Float64Array(3 * endsMs.length);
  for (let k = 0; k < endsMs.length; k++) {
    const first = from[k]!;
    const last = to[k]! - 1;
    if (last <= first) continue;
    const sampled = (times[last]! - times[first]!) / 1000;
    const average = sampled / (last - first);
    const threshold = average * 1.1;
    let toStart = (times[first]! - (endsMs[k]! - rangeMs)) / 1000;
    let toEnd = (endsMs[k]! - times[last]!) / 1000;
    if (toStart >= threshold) toStart = average / 2;
    if (toEnd >= threshold) toEnd = average / 2;
    derived[3 * k] = sampled;
    derived[3 * k + 1] = toStart;
    derived[3 * k + 2] = toEnd;
  }
  windows.derived = derived;
  return derived;
}

function extrapolated(kind: RateKind): RangeKernel {
  return (input, values, present, at) => {
    const { windows, columns, rangeMs } = input;
    const { from, to } = windows;
    const samples = columns.values;
    const bounds = boundaries(input);
    const resetCount = kind.counter ? findResets(samples, columns.length) : 0;
    let firstReset = 0;
    let count = 0;
    for (let k = 0; k < from.length; k++) {
      const first = from[k]!;
      const last = to[k]! - 1;
      if (last <= first) {
        present[at + k] = 0;
        continue;
      }
      let result = samples[last]! - samples[first]!;
      if (resetCount > 0) {
        while (firstReset < resetCount && resets[firstReset]! <= first) firstReset++;
        for (let r = firstReset; r < resetCount && resets[r]! <= last; r++) result += samples[resets[r]! - 1]!;
      }
      const sampled = bounds[3 * k]!;
      let toStart = bounds[3 * k + 1]!;
      if (kind.counter && result > 0 && samples[first]! >= 0) {
        const toZero = sampled * (samples[first]! / result);
        if (toZero < toStart) toStart = toZero;
      }
      let factor = (sampled + toStart + bounds[3 * k + 2]!) / sampled;
      if (kind.perSecond) factor /= rangeMs / 1000;
      values[at + k] = result * factor;
      present[at + k] = 1;
      count++;
    }
    return count;
  };
}

/** The last two samples of the window. */
function lastTwo(kind: RateKind): RangeKernel {
  return ({ windows, columns }, values, present, at) => {
    const { from, to } = windows;
    let count = 0;
    for (let k = 0; k < from.length; k++) {
      const last = to[k]! - 1;
      present[at + k] = 0;
      if (last <= from[k]!) continue;
      const after = columns.values[last]!;
      const before = columns.values[last - 1]!;
      const elapsedMs = columns.times[last]! - columns.times[last - 1]!;
      if (elapsedMs === 0) continue;
      const difference = kind.counter && after < before ? after : after - before;
      values[at + k] = kind.perSecond ? difference / (elapsedMs / 1000) : difference;
      present[at + k] = 1;
      count++;
    }
    return count;
  };
}

function extrapolatedFunction(kind: RateKind): RangeFunction {
  return {
    kernel: extrapolated(kind),
    mixed: extrapolatedMixed(kind),
    readsStartTimes: kind.counter,
    expectsCounter: kind.counter,
  };
}

function lastTwoFunction(kind: RateKind): RangeFunction {
  return { kernel: lastTwo(kind), mixed: lastTwoMixed(kind), readsStartTimes: kind.counter };
}

export const RATE_FUNCTIONS: Readonly<Record<string, RangeFunction>> = {
  rate: extrapolatedFunction({ counter: true, perSecond: true }),
  increase: extrapolatedFunction({ counter: true, perSecond: false }),
  delta: extrapolatedFunction({ counter: false, perSecond: false }),
  irate: lastTwoFunction({ counter: true, perSecond: true }),
  idelta: lastTwoFunction({ counter: false, perSecond: false }),
};
