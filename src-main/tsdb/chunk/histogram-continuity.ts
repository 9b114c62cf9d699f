/**
 * Whether a histogram goes on with the chunk before it (appendable, appendableGauge and expandSpansBothWays of
 * tsdb/chunkenc/histogram.go and float_histogram.go). All histograms of a chunk have the same buckets: where one has
 * others, empty ones are added to it or, by writing it anew, to the chunk.
 */
import { sameNumbers } from '../../model/histograms/same-histogram.ts';
import { CUSTOM_BUCKETS_SCHEMA, type HistogramBuckets, type NativeHistogram } from '../../model/native-histogram.ts';
import {
  HEADER_GAUGE,
  HEADER_NOT_RESET,
  HEADER_RESET,
  HEADER_UNKNOWN,
  type HistogramEncoder,
} from './histogram-encoder.ts';
import type { HistogramLayout } from './histogram-layout.ts';

export type Continuation =
  /** `histogram` has all buckets of the chunk; with `wider` it has more, and those of the chunk must be made as many. */
  | { readonly kind: 'goes-on'; readonly histogram: NativeHistogram; readonly wider: boolean }
  /** A chunk of its own, with this header. */
  | { readonly kind: 'breaks'; readonly header: number };

/** How `h`, of the kind that the chunk is of, follows the chunk's last histogram. */
export function continuationOf(chunk: HistogramEncoder, h: NativeHistogram): Continuation {
  const isGauge = h.counterReset === 'gauge';
  if (h.counterReset === 'reset') return { kind: 'breaks', header: HEADER_RESET };
  if (isGauge !== (chunk.header === HEADER_GAUGE)) {
    return { kind: 'breaks', header: isGauge ? HEADER_GAUGE : chunk.isInteger ? HEADER_NOT_RESET : HEADER_UNKNOWN };
  }
  if (h.stale) return { kind: 'goes-on', histogram: h, wider: false };
  const unrelated = isGauge ? HEADER_GAUGE : HEADER_UNKNOWN;
  if (chunk.isStale) return { kind: 'breaks', header: unrelated };
  if (!isGauge && h.count < chunk.observations) return { kind: 'breaks', header: HEADER_RESET };
  const { layout } = chunk;
  if (h.schema !== layout.schema || h.zeroThreshold !== layout.zeroThreshold) {
    return { kind: 'breaks', header: unrelated };
  }
  if (h.schema === CUSTOM_BUCKETS_SCHEMA && !sameNumbers(h.customValues, layout.customValues)) {
    return { kind: 'breaks', header: isGauge ? HEADER_GAUGE : HEADER_RESET };
  }
  if (!isGauge && h.zeroCount < chunk.zeroCount) return { kind: 'breaks', header: HEADER_RESET };
  const positive = joinBuckets({ spans: layout.positiveSpans, counts: chunk.positive }, h.positive, isGauge);
  const negative = joinBuckets({ spans: layout.negativeSpans, counts: chunk.negative }, h.negative, isGauge);
  if (positive === null || negative === null) return { kind: 'breaks', header: HEADER_RESET };
  const isSame = positive.buckets === h.positive && negative.buckets === h.negative;
  const histogram = isSame ? h : { ...h, positive: positive.buckets, negative: negative.buckets };
  return { kind: 'goes-on', histogram, wider: positive.wider || negative.wider };
}

/** The header of a chunk that begins with `h` because the one before, of the same kind, was full. */
export function headerAfter(before: HistogramEncoder, h: NativeHistogram): number {
  if (h.counterReset === 'gauge') return HEADER_GAUGE;
  if (h.counterReset === 'reset') return HEADER_RESET;
  if (before.header === HEADER_GAUGE) return HEADER_NOT_RESET;
  const next = continuationOf(before, h);
  if (next.kind === 'goes-on') return HEADER_NOT_RESET;
  return next.header === HEADER_UNKNOWN && !before.isInteger ? HEADER_NOT_RESET : next.header;
}

