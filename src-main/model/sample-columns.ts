import type { NativeHistogram } from './native-histogram.ts';

/**
 * The samples of one series as two columns, ascending in time: what a reader fills and an operator scans. It grows and
 * is reused for the next series; whoever fills it owns it until the next `clear()`.
 */
export class SampleColumns {
  /** Milliseconds since the epoch; entries from `length` on are garbage. */
  times: Float64Array;
  values: Float64Array;
  /** The same memory as `values`, as 32-bit halves: see staleness.ts. */
  halves: Uint32Array;
  length = 0;
  /**
   * Null: all samples are floats. Else entry i is the native histogram of sample i, or undefined where that is a float;
   * `values[i]` of a histogram is its sum, and a staleness marker where it is stale. Entries from `length` on are garbage.
   */
  histograms: (NativeHistogram | undefined)[] | null = null;
  /** Null: no sample has one. Else when the counting of sample i began, in milliseconds since the epoch; 0: unknown. */
  startTimes: Float64Array | null = null;

  constructor(capacity = 256) {
    this.times = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.halves = new Uint32Array(this.values.buffer);
  }

  clear(): void {
    this.length = 0;
    this.histograms = null;
    this.startTimes = null;
  }

  /** Makes room for `extra` more samples; the arrays may be replaced, their content is kept. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.times.length) return;
    const capacity = Math.max(needed, 2 * this.times.length);
    const times = new Float64Array(capacity);
    const values = new Float64Array(capacity);
    const halves = new Uint32Array(values.buffer);
    times.set(this.times.subarray(0, this.length));
    halves.set(this.halves.subarray(0, 2 * this.length)); // as bits: a double copy may quieten a stale marker
    this.times = times;
    this.values = values;
    this.halves = halves;
    if (this.startTimes !== null) {
      const startTimes = new Float64Array(capacity);
      startTimes.set(this.startTimes.subarray(0, this.length));
      this.startTimes = startTimes;
    }
  }
}
