import type { ArithmeticOp, ComparisonOp } from '../../../shared/promql/ast.ts';
import type { RowFunction } from '../operators/elementwise.ts';
import { ARITHMETIC, COMPARISON } from './operations.ts';

/** `v op s`, or `s op v` when `swapped`; the scalar is the only parameter. */
export function arithmeticWithScalar(op: ArithmeticOp, swapped: boolean): RowFunction {
  const fn = ARITHMETIC[op];
  return ({ values, at, steps, params, found }) => {
    const scalar = params[0]!;
    for (let k = 0; k < steps.count; k++) {
      const value = values[at + k]!;
      values[at + k] = swapped ? fn(scalar[k]!, value) : fn(value, scalar[k]!);
    }
    return found;
  };
}

/** Keeps the vector's elements for which the comparison holds, whichever side they stand on. */
export function filterByScalar(op: ComparisonOp, swapped: boolean): RowFunction {
  const fn = COMPARISON[op];
  return ({ values, present, at, steps, params }) => {
    const scalar = params[0]!;
    let found = 0;
    for (let k = 0; k < steps.count; k++) {
      if (present[at + k] === 0) continue;
      const value = values[at + k]!;
      if (swapped ? fn(scalar[k]!, value) : fn(value, scalar[k]!)) found++;
      else present[at + k] = 0;
    }
    return found;
  };
}

export function compareWithScalar(op: ComparisonOp, swapped: boolean): RowFunction {
  const fn = COMPARISON[op];
  return ({ values, at, steps, params, found }) => {
    const scalar = params[0]!;
    for (let k = 0; k < steps.count; k++) {
      const value = values[at + k]!;
      values[at + k] = (swapped ? fn(scalar[k]!, value) : fn(value, scalar[k]!)) ? 1 : 0;
    }
    return found;
  };
}
