import type { SampleColumns } from '../model/sample-columns.ts';

/** Both ends included. */
export interface TimeSpan {
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

/**
 * Deleted stretches of time by series id (a row, or an id in a block's index); all ends included. The lists handed out
 * never change.
 */
export class Tombstones {
  /** id -> [min0, max0, min1, max1, ...], ascending and apart. */
  readonly #intervals = new Map<number, readonly number[]>();

  get isEmpty(): boolean {
    return this.#intervals.size === 0;
  }

  get(id: number): readonly number[] | undefined {
    return this.#intervals.get(id);
  }

  entries(): IterableIterator<[number, readonly number[]]> {
    return this.#intervals.entries();
  }

  /** How many intervals there are. */
  get count(): number {
    let count = 0;
    for (const intervals of this.#intervals.values()) count += intervals.length / 2;
    return count;
  }

  add(id: number, minTimeMs: number, maxTimeMs: number): void {
    this.#intervals.set(id, withInterval(this.#intervals.get(id) ?? [], minTimeMs, maxTimeMs));
  }

  delete(id: number): void {
    this.#intervals.delete(id);
  }

  /** Forgets what lies wholly before a time. */
  dropBefore(minTimeMs: number): void {
    for (const [id, intervals] of this.#intervals) {
      if (intervals[1]! >= minTimeMs) continue;
      const kept = intervals.filter((_, i) => intervals[i | 1]! >= minTimeMs);
      if (kept.length === 0) this.#intervals.delete(id);
      else this.#intervals.set(id, kept);
    }
  }

  copy(): Tombstones {
    const copy = new Tombstones();
    for (const [id, intervals] of this.#intervals) copy.#intervals.set(id, intervals);
    return copy;
  }
}

/** Whether one of the intervals holds all of minTimeMs..maxTimeMs. */
export function covers(intervals: readonly number[], minTimeMs: number, maxTimeMs: number): boolean {
  for (let i = 0; i < intervals.length; i += 2) {
    if (intervals[i]! <= minTimeMs && intervals[i + 1]! >= maxTimeMs) return true;
  }
  return false;
}

/** Adds an interval, joining it with those it touches. */
function withInterval(intervals: readonly number[], min: number, max: number): number[] {
  const out: number[] = [];
  let low = min;
  let high = max;
  let isPlaced = false;
  for (let i = 0; i < intervals.length; i += 2) {
    const a = intervals[i]!;
    const b = intervals[i + 1]!;
    if (b < low - 1) {
      out.push(a, b);
    } else if (a > high + 1) {
      if (!isPlaced) out.push(low, high);
      isPlaced = true;
      out.push(a, b);
    } else {
      low = Math.min(low, a);
      high = Math.max(high, b);
    }
  }
  if (!isPlaced) out.push(low, high);
  return out;
}

/** Takes deleted samples out of `columns` from index `from` on; returns how many were taken out. */
export function removeDeleted(columns: SampleColumns, from: number, intervals: readonly number[]): number {
  const { times, halves, histograms, startTimes, length } = columns;
  let n = from;
  let k = 0;
  for (let i = from; i < length; i++) {
    const t = times[i]!;
    while (k < intervals.length && intervals[k + 1]! < t) k += 2;
    if (k < intervals.length && t >= intervals[k]!) continue;
    times[n] = t;
    halves[2 * n] = halves[2 * i]!;
    halves[2 * n + 1] = halves[2 * i + 1]!;
    if (histograms !== null) histograms[n] = histograms[i];
    if (startTimes !== null) startTimes[n] = startTimes[i]!;
    n++;
  }
  columns.length = n;
  return length - n;
}