/** Gives histograms that all have the same buckets those of `to`, which has all that they have. */
export class Widener {
  readonly #positive: BucketMove;
  readonly #negative: BucketMove;

  constructor(from: HistogramLayout, to: NativeHistogram) {
    this.#positive = new BucketMove(from.positiveSpans, to.positive.spans);
    this.#negative = new BucketMove(from.negativeSpans, to.negative.spans);
  }

  widened(h: NativeHistogram): NativeHistogram {
    if (h.stale) return h;
    return { ...h, positive: this.#positive.moved(h.positive), negative: this.#negative.moved(h.negative) };
  }
}

/** From the buckets of one list of spans to those of another, which has all of them. */
class BucketMove {
  readonly #spans: Int32Array;
  readonly #length: number;
  /** Where each bucket goes; null: nowhere else. */
  readonly #places: Uint32Array | null;

  constructor(from: Int32Array, to: Int32Array) {
    this.#spans = to;
    const old = indexesOf(from);
    const all = indexesOf(to);
    this.#length = all.length;
    this.#places = old.length === all.length ? null : new Uint32Array(old.length);
    for (let i = 0, k = 0; this.#places !== null && i < old.length; k++) if (all[k] === old[i]) this.#places[i++] = k;
  }

  moved({ counts }: HistogramBuckets): HistogramBuckets {
    const places = this.#places;
    if (places === null) return { spans: this.#spans, counts };
    const wider = new Float64Array(this.#length);
    for (let i = 0; i < counts.length; i++) wider[places[i]!] = counts[i]!;
    return { spans: this.#spans, counts: wider };
  }
}

interface Joined {
  /** `next`, or the same with empty buckets added. */
  readonly buckets: HistogramBuckets;
  /** It has buckets that `before` has not. */
  readonly wider: boolean;
}

/** Null when a bucket of a counter has fewer observations than before, or is gone. */
function joinBuckets(before: HistogramBuckets, next: HistogramBuckets, isGauge: boolean): Joined | null {
  if (sameNumbers(before.spans, next.spans)) {
    return isGauge || noneFell(before.counts, next.counts) ? { buckets: next, wider: false } : null;
  }
  const a = indexesOf(before.spans);
  const b = indexesOf(next.spans);
  const all: number[] = [];
  let onlyBefore = 0;
  let onlyNext = 0;
  for (let i = 0, k = 0; i < a.length || k < b.length; ) {
    const left = i < a.length ? a[i]! : Number.POSITIVE_INFINITY;
    const right = k < b.length ? b[k]! : Number.POSITIVE_INFINITY;
    if (!isGauge && left <= right && before.counts[i]! > (left === right ? next.counts[k]! : 0)) return null;
    all.push(Math.min(left, right));
    if (left < right) onlyBefore++;
    if (right < left) onlyNext++;
    if (left <= right) i++;
    if (right <= left) k++;
  }
  const wider = onlyNext > 0;
  if (onlyBefore === 0) return { buckets: wider ? next : { spans: before.spans, counts: next.counts }, wider };
  const move = new BucketMove(next.spans, wider || isGauge ? spansOf(all) : before.spans);
  return { buckets: move.moved(next), wider };
}

function noneFell(before: Float64Array, next: Float64Array): boolean {
  for (let i = 0; i < before.length; i++) if (before[i]! > next[i]!) return false;
  return true;
}

/** Indexes of all buckets, ascending. */
function indexesOf(spans: Int32Array): number[] {
  const indexes: number[] = [];
  let next = 0;
  for (let s = 0; s < spans.length; s += 2) {
    next += spans[s]!;
    for (let k = 0; k < spans[s + 1]!; k++) indexes.push(next++);
  }
  return indexes;
}

function spansOf(indexes: readonly number[]): Int32Array {
  const spans: number[] = [];
  let next = 0;
  for (const index of indexes) {
    if (spans.length > 0 && index === next) spans[spans.length - 1]!++;
    else spans.push(index - next, 1);
    next = index + 1;
  }
  return Int32Array.from(spans);
}
