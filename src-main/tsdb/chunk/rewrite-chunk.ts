import { SharedMemory } from '../../kernels/shared-memory.ts';
import { appendSample, F_LAST_TIME, MAX_SAMPLE_BITS, openChunk, STATE_BYTES, U_BITS } from '../../kernels/xor-chunk.ts';
import type { SampleColumns } from '../../model/sample-columns.ts';

const STATE = STATE_BYTES;
const CHUNK = 2 * STATE_BYTES;
const MAX_SAMPLES = 2000;

/** Encodes decoded samples anew, in memory of its own that each call overwrites. */
export class ChunkRewriter {
  readonly #memory = new SharedMemory(Math.ceil((MAX_SAMPLES * MAX_SAMPLE_BITS) / 8 / 65_536) + 1, 16);

  /** Samples `from`..`to` (at most 2000) as one chunk: bytes[start..end), valid until the next call. */
  encode(columns: SampleColumns, from: number, to: number): { bytes: Uint8Array; start: number; end: number } {
    if (to - from > MAX_SAMPLES) throw new RangeError(`${to - from} samples do not fit into one chunk`);
    const memory = this.#memory;
    memory.f64[(STATE >>> 3) + F_LAST_TIME] = Number.NEGATIVE_INFINITY;
    openChunk(memory, STATE, CHUNK);
    const { times, halves } = columns;
    for (let i = from; i < to; i++) {
      appendSample(memory, STATE, times[i]!, halves[2 * i]!, halves[2 * i + 1]!);
    }
    memory.u8[CHUNK] = (to - from) >>> 8;
    memory.u8[CHUNK + 1] = (to - from) & 0xff;
    return { bytes: memory.u8, start: CHUNK, end: CHUNK + ((memory.u32[(STATE >>> 2) + U_BITS]! + 7) >>> 3) };
  }
}
