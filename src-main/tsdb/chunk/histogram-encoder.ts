/**
 * Histogram chunks, of integers (encoding 2) and floats (encoding 3): tsdb/chunkenc/histogram.go, float_histogram.go.
 * The layout is drawn in tsdb/README.md.
 */
import type { CounterReset, HistogramBuckets, NativeHistogram } from '../../model/native-histogram.ts';
import { NO_BUCKETS } from '../../model/native-histogram.ts';
import { STALE_NAN_HIGH, STALE_NAN_LOW } from '../../model/staleness.ts';
import { type BitWriter, NO_WINDOW } from './bit-writer.ts';
import { type HistogramLayout, layoutBits, layoutOf, writeLayout } from './histogram-layout.ts';

/** The two highest bits of a chunk's third byte: how its first histogram relates to the chunk before. */
export const HEADER_UNKNOWN = 0b00;
export const HEADER_NOT_RESET = 0b01;
export const HEADER_RESET = 0b10;
export const HEADER_GAUGE = 0b11;
export const HEADER_BITS = 24;

/** Go's NaN: what Prometheus stores for a NaN that is no staleness marker. */
const NAN_HIGH = 0x7ff80000;
const NAN_LOW = 1;
/** A number takes at most 8 + 64 bits as a varbit, 2 + 5 + 6 + 64 as a XOR. */
const NUMBER_BITS = 77;
const NO_NUMBERS = new Float64Array(0);

/** A stale histogram is stored without anything but its sum. */
const STALE_BUCKETS: HistogramBuckets = NO_BUCKETS;

/** What a chunk whose first histogram has this hint begins with, when nothing is known of the one before. */
export function headerOf(hint: CounterReset): number {
  return hint === 'gauge' ? HEADER_GAUGE : hint === 'reset' ? HEADER_RESET : HEADER_UNKNOWN;
}

const double = new Float64Array(1);
const doubleHalves = new Uint32Array(double.buffer);

function setDouble(value: number): void {
  if (Number.isNaN(value)) {
    doubleHalves[0] = NAN_LOW;
    doubleHalves[1] = NAN_HIGH;
  } else {
    double[0] = value;
  }
}

/** The encoder of one chunk: knows what its last histogram was, not where its bytes are. */
export class HistogramEncoder {
  readonly isInteger: boolean;
  /** Of the chunk; that of a stale first histogram is empty. */
  layout: HistogramLayout;
  readonly header: number;
  count = 0;
  isStale = false;
  /** Of the last histogram; 0 and empty when it was stale. */
  observations = 0;
  zeroCount = 0;
  positive: Float64Array = NO_NUMBERS;
  negative: Float64Array = NO_NUMBERS;
  #time = 0;
  #timeDelta = 0;
  #countDelta = 0;
  #zeroDelta = 0;
  /** Change of each delta between neighbouring buckets, of integers. */
  #positiveDeltas = NO_NUMBERS;
  #negativeDeltas = NO_NUMBERS;
  #sumLow = 0;
  #sumHigh = 0;
  /** Of the sum, the count, the zero bucket, and the buckets of floats. */
  #windows = new Uint16Array(0);

  /** `first` will be the first histogram appended. */
  constructor(first: NativeHistogram, header: number) {
    this.isInteger = first.integer;
    this.header = header;
    this.layout = first.stale ? EMPTY_LAYOUT : layoutOf(first);
  }

  /** The caller has made sure that the histogram has the chunk's layout, or is stale. */
  append(out: BitWriter, timeMs: number, h: NativeHistogram): void {
    const positive = h.stale ? STALE_BUCKETS.counts : h.positive.counts;
    const negative = h.stale ? STALE_BUCKETS.counts : h.negative.counts;
    out.reserve((5 + positive.length + negative.length) * NUMBER_BITS);
    if (this.count === 0) this.#begin(out, timeMs, positive, negative);
    else this.#appendTime(out, timeMs);
    if (this.isInteger) this.#appendIntegers(out, h, positive, negative);
    else this.#appendFloats(out, h, positive, negative);
    this.#time = timeMs;
    this.observations = h.stale ? 0 : h.count;
    this.zeroCount = h.stale ? 0 : h.zeroCount;
    this.positive = positive;
    this.negative = negative;
    this.isStale = h.stale;
    this.count++;
  }

