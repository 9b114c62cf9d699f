/** What all histograms of one chunk have in common (tsdb/chunkenc/histogram_meta.go). */
import { CorruptChunkError } from '../../kernels/xor-chunk.ts';
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../../model/native-histogram.ts';
import type { BitReader } from './bit-reader.ts';
import type { BitWriter } from './bit-writer.ts';

const RAW_THRESHOLD = 255;
/** Custom bounds up to this many thousandths are written as whole ones. */
const MAX_THOUSANDTHS = 33_554_430;

export interface HistogramLayout {
  readonly schema: number;
  readonly zeroThreshold: number;
  /** Offset, length, offset, length ... */
  readonly positiveSpans: Int32Array;
  readonly negativeSpans: Int32Array;
  readonly customValues: Float64Array;
}

export function layoutOf(h: NativeHistogram): HistogramLayout {
  const { schema, zeroThreshold, customValues } = h;
  return { schema, zeroThreshold, customValues, positiveSpans: h.positive.spans, negativeSpans: h.negative.spans };
}

/** Room for a layout, at most. */
export function layoutBits(layout: HistogramLayout): number {
  return 256 + 80 * (layout.positiveSpans.length + layout.negativeSpans.length + layout.customValues.length);
}

export function writeLayout(out: BitWriter, layout: HistogramLayout): void {
  writeZeroThreshold(out, layout.zeroThreshold);
  out.varbitInt(layout.schema);
  writeSpans(out, layout.positiveSpans);
  writeSpans(out, layout.negativeSpans);
  if (layout.schema !== CUSTOM_BUCKETS_SCHEMA) return;
  out.varbitUint(layout.customValues.length);
  for (const bound of layout.customValues) writeBound(out, bound);
}

/** Throws CorruptChunkError. */
export function readLayout(reader: BitReader): HistogramLayout {
  const zeroThreshold = readZeroThreshold(reader);
  const schema = reader.varbitInt();
  if (schema !== CUSTOM_BUCKETS_SCHEMA && (schema < -4 || schema > 52)) {
    throw new CorruptChunkError(`histogram schema ${schema} is not known`);
  }
  const positiveSpans = readSpans(reader);
  const negativeSpans = readSpans(reader);
  const customValues = new Float64Array(schema === CUSTOM_BUCKETS_SCHEMA ? readCount(reader) : 0);
  for (let i = 0; i < customValues.length; i++) customValues[i] = readBound(reader);
  reader.check();
  return { schema, zeroThreshold, positiveSpans, negativeSpans, customValues };
}

export function bucketCount(spans: Int32Array): number {
  let count = 0;
  for (let i = 1; i < spans.length; i += 2) count += spans[i]!;
  return count;
}

function writeSpans(out: BitWriter, spans: Int32Array): void {
  out.varbitUint(spans.length / 2);
  for (let i = 0; i < spans.length; i += 2) {
    out.varbitUint(spans[i + 1]! >>> 0);
    out.varbitInt(spans[i]!);
  }
}

function readSpans(reader: BitReader): Int32Array {
  const spans = new Int32Array(2 * readCount(reader));
  let buckets = 0;
  for (let i = 0; i < spans.length; i += 2) {
    const length = reader.varbitUint();
    buckets += length;
    if (buckets > reader.bitsLeft) throw new CorruptChunkError('a chunk has more buckets than it holds');
    spans[i + 1] = length;
    spans[i] = reader.varbitInt();
  }
  return spans;
}

/** A count of things that take a bit at least. */
function readCount(reader: BitReader): number {
  const count = reader.varbitUint();
  if (count > reader.bitsLeft) throw new CorruptChunkError('a chunk counts more than it holds');
  return count;
}

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

/** Powers of two from 2^-243 to 2^10 take a byte, 0 too. */
function writeZeroThreshold(out: BitWriter, threshold: number): void {
  double[0] = threshold;
  const high = halves[1]!;
  const exponent = (high >>> 20) - 1022;
  if (threshold === 0) {
    out.bits(0, 8);
  } else if (halves[0] === 0 && (high & 0xfffff) === 0 && exponent >= -242 && exponent <= 11) {
    out.bits(exponent + 243, 8);
  } else {
    out.bits(RAW_THRESHOLD, 8);
    writeDouble(out, threshold);
  }
}

function readZeroThreshold(reader: BitReader): number {
  const byte = reader.bits(8);
  if (byte === 0) return 0;
  return byte === RAW_THRESHOLD ? readDouble(reader) : 2 ** (byte - 244);
}

function writeBound(out: BitWriter, bound: number): void {
  const thousandths = bound * 1000;
  if (thousandths >= 0 && thousandths <= MAX_THOUSANDTHS && Math.round(thousandths) / 1000 === bound) {
    out.varbitUint(Math.round(thousandths) + 1);
  } else {
    out.bits(0, 1);
    writeDouble(out, bound);
  }
}

function readBound(reader: BitReader): number {
  const thousandths = reader.varbitUint();
  return thousandths === 0 ? readDouble(reader) : (thousandths - 1) / 1000;
}

function writeDouble(out: BitWriter, value: number): void {
  double[0] = value;
  out.halves(halves[0]!, halves[1]!);
}

function readDouble(reader: BitReader): number {
  reader.double();
  halves[0] = reader.low;
  halves[1] = reader.high;
  return double[0]!;
}
