import type { ArithmeticOp, ComparisonOp } from '../../../shared/promql/ast.ts';
import type { RowPart } from '../operators/operator.ts';

/** Go's math.Pow where it differs from JavaScript's: 1 to any power is 1, and so is -1 to an infinite one. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
}

export const ARITHMETIC: Readonly<Record<ArithmeticOp, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': power,
  atan2: Math.atan2,
};

export const COMPARISON: Readonly<Record<ComparisonOp, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

export function isArithmetic(op: string): op is ArithmeticOp {
  return Object.hasOwn(ARITHMETIC, op);
}

export function isComparison(op: string): op is ComparisonOp {
  return Object.hasOwn(COMPARISON, op);
}

/** Combines two rows of `count` points from `at` on, into the first; returns how many points are present after it. */
export type RowCombination = (left: RowPart, right: RowPart, count: number) => number;

/** Where both are present. */
export function arithmeticRows(op: ArithmeticOp): RowCombination {
  const fn = ARITHMETIC[op];
  return (left, right, count) => {
    let found = 0;
    for (let k = 0; k < count; k++) {
      const i = left.at + k;
      const j = right.at + k;
      if ((left.present[i]! & right.present[j]!) === 0) {
        left.present[i] = 0;
        continue;
      }
      left.values[i] = fn(left.values[i]!, right.values[j]!);
      found++;
    }
    return found;
  };
}

/** Keeps the left value where the comparison holds. */
export function filterRows(op: ComparisonOp): RowCombination {
  const fn = COMPARISON[op];
  return (left, right, count) => {
    let found = 0;
    for (let k = 0; k < count; k++) {
      const i = left.at + k;
      const j = right.at + k;
      if ((left.present[i]! & right.present[j]!) === 1 && fn(left.values[i]!, right.values[j]!)) found++;
      else left.present[i] = 0;
    }
    return found;
  };
}

/** `bool`: 1 where the comparison holds, 0 where it does not. */
export function booleanRows(op: ComparisonOp): RowCombination {
  const fn = COMPARISON[op];
  return (left, right, count) => {
    let found = 0;
    for (let k = 0; k < count; k++) {
      const i = left.at + k;
      const j = right.at + k;
      if ((left.present[i]! & right.present[j]!) === 0) {
        left.present[i] = 0;
        continue;
      }
      left.values[i] = fn(left.values[i]!, right.values[j]!) ? 1 : 0;
      found++;
    }
    return found;
  };
}
