/** Binary operators where one side or both are native histograms (engine.go, vectorElemBinop). */
import type { BinaryOp } from '../../../shared/promql/ast.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import type { HistogramList } from '../histogram-list.ts';
import type { HistogramNotes } from '../histogram-notes.ts';
import {
  addHistograms,
  asGauge,
  compactHistogram,
  divideHistogram,
  scaleHistogram,
  subtractHistograms,
} from '../histograms/arithmetic.ts';
import { equalHistograms } from '../histograms/equality.ts';
import { trimLower, trimUpper } from '../histograms/trim.ts';
import type { RowFunction } from '../operators/elementwise.ts';
import type { RowPart } from '../operators/operator.ts';
import { ABSENT, FLOAT, HISTOGRAM } from '../result.ts';
import { ARITHMETIC, COMPARISON, isArithmetic, isComparison, type RowCombination } from './operations.ts';

export interface MixedOperation {
  readonly op: BinaryOp;
  /** A comparison that yields 0 or 1. */
  readonly bool: boolean;
  readonly histograms: HistogramList;
  readonly notes: HistogramNotes;
}

type Element = number | NativeHistogram;

/** What the operation makes of two elements; a comparison says whether it holds; null: nothing, with a word on why. */
function combine({ op, notes }: MixedOperation, left: Element, right: Element): Element | boolean | null {
  let result: Element | boolean | null | undefined;
  if (typeof left === 'number')
    result = typeof right === 'number' ? ofFloats(op, left, right) : floatByHistogram(op, left, right);
  else result = typeof right === 'number' ? histogramByFloat(op, left, right) : ofHistograms(op, left, right, notes);
  if (result !== undefined) return result;
  notes.incompatibleTypes(op, typeOf(left), typeOf(right));
  return null;
}

function typeOf(element: Element): string {
  return typeof element === 'number' ? 'float' : 'histogram';
}

function ofFloats(op: BinaryOp, left: number, right: number): number | boolean | undefined {
  if (isArithmetic(op)) return ARITHMETIC[op](left, right);
  return isComparison(op) ? COMPARISON[op](left, right) : undefined;
}

function floatByHistogram(op: BinaryOp, left: number, right: NativeHistogram): NativeHistogram | undefined {
  return op === '*' ? compactHistogram(scaleHistogram(right, left)) : undefined;
}

function histogramByFloat(op: BinaryOp, left: NativeHistogram, right: number): NativeHistogram | undefined {
  switch (op) {
    case '*':
      return compactHistogram(scaleHistogram(left, right));
    case '/':
      return compactHistogram(divideHistogram(left, right));
    case '</':
      return trimUpper(left, right);
    case '>/':
      return trimLower(left, right);
    default:
      return undefined;
  }
}

function ofHistograms(
  op: BinaryOp,
  left: NativeHistogram,
  right: NativeHistogram,
  notes: HistogramNotes,
): NativeHistogram | boolean | null | undefined {
  if (op === '==') return equalHistograms(left, right);
  if (op === '!=') return !equalHistograms(left, right);
  if (op !== '+' && op !== '-') return undefined;
  const operation = op === '+' ? 'addition' : 'subtraction';
  const combined = op === '+' ? addHistograms(left, right) : subtractHistograms(left, right);
  if (!combined.ok) {
    notes.incompatibleLayout(op);
    return null;
  }
  if (combined.resetCollision) notes.resetCollision(operation);
  if (combined.boundsReconciled) notes.boundsReconciled(operation);
  return op === '+' ? combined.histogram : asGauge(combined.histogram);
}

function elementAt({ values, present, at }: RowPart, k: number, histograms: HistogramList): Element {
  const value = values[at + k]!;
  return present[at + k] === HISTOGRAM ? histograms.at(value) : value;
}

/** Writes a result over an element, which stays as it is where a comparison holds; returns how many there are now. */
function write(
  { values, present, at }: RowPart,
  k: number,
  result: Element | boolean | null,
  { bool, histograms }: MixedOperation,
): number {
  if (result === null || (result === false && !bool)) {
    present[at + k] = ABSENT;
    return 0;
  }
  if (result === true && !bool) return 1;
  const isHistogram = typeof result === 'object';
  present[at + k] = isHistogram ? HISTOGRAM : FLOAT;
  values[at + k] = isHistogram ? histograms.add(result) : Number(result);
  return 1;
}

/** Rows of two vectors. */
export function mixedRows(operation: MixedOperation): RowCombination {
  const { histograms } = operation;
  return (left, right, count) => {
    let found = 0;
    for (let k = 0; k < count; k++) {
      if (left.present[left.at + k] === ABSENT) continue;
      if (right.present[right.at + k] === ABSENT) {
        left.present[left.at + k] = ABSENT;
        continue;
      }
      const result = combine(operation, elementAt(left, k, histograms), elementAt(right, k, histograms));
      found += write(left, k, result, operation);
    }
    return found;
  };
}

/** `v op s`, or `s op v` when `swapped`; the scalar is the only parameter. */
export function mixedWithScalar(operation: MixedOperation, swapped: boolean): RowFunction {
  return (row) => {
    const scalar = row.params[0]!;
    let found = 0;
    for (let k = 0; k < row.steps.count; k++) {
      if (row.present[row.at + k] === ABSENT) continue;
      const element = elementAt(row, k, operation.histograms);
      const [left, right] = swapped ? [scalar[k]!, element] : [element, scalar[k]!];
      found += write(row, k, combine(operation, left, right), operation);
    }
    return found;
  };
}

/** Unary minus. */
export function negateMixed(histograms: HistogramList): RowFunction {
  return ({ values, present, at, steps, found }) => {
    for (let i = at; i < at + steps.count; i++) {
      if (present[i] === HISTOGRAM) values[i] = histograms.add(scaleHistogram(histograms.at(values[i]!), -1));
      else values[i] = -values[i]!;
    }
    return found;
  };
}

/** A number of each histogram; floats drop out. */
export function ofHistogramsAlone(histograms: HistogramList, fn: (histogram: NativeHistogram) => number): RowFunction {
  return ({ values, present, at, steps }) => {
    let found = 0;
    for (let i = at; i < at + steps.count; i++) {
      const isHistogram = present[i] === HISTOGRAM;
      present[i] = isHistogram ? FLOAT : ABSENT;
      if (!isHistogram) continue;
      values[i] = fn(histograms.at(values[i]!));
      found++;
    }
    return found;
  };
}
