import { compareLabels, compareStrings, getLabel } from '../../model/labels.ts';
import type { ElementOrder } from '../operators/sorted.ts';

/** By value, NaN last whichever the direction. */
export function byValue(sign: number): ElementOrder {
  return (a, b) => {
    if (Number.isNaN(a.value)) return Number.isNaN(b.value) ? 0 : 1;
    if (Number.isNaN(b.value)) return -1;
    return sign * (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
  };
}

/** By the natural order of some labels' values (`x2` before `x10`), then by all labels. */
export function byLabels(names: readonly string[], sign: number): ElementOrder {
  return (a, b) => {
    for (const name of names) {
      const order = compareNatural(getLabel(a.labels, name), getLabel(b.labels, name));
      if (order !== 0) return sign * order;
    }
    return sign * compareLabels(a.labels, b.labels);
  };
}

/** Runs of digits compare as numbers, everything else as text. */
export function compareNatural(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!];
    if (x === y) continue;
    const numeric = /^\d/.test(x) && /^\d/.test(y);
    const order = numeric ? compareDigits(x, y) : compareStrings(x, y);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareDigits(a: string, b: string): number {
  const x = a.replace(/^0+(?=\d)/, '');
  const y = b.replace(/^0+(?=\d)/, '');
  return x.length - y.length || compareStrings(x, y);
}
