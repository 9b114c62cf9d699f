/** Bodies of the write-ahead log's records (tsdb/record/record.go). */
import type { Labels } from '../../model/labels.ts';
import { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { CorruptionError } from '../errors.ts';

export const RECORD_SERIES = 1;
export const RECORD_SAMPLES = 2;
export const RECORD_TOMBSTONES = 3;
export const RECORD_EXEMPLARS = 4;
/** In the write-behind log only. */
export const RECORD_MARKERS = 5;
export const RECORD_METADATA = 6;
/** With start times, which are passed over; 12 and 13 are histograms like it. */
export const RECORD_SAMPLES_V2 = 11;

const TWO_32 = 4294967296;

/** Samples by column; values as halves (low, high). */
export interface SampleColumnsOfRecord {
  refs: Float64Array;
  times: Float64Array;
  halves: Uint32Array;
  length: number;
  reserve(extra: number): void;
}

export function encodeSeriesStart(out: ByteWriter): void {
  out.clear();
  out.u8(RECORD_SERIES);
}

export function encodeSeries(out: ByteWriter, ref: number, labels: Labels): void {
  out.i64(ref);
  out.uvarint(labels.length / 2);
  for (const text of labels) out.string(text);
}

export function decodeSeries(record: Buffer, onSeries: (ref: number, labels: Labels) => void): void {
  const reader = new ByteReader(record, 1);
  while (reader.left > 0) {
    const ref = reader.u64();
    const count = reader.uvarint();
    if (count * 2 > reader.left) throw new CorruptionError('a series record names more labels than it holds');
    const labels: string[] = [];
    for (let i = 0; i < 2 * count; i++) labels.push(reader.string());
    onSeries(ref, labels);
  }
}

/** Samples `from`..`to` of the columns as one record. */
export function encodeSamples(out: ByteWriter, samples: SampleColumnsOfRecord, from = 0, to = samples.length): void {
  const { refs, times, halves } = samples;
  out.clear();
  out.u8(RECORD_SAMPLES);
  if (from === to) return;
  const firstRef = refs[from]!;
  const firstTime = times[from]!;
  out.i64(firstRef);
  out.i64(firstTime);
  out.reserve((to - from) * 28);
  const { bytes } = out;
  let at = out.length;
  for (let i = from; i < to; i++) {
    at = putVarint(bytes, at, refs[i]! - firstRef);
    at = putVarint(bytes, at, times[i]! - firstTime);
    const low = halves[2 * i]!;
    const high = halves[2 * i + 1]!;
    bytes[at] = high >>> 24;
    bytes[at + 1] = high >>> 16;
    bytes[at + 2] = high >>> 8;
    bytes[at + 3] = high;
    bytes[at + 4] = low >>> 24;
    bytes[at + 5] = low >>> 16;
    bytes[at + 6] = low >>> 8;
    bytes[at + 7] = low;
    at += 8;
  }
  out.length = at;
}

function putVarint(bytes: Buffer, from: number, value: number): number {
  let at = from;
  let rest = value >= 0 ? 2 * value : -2 * value - 1;
  while (rest >= TWO_32) {
    bytes[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 128) {
    bytes[at++] = (rest & 127) | 128;
    rest = rest >>> 7;
  }
  bytes[at++] = rest;
  return at;
}

/** Adds the record's samples to `into`. */
export function decodeSamples(record: Buffer, into: SampleColumnsOfRecord): void {
  if (record.length === 1) return;
  const reader = new ByteReader(record, 1);
  const firstRef = reader.u64();
  const firstTime = reader.i64();
  into.reserve(Math.ceil(reader.left / 10));
  const { refs, times, halves } = into;
  const { bytes, end } = reader;
  let n = into.length;
  while (reader.left > 0) {
    refs[n] = firstRef + smallVarint(reader);
    times[n] = firstTime + smallVarint(reader);
    const at = reader.at;
    if (at + 8 > end) throw new CorruptionError('a samples record ends within a sample');
    halves[2 * n + 1] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    halves[2 * n] = (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!;
    reader.at = at + 8;
    n++;
  }
  into.length = n;
}

/** Adds the samples of a record of version 2 to `into`. */
export function decodeSamplesV2(record: Buffer, into: SampleColumnsOfRecord): void {
  const reader = new ByteReader(record, 1);
  into.reserve(Math.ceil(reader.left / 11));
  const { refs, times, halves } = into;
  const first = into.length;
  let n = first;
  let ref = 0;
  while (reader.left > 0) {
    ref += reader.varint();
    const timeMs = reader.varint();
    refs[n] = ref;
    times[n] = n === first ? timeMs : times[first]! + timeMs;
    if (n === first) reader.varint();
    else skipStartTime(reader);
    halves[2 * n + 1] = reader.u32();
    halves[2 * n] = reader.u32();
    n++;
  }
  into.length = n;
}

/** Of records of version 2: a byte, and where that is 2 a number. */
export function skipStartTime(reader: ByteReader): void {
  if (reader.u8() === 2) reader.varint();
}

/** A varint that is mostly of one, two or three bytes. */
function smallVarint(reader: ByteReader): number {
  const { bytes, at } = reader;
  if (at + 3 > reader.end) return reader.varint();
  let raw = bytes[at]!;
  if (raw < 128) {
    reader.at = at + 1;
  } else {
    raw = (raw & 127) | (bytes[at + 1]! << 7);
    if (raw < 16384) {
      reader.at = at + 2;
    } else {
      raw = (raw & 16383) | (bytes[at + 2]! << 14);
      if (raw >= 2097152) return reader.varint();
      reader.at = at + 3;
    }
  }
  return (raw >>> 1) ^ -(raw & 1);
}

export interface Tombstone {
  readonly ref: number;
  /** Both ends included. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

export function encodeTombstones(out: ByteWriter, stones: readonly Tombstone[]): void {
  out.clear();
  out.u8(RECORD_TOMBSTONES);
  for (const { ref, minTimeMs, maxTimeMs } of stones) {
    out.i64(ref);
    out.varint(minTimeMs);
    out.varint(maxTimeMs);
  }
}

export function decodeTombstones(record: Buffer): Tombstone[] {
  const reader = new ByteReader(record, 1);
  const stones: Tombstone[] = [];
  while (reader.left > 0) {
    stones.push({ ref: reader.u64(), minTimeMs: reader.varint(), maxTimeMs: reader.varint() });
  }
  return stones;
}
