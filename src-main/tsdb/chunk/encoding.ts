import type { ChunkBytes } from '../../kernels/xor-chunk.ts';

/** The kinds of chunks (tsdb/chunkenc/chunk.go). Only 1 to 3 are written. */
export const ENCODING_XOR = 1;
export const ENCODING_HISTOGRAM = 2;
export const ENCODING_FLOAT_HISTOGRAM = 3;
export const ENCODING_XOR2 = 4;
export const ENCODING_HISTOGRAM_ST = 5;
export const ENCODING_FLOAT_HISTOGRAM_ST = 6;

export interface EncodedChunk extends ChunkBytes {
  readonly encoding: number;
}
