import { CorruptChunkError } from '../../kernels/xor-chunk.ts';
import { decodeXor } from '../../kernels/xor-decoder.ts';
import type { SampleColumns } from '../../model/sample-columns.ts';
import {
  ENCODING_FLOAT_HISTOGRAM,
  ENCODING_FLOAT_HISTOGRAM_ST,
  ENCODING_HISTOGRAM,
  ENCODING_HISTOGRAM_ST,
  ENCODING_XOR,
  ENCODING_XOR2,
  type EncodedChunk,
} from './encoding.ts';
import { decodeHistograms } from './histogram-decoder.ts';
import { decodeXor2 } from './xor2-decoder.ts';

/**
 * Appends the samples of a chunk of any kind with minT <= t <= maxT to `into`; returns how many. Throws
 * CorruptChunkError.
 */
export function decodeChunk(chunk: EncodedChunk, minT: number, maxT: number, into: SampleColumns): number {
  const before = into.length;
  const found = decode(chunk, minT, maxT, into);
  if (into.histograms !== null && isOfFloats(chunk.encoding)) noHistograms(into.histograms, before, into.length);
  if (into.startTimes !== null && !hasStartTimes(chunk.encoding)) into.startTimes.fill(0, before, into.length);
  return found;
}

function decode(chunk: EncodedChunk, minT: number, maxT: number, into: SampleColumns): number {
  switch (chunk.encoding) {
    case ENCODING_XOR:
      return decodeXor(chunk, minT, maxT, into);
    case ENCODING_HISTOGRAM:
    case ENCODING_FLOAT_HISTOGRAM:
    case ENCODING_HISTOGRAM_ST:
    case ENCODING_FLOAT_HISTOGRAM_ST:
      return decodeHistograms(chunk, minT, maxT, into);
    case ENCODING_XOR2:
      return decodeXor2(chunk, minT, maxT, into);
    default:
      throw new CorruptChunkError(`chunk encoding ${chunk.encoding} is not known`);
  }
}

/** How many samples a chunk's first two bytes count. */
export function sampleCountOf(encoding: number, bytes: Uint8Array, start: number): number {
  const count = (bytes[start]! << 8) | bytes[start + 1]!;
  const isShared = encoding === ENCODING_HISTOGRAM_ST || encoding === ENCODING_FLOAT_HISTOGRAM_ST;
  return isShared ? count & 0x3fff : count;
}

export function isOfFloats(encoding: number): boolean {
  return encoding === ENCODING_XOR || encoding === ENCODING_XOR2;
}

function hasStartTimes(encoding: number): boolean {
  return encoding >= ENCODING_XOR2;
}

function noHistograms(histograms: unknown[], from: number, to: number): void {
  for (let i = from; i < to; i++) histograms[i] = undefined;
}
