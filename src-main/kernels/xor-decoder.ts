/** Decoding of XOR chunks, in WebAssembly where there is any. */
import type { SampleColumns } from '../model/sample-columns.ts';
import { instantiateKernel } from './wasm-module.ts';
import { type ChunkBytes, CorruptChunkError, decodeXorPlain } from './xor-chunk.ts';

/** As assembly/decode-xor.ts lays out its memory. */
const INPUT_BYTES = 16_384;
const SPARE_BYTES = 64;
const MAX_SAMPLES = 2048;
/** Copying in and out costs more than a few samples gain. */
const MIN_SAMPLES = 16;

interface DecoderExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  decode(bytes: number, count: number, minT: number, maxT: number): number;
}

interface Decoder {
  readonly decode: DecoderExports['decode'];
  readonly input: Uint8Array;
  /** Views of the first n times and values by n, kept: to make one costs as much as to decode. */
  readonly views: (Found | undefined)[];
}

interface Found {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Of this thread; undefined until the first chunk is read. */
let decoder: Decoder | null | undefined;

/**
 * Appends the samples with minT <= t <= maxT to `into`; returns how many. Stops early beyond maxT. Throws
 * CorruptChunkError when the bytes end before the samples do.
 */
export function decodeXor(chunk: ChunkBytes, minT: number, maxT: number, into: SampleColumns): number {
  const { bytes, start, end, count } = chunk;
  const size = end - start;
  if (decoder === undefined) decoder = makeDecoder();
  if (decoder === null || count < MIN_SAMPLES || count > MAX_SAMPLES || size > INPUT_BYTES - SPARE_BYTES) {
    return decodeXorPlain(chunk, minT, maxT, into);
  }
  decoder.input.set(bytes.subarray(start, end));
  const found = decoder.decode(size, count, minT, maxT);
  if (found < 0) {
    throw new CorruptChunkError(
      found === -1 ? 'chunk ends before its samples do' : 'impossible value width in a chunk',
    );
  }
  into.reserve(found);
  const { times, values } = decoder.views[found] ?? viewOf(decoder, found);
  into.times.set(times, into.length);
  into.values.set(values, into.length); // between arrays of one type bits are copied as they are
  into.length += found;
  return found;
}

/** Whether chunks are decoded by WebAssembly on this thread. */
export function isDecoderCompiled(): boolean {
  if (decoder === undefined) decoder = makeDecoder();
  return decoder !== null;
}

function makeDecoder(): Decoder | null {
  const exports = instantiateKernel('decodeXor', null);
  if (!isDecoderExports(exports)) return null;
  const input = new Uint8Array(exports.memory.buffer, 0, INPUT_BYTES);
  return { decode: exports.decode, input, views: [] };
}

function viewOf({ input, views }: Decoder, found: number): Found {
  while (views.length < found) views.push(undefined);
  const view = {
    times: new Float64Array(input.buffer, INPUT_BYTES, found),
    values: new Float64Array(input.buffer, INPUT_BYTES + 8 * MAX_SAMPLES, found),
  };
  views[found] = view;
  return view;
}

function isDecoderExports(exports: unknown): exports is DecoderExports {
  return typeof exports === 'object' && exports !== null && 'decode' in exports && 'memory' in exports;
}