  #begin(out: BitWriter, timeMs: number, positive: Float64Array, negative: Float64Array): void {
    out.reserve(HEADER_BITS + layoutBits(this.layout) + (5 + positive.length + negative.length) * NUMBER_BITS);
    out.bits(0, 16);
    out.bits(this.header << 6, 8);
    writeLayout(out, this.layout);
    out.varbitInt(timeMs);
    const streams = this.isInteger ? 1 : 3 + positive.length + negative.length;
    this.#windows = new Uint16Array(streams).fill(NO_WINDOW);
    if (!this.isInteger) return;
    this.#positiveDeltas = new Float64Array(positive.length);
    this.#negativeDeltas = new Float64Array(negative.length);
  }

  #appendTime(out: BitWriter, timeMs: number): void {
    const delta = timeMs - this.#time;
    out.varbitInt(delta - this.#timeDelta);
    this.#timeDelta = delta;
  }

  #appendIntegers(out: BitWriter, h: NativeHistogram, positive: Float64Array, negative: Float64Array): void {
    if (this.count === 0) {
      out.varbitUint(h.stale ? 0 : h.count);
      out.varbitUint(h.stale ? 0 : h.zeroCount);
      this.#appendSum(out, h);
      writeFirstDeltas(out, positive);
      writeFirstDeltas(out, negative);
      return;
    }
    const countDelta = (h.stale ? 0 : h.count) - this.observations;
    const zeroDelta = (h.stale ? 0 : h.zeroCount) - this.zeroCount;
    out.varbitInt(h.stale ? 0 : countDelta - this.#countDelta);
    out.varbitInt(h.stale ? 0 : zeroDelta - this.#zeroDelta);
    this.#countDelta = countDelta;
    this.#zeroDelta = zeroDelta;
    this.#appendSum(out, h);
    writeDeltas(out, positive, this.positive, this.#positiveDeltas);
    writeDeltas(out, negative, this.negative, this.#negativeDeltas);
  }

  /** The sum's stream is the first. */
  #appendSum(out: BitWriter, h: NativeHistogram): void {
    if (h.stale) {
      doubleHalves[0] = STALE_NAN_LOW;
      doubleHalves[1] = STALE_NAN_HIGH;
    } else {
      setDouble(h.sum);
    }
    const low = doubleHalves[0]!;
    const high = doubleHalves[1]!;
    if (this.count === 0) out.halves(low, high);
    else out.xor(low ^ this.#sumLow, high ^ this.#sumHigh, this.#windows, 0);
    this.#sumLow = low;
    this.#sumHigh = high;
  }

  #appendFloats(out: BitWriter, h: NativeHistogram, positive: Float64Array, negative: Float64Array): void {
    const windows = this.#windows;
    const isFirst = this.count === 0;
    writeFloat(out, h.stale ? 0 : h.count, isFirst ? null : this.observations, windows, 1);
    writeFloat(out, h.stale ? 0 : h.zeroCount, isFirst ? null : this.zeroCount, windows, 2);
    this.#appendSum(out, h);
    for (let i = 0; i < positive.length; i++) {
      writeFloat(out, positive[i]!, isFirst ? null : this.positive[i]!, windows, 3 + i);
    }
    const from = 3 + positive.length;
    for (let i = 0; i < negative.length; i++) {
      writeFloat(out, negative[i]!, isFirst ? null : this.negative[i]!, windows, from + i);
    }
  }
}

const EMPTY_LAYOUT: HistogramLayout = {
  schema: 0,
  zeroThreshold: 0,
  positiveSpans: new Int32Array(0),
  negativeSpans: new Int32Array(0),
  customValues: NO_NUMBERS,
};

function writeFirstDeltas(out: BitWriter, counts: Float64Array): void {
  let last = 0;
  for (let i = 0; i < counts.length; i++) {
    out.varbitInt(counts[i]! - last);
    last = counts[i]!;
  }
}

/** `deltas` takes how much each difference of neighbours changed from the histogram before. */
function writeDeltas(out: BitWriter, counts: Float64Array, before: Float64Array, deltas: Float64Array): void {
  let last = 0;
  let lastBefore = 0;
  for (let i = 0; i < counts.length; i++) {
    const delta = counts[i]! - last - (before[i]! - lastBefore);
    out.varbitInt(delta - deltas[i]!);
    deltas[i] = delta;
    last = counts[i]!;
    lastBefore = before[i]!;
  }
}

function writeFloat(out: BitWriter, value: number, before: number | null, windows: Uint16Array, stream: number): void {
  setDouble(value);
  const low = doubleHalves[0]!;
  const high = doubleHalves[1]!;
  if (before === null) {
    out.halves(low, high);
    return;
  }
  setDouble(before);
  out.xor(low ^ doubleHalves[0]!, high ^ doubleHalves[1]!, windows, stream);
}
