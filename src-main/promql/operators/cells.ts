/** The cells of a row by what they hold. */
import { ABSENT, FLOAT, HISTOGRAM } from '../result.ts';

export function hasHistogram(present: Uint8Array, at: number, count: number): boolean {
  for (let i = at; i < at + count; i++) if (present[i] === HISTOGRAM) return true;
  return false;
}

export function hasFloat(present: Uint8Array, at: number, count: number): boolean {
  for (let i = at; i < at + count; i++) if (present[i] === FLOAT) return true;
  return false;
}

/** Leaves the floats; returns how many there are. */
export function dropHistograms(present: Uint8Array, at: number, count: number): number {
  let left = 0;
  for (let i = at; i < at + count; i++) {
    if (present[i] === HISTOGRAM) present[i] = ABSENT;
    left += present[i]!;
  }
  return left;
}

export function countPresent(present: Uint8Array, at: number, count: number): number {
  let found = 0;
  for (let i = at; i < at + count; i++) if (present[i] !== ABSENT) found++;
  return found;
}
