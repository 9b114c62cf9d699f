import type { SampleColumns } from '../../model/sample-columns.ts';

/** Distinct columns of timestamps remembered: series of one target share theirs, and few targets alternate. */
const REMEMBERED = 4;

/**
 * For each step the samples that its window holds: indexes `from[k]` <= i < `to[k]`. Windows are left-open, and so is
 * the lookback: rangeStart < t <= rangeEnd.
 */
export interface WindowTable {
  readonly times: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Samples in the largest window. */
  readonly widest: number;
  /** What a kernel derived from the times alone, kept for the next series with the same times. */
  derived: Float64Array | null;
}

/** Finds the windows of a column of timestamps; columns with equal timestamps share one table. */
export class WindowTables {
  readonly #endsMs: Float64Array;
  readonly #rangeMs: number;
  readonly #recent: WindowTable[] = [];

  /** Windows (endMs - rangeMs, endMs] for each of `endsMs`, which never descend. */
  constructor(endsMs: Float64Array, rangeMs: number) {
    this.#endsMs = endsMs;
    this.#rangeMs = rangeMs;
  }

  of(columns: SampleColumns): WindowTable {
    for (let i = 0; i < this.#recent.length; i++) {
      const table = this.#recent[i]!;
      if (!sameTimes(table.times, columns)) continue;
      if (i > 0) {
        this.#recent.splice(i, 1);
        this.#recent.unshift(table);
      }
      return table;
    }
    const table = slideWindows(columns, this.#endsMs, this.#rangeMs);
    this.#recent.unshift(table);
    if (this.#recent.length > REMEMBERED) this.#recent.pop();
    return table;
  }
}

function sameTimes(known: Float64Array, columns: SampleColumns): boolean {
  const n = columns.length;
  const times = columns.times;
  if (known.length !== n) return false;
  if (n === 0) return true;
  if (known[0] !== times[0] || known[n - 1] !== times[n - 1]) return false;
  for (let i = 1; i < n; i++) if (known[i] !== times[i]) return false;
  return true;
}

function slideWindows(columns: SampleColumns, endsMs: Float64Array, rangeMs: number): WindowTable {
  const times = columns.times.slice(0, columns.length);
  const steps = endsMs.length;
  const from = new Int32Array(steps);
  const to = new Int32Array(steps);
  let first = 0;
  let end = 0;
  let widest = 0;
  for (let k = 0; k < steps; k++) {
    const endMs = endsMs[k]!;
    while (end < times.length && times[end]! <= endMs) end++;
    while (first < end && times[first]! <= endMs - rangeMs) first++;
    from[k] = first;
    to[k] = end;
    if (end - first > widest) widest = end - first;
  }
  return { times, from, to, widest, derived: null };
}
