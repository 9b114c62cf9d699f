import { F_LAST_TIME, type SampleRun } from '../../kernels/xor-chunk.ts';
import type { Head } from './head.ts';
import { makeRoom } from './open-chunk.ts';

/** Samples of one batch as columns; it grows, and is reused for the next batch. */
export class SampleBatch implements SampleRun {
  refs = new Float64Array(1024);
  rows = new Uint32Array(1024);
  /** The state records of the rows. */
  states = new Uint32Array(1024);
  times = new Float64Array(1024);
  values = new Float64Array(1024);
  /** The memory of `values` as 32-bit halves. */
  halves = new Uint32Array(this.values.buffer);
  length = 0;

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
 * Puts the first `length` samples of the batch into the head; `rows` and `states` say where. A sample not later than the last one
 * of its series is left out. Returns how many were stored.
 */
export function appendSamples(
  head: Head,
  batch: SampleBatch,
  { from, to } = { from: 0, to: batch.length },
): number {
  const { rows, states, times } = batch;
  const stored = head.appender.append(batch, from, to, (i) => {
    const timeMs = times[i]!;
    if (timeMs <= head.arena.memory.f64[(states[i]! >>> 3) + F_LAST_TIME]!) return false;
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
