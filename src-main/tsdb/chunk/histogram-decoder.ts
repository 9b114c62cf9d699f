/** Reads histogram chunks, encodings 2, 3, 5 and 6; see histogram-encoder.ts for the format. */
import { CorruptChunkError } from '../../kernels/xor-chunk.ts';
import { type CounterReset, type NativeHistogram, NO_BUCKETS, STALE_HISTOGRAM } from '../../model/native-histogram.ts';
import type { SampleColumns } from '../../model/sample-columns.ts';
import { STALE_NAN_HIGH, STALE_NAN_LOW } from '../../model/staleness.ts';
import { BitReader } from './bit-reader.ts';
import { NO_WINDOW } from './bit-writer.ts';
import type { EncodedChunk } from './encoding.ts';
import { ENCODING_FLOAT_HISTOGRAM, ENCODING_HISTOGRAM, ENCODING_HISTOGRAM_ST } from './encoding.ts';
import { HEADER_GAUGE } from './histogram-encoder.ts';
import { bucketCount, type HistogramLayout, readLayout } from './histogram-layout.ts';
import { atKnownResolution } from './known-resolution.ts';
import { StartTimeReader, startTimesOf } from './start-times.ts';

const HEADER_BYTES = 3;
const MAX_BLOCK_COUNTS = 1024;
const STALE_INTEGERS: NativeHistogram = { ...STALE_HISTOGRAM, integer: true };
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

/**
 * Appends the histograms with minT <= t <= maxT to `into`; returns how many. Stops early beyond maxT. Throws
 * CorruptChunkError.
 */
export function decodeHistograms(chunk: EncodedChunk, minT: number, maxT: number, into: SampleColumns): number {
  const { bytes, start, end, count, encoding } = chunk;
  if (count === 0) return 0;
  if (end - start < HEADER_BYTES) throw new CorruptChunkError('chunk ends within its header');
  const isInteger = encoding === ENCODING_HISTOGRAM || encoding === ENCODING_HISTOGRAM_ST;
  const hasStartTimes = encoding !== ENCODING_HISTOGRAM && encoding !== ENCODING_FLOAT_HISTOGRAM;
  const header = bytes[hasStartTimes ? start : start + 2]! >>> 6;
  const reader = new BitReader(bytes, start + HEADER_BYTES, end);
  const layout = readLayout(reader);
  const decoder = isInteger ? new IntegerDecoder(reader, layout) : new FloatDecoder(reader, layout);
  const startTime = hasStartTimes ? new StartTimeReader(bytes[start + 2]!) : null;
  into.reserve(Math.min(count, reader.bitsLeft));
  const before = into.length;
  into.histograms ??= new Array<undefined>(before).fill(undefined);
  const startTimes = hasStartTimes ? startTimesOf(into) : null;
  let n = before;
  for (let i = 0; i < count; i++) {
    const beforeMs = decoder.time;
    decoder.next(i);
    startTime?.next(reader, i, beforeMs, decoder.time);
    reader.check();
    if (decoder.time > maxT) break;
    if (decoder.time < minT) continue;
    into.times[n] = decoder.time;
    into.halves[2 * n] = decoder.sumLow;
    into.halves[2 * n + 1] = decoder.sumHigh;
    into.histograms[n] = atKnownResolution(decoder.histogram(hintOf(header, i)));
    if (startTimes !== null && startTime !== null) startTimes[n] = startTime.timeMs;
    n++;
  }
  into.length = n;
  return n - before;
}

/** Only the first histogram of a chunk can come after a reset, and the chunk before it may be gone. */

/** What the header says of a chunk's first sample is not told: the chunk before it may be gone, or come later. */
function hintOf(header: number, index: number): CounterReset {
  if (header === HEADER_GAUGE) return 'gauge';
  return index > 0 ? 'not-reset' : 'unknown';
}

function isStale(low: number, high: number): boolean {
  return low === STALE_NAN_LOW && high === STALE_NAN_HIGH;
}

function toNumber(low: number, high: number): number {
  halves[0] = low;
  halves[1] = high;
  return double[0]!;
}

/** Arrays for counts out of few larger ones: to make one costs as much as to decode ten buckets. */
class CountSpace {
  #block = new Float64Array(0);
  #used = 0;

  take(length: number): Float64Array {
    if (this.#used + length > this.#block.length) {
      this.#block = new Float64Array(Math.max(length, Math.min(MAX_BLOCK_COUNTS, 16 * length)));
      this.#used = 0;
    }
    this.#used += length;
    return this.#block.subarray(this.#used - length, this.#used);
  }
}

/** State of encodings 2 and 5. */
class IntegerDecoder {
  readonly #space = new CountSpace();
  readonly #reader: BitReader;
  readonly #layout: HistogramLayout;
  time = 0;
  sumLow = 0;
  sumHigh = 0;
  #timeDelta = 0;
  #count = 0;
  #countDelta = 0;
  #zeroCount = 0;
  #zeroDelta = 0;
  readonly #window = new Uint16Array(1).fill(NO_WINDOW);
  /** Differences of neighbouring buckets, and how much each changed last. */
  readonly #positive: Float64Array;
  readonly #positiveDeltas: Float64Array;
  readonly #negative: Float64Array;
  readonly #negativeDeltas: Float64Array;

