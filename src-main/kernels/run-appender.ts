/** Appending to XOR chunks, in WebAssembly where there is any. */
import type { SharedMemory } from './shared-memory.ts';
import { instantiateKernel } from './wasm-module.ts';
import { appendRunPlain, type SampleRun } from './xor-chunk.ts';

/** As assembly/append-run.ts lays out the beginning of the memory. */
const PIECE = 2048;
const STATES_AT = 64;
const TIMES_AT = STATES_AT + 4 * PIECE;
const HALVES_AT = TIMES_AT + 8 * PIECE;
/** The first bytes of a memory that is appended in are the kernel's. */
export const RESERVED_BYTES = HALVES_AT + 8 * PIECE;
/** Copying in costs more than a few samples gain. */
const MIN_SAMPLES = 16;

interface AppenderExports {
  append(from: number, to: number): number;
}

/**
 * Told of the sample at `index`, which its owner must decide about (see appendRunPlain): answers true when it has made
 * room for it, false when it is to be left out.
 */
export type MakeRoom = (index: number) => boolean;

/** Appends runs of samples to the open chunks of one memory. */
export class RunAppender {
  readonly #memory: SharedMemory;
  /** Undefined until the first long run. */
  #kernel: AppenderExports | null | undefined;

  constructor(memory: SharedMemory) {
    this.#memory = memory;
  }

  /** Appends samples `from`..`to` of the run; returns how many. */
  append(run: SampleRun, from: number, to: number, makeRoom: MakeRoom): number {
    if (to - from >= MIN_SAMPLES && this.#kernel === undefined) this.#kernel = makeKernel(this.#memory);
    const kernel = this.#kernel;
    if (to - from < MIN_SAMPLES || kernel === null || kernel === undefined) {
      return appendAll(from, to, makeRoom, (at) => appendRunPlain(this.#memory, run, at, to));
    }
    let appended = 0;
    for (let piece = from; piece < to; piece += PIECE) {
      const length = Math.min(PIECE, to - piece);
      this.#stage(run, piece, length);
      const decide: MakeRoom = (at) => makeRoom(piece + at);
      appended += appendAll(0, length, decide, (at) => kernel.append(at, length));
    }
    return appended;
  }

  /** Whether long runs are appended by WebAssembly. */
  get isCompiled(): boolean {
    if (this.#kernel === undefined) this.#kernel = makeKernel(this.#memory);
    return this.#kernel !== null;
  }

  #stage(run: SampleRun, from: number, length: number): void {
    const { u32, f64 } = this.#memory;
    u32.set(run.states.subarray(from, from + length), STATES_AT >>> 2);
    f64.set(run.times.subarray(from, from + length), TIMES_AT >>> 3);
    u32.set(run.halves.subarray(2 * from, 2 * (from + length)), HALVES_AT >>> 2);
  }
}

function appendAll(from: number, to: number, makeRoom: MakeRoom, append: (from: number) => number): number {
  let appended = 0;
  for (let at = from; at < to; ) {
    const stopped = append(at);
    appended += stopped - at;
    at = stopped;
    if (at < to && !makeRoom(at)) at++;
  }
  return appended;
}

function makeKernel(memory: SharedMemory): AppenderExports | null {
  const exports = instantiateKernel('appendRun', memory.memory);
  return isAppenderExports(exports) ? exports : null;
}

function isAppenderExports(exports: unknown): exports is AppenderExports {
  return typeof exports === 'object' && exports !== null && 'append' in exports;
}
