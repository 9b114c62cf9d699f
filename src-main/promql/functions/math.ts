/** Functions of one number each (promql/functions.go), and those with scalar bounds. */
import type { ElementRow, RowFunction } from '../operators/elementwise.ts';

function eachValue(fn: (value: number) => number): RowFunction {
  return ({ values, at, steps, found }) => {
    for (let i = at; i < at + steps.count; i++) values[i] = fn(values[i]!);
    return found;
  };
}

function eachWithParam(fn: (value: number, param: number) => number): RowFunction {
  return ({ values, at, steps, found, params }) => {
    const param = params[0]!;
    for (let k = 0; k < steps.count; k++) values[at + k] = fn(values[at + k]!, param[k]!);
    return found;
  };
}

function clamp({ values, present, at, steps, params }: ElementRow): number {
  const [low, high] = [params[0]!, params[1]!];
  let count = 0;
  for (let k = 0; k < steps.count; k++) {
    if (low[k]! > high[k]!) present[at + k] = 0;
    if (present[at + k] === 0) continue;
    values[at + k] = Math.max(low[k]!, Math.min(high[k]!, values[at + k]!));
    count++;
  }
  return count;
}

/** floor(x + 1/2) in units of `to`, by way of its inverse as Prometheus does. */
function round(value: number, to: number): number {
  const inverse = 1 / to;
  return Math.floor(value * inverse + 0.5) / inverse;
}

/** Go halves the exponential beyond 21, which overflows a little earlier than the function itself. */
function sinh(value: number): number {
  if (value > 21) return Math.exp(value) * 0.5;
  return value < -21 ? Math.exp(-value) * -0.5 : Math.sinh(value);
}

function cosh(value: number): number {
  return Math.abs(value) > 21 ? Math.exp(Math.abs(value)) * 0.5 : Math.cosh(value);
}

const RADIANS = Math.PI / 180;

/** Name -> implementation; all of one vector argument. */
export const MATH_FUNCTIONS: Readonly<Record<string, RowFunction>> = {
  abs: eachValue(Math.abs),
  ceil: eachValue(Math.ceil),
  floor: eachValue(Math.floor),
  exp: eachValue(Math.exp),
  sqrt: eachValue(Math.sqrt),
  ln: eachValue(Math.log),
  log2: eachValue(Math.log2),
  log10: eachValue(Math.log10),
  sgn: eachValue(Math.sign),
  sin: eachValue(Math.sin),
  cos: eachValue(Math.cos),
  tan: eachValue(Math.tan),
  asin: eachValue(Math.asin),
  acos: eachValue(Math.acos),
  atan: eachValue(Math.atan),
  sinh: eachValue(sinh),
  cosh: eachValue(cosh),
  tanh: eachValue(Math.tanh),
  asinh: eachValue(Math.asinh),
  acosh: eachValue(Math.acosh),
  atanh: eachValue(Math.atanh),
  deg: eachValue((value) => value / RADIANS),
  rad: eachValue((value) => value * RADIANS),
  /** round(v) without its second argument. */
  round: eachValue((value) => Math.floor(value + 0.5)),
};

/** One vector argument first, then scalars. */
export const BOUNDED_FUNCTIONS: Readonly<Record<string, RowFunction>> = {
  clamp,
  clamp_min: eachWithParam((value, low) => Math.max(low, value)),
  clamp_max: eachWithParam((value, high) => Math.min(high, value)),
  round: eachWithParam(round),
};

export const negate = eachValue((value) => -value);
