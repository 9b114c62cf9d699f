import { F_LAST_TIME, type SampleRun } from '../../kernels/xor-chunk.ts';
import type { Head } from './head.ts';
import { makeRoom } from './open-chunk.ts';

/** Samples of one batch as columns; it grows, and is reused for the next batch. */
export class SampleBatch implements SampleRun {
  refs: Float64Array<ArrayBuffer>;
  rows: Uint32Array<ArrayBuffer>;
  /** The state records of the rows. */
  states: Uint32Array<ArrayBuffer>;
  times: Float64Array<ArrayBuffer>;
  values: Float64Array<ArrayBuffer>;
  /** The memory of `values` as 32-bit halves. */
  halves: Uint32Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 1024) {
    this.refs = new Float64Array(capacity);
    this.rows = new Uint32Array(capacity);
    this.states = new Uint32Array(capacity);
    this.times = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.halves = new Uint32Array(this.values.buffer);
  }

  reserve(extra: number): void {
    if (this.length + extra <= this.refs.length) return;
    const capacity = Math.max(this.length + extra, this.refs.length * 2);
    const refs = new Float64Array(capacity);
    refs.set(this.refs);
    this.refs = refs;
    const rows = new Uint32Array(capacity);
    rows.set(this.rows);
    this.rows = rows;
    const states = new Uint32Array(capacity);
    states.set(this.states);
    this.states = states;
    const times = new Float64Array(capacity);
    times.set(this.times);
    this.times = times;
    const halves = new Uint32Array(2 * capacity);
    halves.set(this.halves);
    this.halves = halves;
    this.values = new Float64Array(halves.buffer);
  }
}

/**
 * Puts samples of the batch, all or `from`..`to`, into the head; `rows` and `states` say where. A sample not
 * later than the last one of its series is left out, and `onLate` told when it is earlier. Returns how many were stored.
 */
export function appendSamples(
  head: Head,
  batch: SampleBatch,
  onLate?: (index: number) => void,
  { from, to } = { from: 0, to: batch.length },
): number {
  const { rows, states, times } = batch;
  const stored = head.appender.append(batch, from, to, (i) => {
    const timeMs = times[i]!;
    const lastTimeMs = head.arena.memory.f64[(states[i]! >>> 3) + F_LAST_TIME]!;
    if (timeMs <= lastTimeMs) {
      if (timeMs < lastTimeMs) onLate?.(i);
      return false;
    }
    makeRoom(head, rows[i]!, timeMs);
    return true;
  });
  noteTimes(head, times, from, to);
  head.samplesAppended += stored;
  return stored;
}

function noteTimes(head: Head, times: Float64Array, from: number, to: number): void {
  let min = head.lowestSinceMs;
  let max = head.maxTimeMs;
  for (let i = from; i < to; i++) {
    const t = times[i]!;
    if (t < min) min = t;
    if (t > max) max = t;
  }
  head.lowestSinceMs = min;
  head.minTimeMs = Math.min(head.minTimeMs, min);
  head.maxTimeMs = max;
}
