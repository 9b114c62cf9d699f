import { RESERVED_BYTES, RunAppender } from '../../kernels/run-appender.ts';
import { PAGE_BYTES, SharedMemory } from '../../kernels/shared-memory.ts';
import {
  F_CUT_TIME,
  F_LAST_TIME,
  MAX_SAMPLE_BITS,
  openChunk,
  STATE_BYTES,
  U_ASK_COUNT,
  U_BITS,
  U_LIMIT_BITS,
} from '../../kernels/xor-chunk.ts';
import type { SampleColumns } from '../../model/sample-columns.ts';

const STATE = RESERVED_BYTES;
const CHUNK = STATE + STATE_BYTES;
const MAX_SAMPLES = 2000;

/** Encodes decoded samples anew, in memory of its own that each call overwrites. */
export class ChunkRewriter {
  readonly #memory = new SharedMemory(Math.ceil((CHUNK + (MAX_SAMPLES * MAX_SAMPLE_BITS) / 8) / PAGE_BYTES) + 1, 16);
  readonly #appender = new RunAppender(this.#memory);

  readonly #states = new Uint32Array(MAX_SAMPLES).fill(STATE);

  /** Samples `from`..`to` (at most 2000) as one chunk: bytes[start..end), valid until the next call. */
  encode(columns: SampleColumns, from: number, to: number): { bytes: Uint8Array; start: number; end: number } {
    if (to - from > MAX_SAMPLES) throw new RangeError(`${to - from} samples do not fit into one chunk`);
    const memory = this.#memory;
    memory.f64[(STATE >>> 3) + F_LAST_TIME] = Number.NEGATIVE_INFINITY;
    memory.f64[(STATE >>> 3) + F_CUT_TIME] = Number.POSITIVE_INFINITY;
    memory.u32[(STATE >>> 2) + U_ASK_COUNT] = MAX_SAMPLES;
    memory.u32[(STATE >>> 2) + U_LIMIT_BITS] = MAX_SAMPLES * MAX_SAMPLE_BITS;
    openChunk(memory, STATE, CHUNK);
    const { times, halves } = columns;
    const run = { states: this.#states, times: times.subarray(from), halves: halves.subarray(2 * from) };
    const done = this.#appender.append(run, 0, to - from, () => false);
    if (done !== to - from) throw new RangeError('samples to encode are not in order');
    memory.u8[CHUNK] = (to - from) >>> 8;
    memory.u8[CHUNK + 1] = (to - from) & 0xff;
    return { bytes: memory.u8, start: CHUNK, end: CHUNK + ((memory.u32[(STATE >>> 2) + U_BITS]! + 7) >>> 3) };
  }
}
