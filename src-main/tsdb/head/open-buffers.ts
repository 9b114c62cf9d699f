import type { NativeHistogram } from '../../model/native-histogram.ts';
import type { SampleColumns } from '../../model/sample-columns.ts';
import { writeStaleAt } from '../../model/staleness.ts';

/** Samples a slot has room for. */
const CAP = 32;

/** A few samples a slot, ascending in time, as columns of all slots together. */
export class OpenBuffers {
  /** CAP places a slot, the first counts[slot] of them in use. */
  #times = new Float64Array(0);
  #values = new Float64Array(0);
  #halves = new Uint32Array(0);
  #counts = new Uint8Array(0);
  /** Of slots that have any: the native histograms at the places of their samples. */
  readonly #histograms = new Map<number, (NativeHistogram | undefined)[]>();

  get slots(): number {
    return this.#counts.length;
  }

  grow(slots: number): void {
    const times = new Float64Array(slots * CAP);
    times.set(this.#times);
    this.#times = times;
    const values = new Float64Array(slots * CAP);
    const halves = new Uint32Array(values.buffer);
    halves.set(this.#halves);
    this.#values = values;
    this.#halves = halves;
    const counts = new Uint8Array(slots);
    counts.set(this.#counts);
    this.#counts = counts;
  }

  count(slot: number): number {
    return this.#counts[slot]!;
  }

  isFull(slot: number): boolean {
    return this.#counts[slot] === CAP;
  }

  /** Infinity and -Infinity when there are no samples. */
  minTimeMs(slot: number): number {
    return this.#counts[slot] === 0 ? Number.POSITIVE_INFINITY : this.#times[slot * CAP]!;
  }

  maxTimeMs(slot: number): number {
    const count = this.#counts[slot]!;
    return count === 0 ? Number.NEGATIVE_INFINITY : this.#times[slot * CAP + count - 1]!;
  }

  /** False when there is a sample of that time, which stays. The slot may not be full. */
  insert(slot: number, timeMs: number, low: number, high: number): boolean {
    const at = this.#makePlace(slot, timeMs);
    if (at < 0) return false;
    this.#halves[2 * at] = low;
    this.#halves[2 * at + 1] = high;
    this.#histograms.get(slot)?.splice(at - slot * CAP, 0, undefined);
    return true;
  }

  insertHistogram(slot: number, timeMs: number, histogram: NativeHistogram): boolean {
    const at = this.#makePlace(slot, timeMs);
    if (at < 0) return false;
    if (histogram.stale) writeStaleAt(this.#halves, at);
    else this.#values[at] = histogram.sum;
    const list = this.#histograms.get(slot) ?? Array(this.#counts[slot]! - 1).fill(undefined);
    list.splice(at - slot * CAP, 0, histogram);
    this.#histograms.set(slot, list);
    return true;
  }

  #makePlace(slot: number, timeMs: number): number {
    const times = this.#times;
    const first = slot * CAP;
    const end = first + this.#counts[slot]!;
    let at = end;
    while (at > first && times[at - 1]! > timeMs) at--;
    if (at > first && times[at - 1] === timeMs) return -1;
    times.copyWithin(at + 1, at, end);
    this.#halves.copyWithin(2 * (at + 1), 2 * at, 2 * end);
    times[at] = timeMs;
    this.#counts[slot]!++;
    return at;
  }

  clear(slot: number): void {
    this.#counts[slot] = 0;
    this.#histograms.delete(slot);
  }

  /** Appends the samples with minTimeMs <= t <= maxTimeMs. */
  copy(slot: number, minTimeMs: number, maxTimeMs: number, into: SampleColumns): void {
    const first = slot * CAP;
    const end = first + this.#counts[slot]!;
    let from = first;
    while (from < end && this.#times[from]! < minTimeMs) from++;
    let to = from;
    while (to < end && this.#times[to]! <= maxTimeMs) to++;
    into.reserve(to - from);
    into.times.set(this.#times.subarray(from, to), into.length);
    into.halves.set(this.#halves.subarray(2 * from, 2 * to), 2 * into.length);
    addHistograms(into, this.#histograms.get(slot)?.slice(from - first, to - first) ?? null, to - from);
    into.length += to - from;
  }
}

/** Of `count` samples that are about to be added; null: they are floats all. */
export function addHistograms(
  into: SampleColumns,
  list: readonly (NativeHistogram | undefined)[] | null,
  count: number,
): void {
  if (into.startTimes !== null) into.startTimes.fill(0, into.length, into.length + count);
  if (into.histograms === null && list === null) return;
  into.histograms ??= Array(into.length).fill(undefined);
  for (let i = 0; i < count; i++) into.histograms[into.length + i] = list?.[i];
}
