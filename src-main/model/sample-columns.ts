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

  constructor(capacity = 256) {
    this.times = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.halves = new Uint32Array(this.values.buffer);
  }

  clear(): void {
    this.length = 0;
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
  }
}