  constructor(reader: BitReader, layout: HistogramLayout) {
    this.#reader = reader;
    this.#layout = layout;
    const positive = bucketCount(layout.positiveSpans);
    const negative = bucketCount(layout.negativeSpans);
    this.#positive = new Float64Array(positive);
    this.#positiveDeltas = new Float64Array(positive);
    this.#negative = new Float64Array(negative);
    this.#negativeDeltas = new Float64Array(negative);
  }

  next(index: number): void {
    const reader = this.#reader;
    if (index === 0) {
      this.time = reader.varbitInt();
      this.#count = reader.varbitUint();
      this.#zeroCount = reader.varbitUint();
      reader.double();
      this.sumLow = reader.low;
      this.sumHigh = reader.high;
      for (let i = 0; i < this.#positive.length; i++) this.#positive[i] = reader.varbitInt();
      for (let i = 0; i < this.#negative.length; i++) this.#negative[i] = reader.varbitInt();
      return;
    }
    this.#timeDelta += reader.varbitInt();
    this.time += this.#timeDelta;
    this.#countDelta += reader.varbitInt();
    this.#count += this.#countDelta;
    this.#zeroDelta += reader.varbitInt();
    this.#zeroCount += this.#zeroDelta;
    reader.xor(this.#window, 0);
    this.sumLow ^= reader.low;
    this.sumHigh ^= reader.high;
    if (isStale(this.sumLow, this.sumHigh)) return;
    reader.addDeltas(this.#positive, this.#positiveDeltas);
    reader.addDeltas(this.#negative, this.#negativeDeltas);
  }

  histogram(counterReset: CounterReset): NativeHistogram {
    if (isStale(this.sumLow, this.sumHigh)) return STALE_INTEGERS;
    const { schema, zeroThreshold, customValues, positiveSpans, negativeSpans } = this.#layout;
    return {
      schema,
      integer: true,
      counterReset,
      zeroThreshold,
      zeroCount: this.#zeroCount,
      count: this.#count,
      sum: toNumber(this.sumLow, this.sumHigh),
      stale: false,
      positive:
        positiveSpans.length === 0 ? NO_BUCKETS : { spans: positiveSpans, counts: this.#summed(this.#positive) },
      negative:
        negativeSpans.length === 0 ? NO_BUCKETS : { spans: negativeSpans, counts: this.#summed(this.#negative) },
      customValues,
    };
  }

  #summed(differences: Float64Array): Float64Array {
    const counts = this.#space.take(differences.length);
    let count = 0;
    for (let i = 0; i < counts.length; i++) {
      count += differences[i]!;
      counts[i] = count;
    }
    return counts;
  }
}

const COUNT = 0;
const ZERO_COUNT = 1;
const SUM = 2;
const BUCKETS = 3;

/** State of encodings 3 and 6: streams of XORed doubles. */
class FloatDecoder {
  readonly #space = new CountSpace();
  readonly #reader: BitReader;
  readonly #layout: HistogramLayout;
  time = 0;
  #timeDelta = 0;
  readonly #positive: number;
  readonly #values: Float64Array;
  readonly #halves: Uint32Array;
  readonly #windows: Uint16Array;

  constructor(reader: BitReader, layout: HistogramLayout) {
    this.#reader = reader;
    this.#layout = layout;
    this.#positive = bucketCount(layout.positiveSpans);
    this.#values = new Float64Array(BUCKETS + this.#positive + bucketCount(layout.negativeSpans));
    this.#halves = new Uint32Array(this.#values.buffer);
    this.#windows = new Uint16Array(this.#values.length).fill(NO_WINDOW);
  }

  get sumLow(): number {
    return this.#halves[2 * SUM]!;
  }

  get sumHigh(): number {
    return this.#halves[2 * SUM + 1]!;
  }

  next(index: number): void {
    const reader = this.#reader;
    if (index === 0) {
      this.time = reader.varbitInt();
      for (let i = 0; i < this.#values.length; i++) this.#first(i);
      return;
    }
    this.#timeDelta += reader.varbitInt();
    this.time += this.#timeDelta;
    reader.xorAll(this.#halves, this.#windows, 0, BUCKETS);
    if (isStale(this.sumLow, this.sumHigh)) return;
    reader.xorAll(this.#halves, this.#windows, BUCKETS, this.#values.length);
  }

  #first(i: number): void {
    this.#reader.double();
    this.#halves[2 * i] = this.#reader.low;
    this.#halves[2 * i + 1] = this.#reader.high;
  }

  histogram(counterReset: CounterReset): NativeHistogram {
    if (isStale(this.sumLow, this.sumHigh)) return STALE_HISTOGRAM;
    const { schema, zeroThreshold, customValues, positiveSpans, negativeSpans } = this.#layout;
    const values = this.#values;
    const middle = BUCKETS + this.#positive;
    return {
      schema,
      integer: false,
      counterReset,
      zeroThreshold,
      zeroCount: values[ZERO_COUNT]!,
      count: values[COUNT]!,
      sum: values[SUM]!,
      stale: false,
      positive:
        positiveSpans.length === 0 ? NO_BUCKETS : { spans: positiveSpans, counts: this.#copied(BUCKETS, middle) },
      negative:
        negativeSpans.length === 0 ? NO_BUCKETS : { spans: negativeSpans, counts: this.#copied(middle, values.length) },
      customValues,
    };
  }

  #copied(from: number, to: number): Float64Array {
    const counts = this.#space.take(to - from);
    for (let i = from; i < to; i++) counts[i - from] = this.#values[i]!;
    return counts;
  }
}
