/** Sums that keep what rounding loses beside them (Kahan and Neumaier; util/kahansum of Prometheus), single and in columns. */
import type { HistogramBuckets } from '../../model/native-histogram.ts';
import { type IndexedBuckets, indexBuckets, spansOf } from './indexed-buckets.ts';

export class CompensatedSum {
  value: number;
  lost = 0;

  constructor(value: number) {
    this.value = value;
  }

  copy(): CompensatedSum {
    const copy = new CompensatedSum(this.value);
    copy.lost = this.lost;
    return copy;
  }

  add(increment: number): void {
    this.lost = stillLost(this.lost, this.value, increment);
    this.value += increment;
  }

  map(part: (part: number) => number): void {
    this.value = part(this.value);
    this.lost = part(this.lost);
  }

  get total(): number {
    return this.value + this.lost;
  }
}

/** `lost` after `increment` was added to `value`; of an infinite sum nothing can be saved. */
function stillLost(lost: number, value: number, increment: number): number {
  const next = value + increment;
  if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) return 0;
  return lost + (Math.abs(value) >= Math.abs(increment) ? value - next + increment : increment - next + value);
}

/** Buckets that are added up; empty ones stay. */
export class CompensatedBuckets {
  #spans: Int32Array;
  #counts: Float64Array;
  /** Belongs to the counts, place by place. */
  #lost: Float64Array;

  constructor(buckets: HistogramBuckets) {
    this.#spans = buckets.spans;
    this.#counts = buckets.counts.slice();
    this.#lost = new Float64Array(buckets.counts.length);
  }

  copy(): CompensatedBuckets {
    const copy = new CompensatedBuckets({ spans: this.#spans, counts: this.#counts });
    copy.#lost = this.#lost.slice();
    return copy;
  }

  /** In place where all its buckets exist already, which is how most histograms of a series or a group are. */
  add({ spans, counts }: HistogramBuckets): void {
    if (counts.length === 0) return;
    if (!isWithin(spans, this.#spans)) this.#makeRoom(indexBuckets({ spans, counts }).indexes);
    eachSpan(spans, this.#spans, (place, from, length) => this.#addRun(place, counts, from, length));
  }

  #addRun(place: number, increments: Float64Array, from: number, length: number): void {
    const [counts, lost] = [this.#counts, this.#lost];
    for (let i = 0; i < length; i++) {
      const value = counts[place + i]!;
      lost[place + i] = stillLost(lost[place + i]!, value, increments[from + i]!);
      counts[place + i] = value + increments[from + i]!;
    }
  }

  /** These buckets too exist from now on. */
  #makeRoom(more: Int32Array): void {
    const known = this.indexed.indexes;
    const indexes = Int32Array.from(new Set([...known, ...more])).sort();
    const [counts, lost] = [this.#counts, this.#lost];
    this.#counts = new Float64Array(indexes.length);
    this.#lost = new Float64Array(indexes.length);
    let at = 0;
    for (let i = 0; i < indexes.length; i++) {
      if (at === known.length || known[at] !== indexes[i]) continue;
      this.#counts[i] = counts[at]!;
      this.#lost[i] = lost[at++]!;
    }
    this.#spans = spansOf(indexes);
  }

  /** As `moveBuckets` of indexed-buckets.ts. */
  move(target: (index: number) => number): void {
    const { indexes, counts } = this.indexed;
    const lost = this.#lost;
    const moved = new Int32Array(indexes.length);
    this.#counts = new Float64Array(indexes.length);
    this.#lost = new Float64Array(indexes.length);
    let length = 0;
    for (let i = 0; i < indexes.length; i++) {
      const index = target(indexes[i]!);
      if (length === 0 || moved[length - 1] !== index) moved[length++] = index;
      this.#addRun(length - 1, counts, i, 1);
      this.#lost[length - 1]! += lost[i]!;
    }
    this.#spans = spansOf(moved.subarray(0, length));
    this.#counts = this.#counts.subarray(0, length);
    this.#lost = this.#lost.subarray(0, length);
  }

  /** The first `length` buckets go to `sum`. */
  moveInto(sum: CompensatedSum, length: number): void {
    if (length === 0) return;
    const { indexes, counts } = this.indexed;
    for (let i = 0; i < length; i++) {
      sum.add(counts[i]!);
      sum.lost += this.#lost[i]!;
    }
    this.#spans = spansOf(indexes.subarray(length));
    this.#counts = counts.subarray(length);
    this.#lost = this.#lost.subarray(length);
  }

  map(part: (part: number) => number): void {
    for (let i = 0; i < this.#counts.length; i++) {
      this.#counts[i] = part(this.#counts[i]!);
      this.#lost[i] = part(this.#lost[i]!);
    }
  }

  /** Without what was lost. */
  get indexed(): IndexedBuckets {
    return indexBuckets({ spans: this.#spans, counts: this.#counts });
  }

  get total(): IndexedBuckets {
    const { indexes, counts } = this.indexed;
    return { indexes, counts: counts.map((count, i) => count + this.#lost[i]!) };
  }

  get isFinite(): boolean {
    return !this.#counts.some((count) => Math.abs(count) === Number.POSITIVE_INFINITY);
  }
}

/** Whether every one of the spans lies within a single one of `outer`. */
function isWithin(spans: Int32Array, outer: Int32Array): boolean {
  return spans === outer || eachSpan(spans, outer, null);
}

/**
 * Tells of each span where among the buckets of `outer` it begins, where among its own, and how long it is. False as
 * soon as one does not lie within a single span of `outer`.
 */
function eachSpan(
  spans: Int32Array,
  outer: Int32Array,
  visit: ((place: number, from: number, length: number) => void) | null,
): boolean {
  let start = 0;
  let from = 0;
  let at = 0;
  let outerPlace = 0;
  let outerStart = outer.length > 0 ? outer[0]! : 0;
  for (let span = 0; span < spans.length; span += 2) {
    start += spans[span]!;
    const length = spans[span + 1]!;
    if (length > 0) {
      while (at < outer.length && start >= outerStart + outer[at + 1]!) {
        outerPlace += outer[at + 1]!;
        outerStart += outer[at + 1]! + (at + 2 < outer.length ? outer[at + 2]! : 0);
        at += 2;
      }
      if (at >= outer.length || start < outerStart || start + length > outerStart + outer[at + 1]!) return false;
      visit?.(outerPlace + start - outerStart, from, length);
    }
    start += length;
    from += length;
  }
  return true;
}
