/** deriv, predict_linear, double_exponential_smoothing (promql/functions.go). */
import type { Span } from '../../../shared/promql/ast.ts';
import { executionError } from '../errors.ts';
import type { RangeFunction } from '../operators/range-function.ts';
import type { RangeInput } from '../operators/range-kernel.ts';
import type { QueryContext } from '../query-context.ts';
import { formatFixed } from './number-format.ts';
import { eachWindow, slidingOr } from './over-time.ts';
import { slidingLines } from './sliding-moments.ts';

interface Line {
  slope: number;
  intercept: number;
}

const line: Line = { slope: 0, intercept: 0 };

/** Accumulators [sum, compensation] of Σx, Σy, Σxy, Σx². */
const sums = new Float64Array(8);

function accumulate(slot: number, value: number): void {
  const total = sums[slot]!;
  const next = total + value;
  if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) sums[slot + 1] = 0;
  else if (Math.abs(total) >= Math.abs(value)) sums[slot + 1]! += total - next + value;
  else sums[slot + 1]! += value - next + total;
  sums[slot] = next;
}

/** Least squares over the window; x is seconds after `originMs`. The result is valid until the next call. */
function regress({ columns }: RangeInput, from: number, to: number, originMs: number): Line {
  const { times, values } = columns;
  const first = values[from]!;
  let constant = true;
  sums.fill(0);
  const n = to - from;
  for (let i = from; i < to; i++) {
    const x = (times[i]! - originMs) / 1000;
    const y = values[i]!;
    if (constant && i > from && y !== first) constant = false;
    accumulate(0, x);
    accumulate(2, y);
    accumulate(4, x * y);
    accumulate(6, x * x);
  }
  if (constant) {
    line.slope = Number.isFinite(first) ? 0 : Number.NaN;
    line.intercept = Number.isFinite(first) ? first : Number.NaN;
    return line;
  }
  const sumX = sums[0]! + sums[1]!;
  const sumY = sums[2]! + sums[3]!;
  const covariance = sums[4]! + sums[5]! - (sumX * sumY) / n;
  const variance = sums[6]! + sums[7]! - (sumX * sumX) / n;
  line.slope = covariance / variance;
  line.intercept = sumY / n - (line.slope * sumX) / n;
  return line;
}

function derivative(input: RangeInput, from: number, to: number): number {
  return regress(input, from, to, input.columns.times[from]!).slope;
}

function predict(input: RangeInput, from: number, to: number, step: number): number {
  const { slope, intercept } = regress(input, from, to, input.steps.startMs + step * input.steps.stepMs);
  return slope * input.params[0]![step]! + intercept;
}

const slidingSlopes = slidingLines({
  line: ({ slope }) => slope,
  constant: (value) => (Number.isFinite(value) ? 0 : Number.NaN),
});

const slidingPredictions = slidingLines({
  line: ({ slope, intercept, originMs }, { steps, params }, step) => {
    const sinceOriginSec = (steps.startMs + step * steps.stepMs - originMs) / 1000;
    return intercept + slope * (sinceOriginSec + params[0]![step]!);
  },
  constant: (value, { params }, step) => (Number.isFinite(value) ? value + 0 * params[0]![step]! : Number.NaN),
});

function smooth({ columns, params }: RangeInput, from: number, to: number, step: number): number {
  const values = columns.values;
  const smoothing = params[0]![step]!;
  const trendFactor = params[1]![step]!;
  let previous = 0;
  let current = values[from]!;
  let trend = values[from + 1]! - values[from]!;
  for (let i = from + 1; i < to; i++) {
    if (i > from + 1) trend = trendFactor * (current - previous) + (1 - trendFactor) * trend;
    const next = smoothing * values[i]! + (1 - smoothing) * (current + trend);
    previous = current;
    current = next;
  }
  return current;
}

function checkFactors(_: QueryContext, params: readonly Float64Array[], __: readonly Span[]): void {
  const refuse = (kind: string, symbol: string, value: number) =>
    executionError(`invalid ${kind} factor. Expected: 0 < ${symbol} < 1, got: ${formatFixed(value)}`);
  for (let k = 0; k < params[0]!.length; k++) {
    const smoothing = params[0]![k]!;
    const trend = params[1]![k]!;
    if (smoothing <= 0 || smoothing >= 1) throw refuse('smoothing', 'sf', smoothing);
    if (trend <= 0 || trend >= 1) throw refuse('trend', 'tf', trend);
  }
}

export const REGRESSION_FUNCTIONS: Readonly<Record<string, RangeFunction>> = {
  deriv: { kernel: slidingOr(slidingSlopes, eachWindow(2, derivative)) },
  predict_linear: { kernel: slidingOr(slidingPredictions, eachWindow(2, predict)) },
  double_exponential_smoothing: { kernel: eachWindow(2, smooth), checkParams: checkFactors },
};
