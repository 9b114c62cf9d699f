/**
 * Run by hand: `node --import ./src-main/launch/with-kernels.ts src-main/kernels/xor-chunk.bench.ts`. CPU nanoseconds a
 * sample, over 20,000 series as scraped: the plain version and the compiled one in turns, medians.
 */
import { SampleColumns } from '../model/sample-columns.ts';
import { RESERVED_BYTES, RunAppender } from './run-appender.ts';
import { SharedMemory } from './shared-memory.ts';
import {
  appendRunPlain,
  decodeXorPlain,
  F_CUT_TIME,
  F_LAST_TIME,
  openChunk,
  STATE_BYTES,
  U_ASK_COUNT,
  U_BITS,
  U_COUNT,
  U_LIMIT_BITS,
} from './xor-chunk.ts';
import { decodeXor, isDecoderCompiled } from './xor-decoder.ts';

const SERIES = 20_000;
const SAMPLES = 120;
const CHUNK_BYTES = 1280;
const CHUNKS = RESERVED_BYTES + SERIES * STATE_BYTES;
const ROUNDS = 7;

function cpuNs(action: () => void): number {
  const before = process.cpuUsage();
  action();
  const used = process.cpuUsage(before);
  return (used.user + used.system) * 1000;
}

function prepare(memory: SharedMemory): Uint32Array {
  const states = new Uint32Array(SERIES);
  for (let s = 0; s < SERIES; s++) {
    const state = RESERVED_BYTES + s * STATE_BYTES;
    states[s] = state;
    openChunk(memory, state, CHUNKS + s * CHUNK_BYTES);
    memory.f64[state / 8 + F_CUT_TIME] = Number.POSITIVE_INFINITY;
    memory.f64[state / 8 + F_LAST_TIME] = Number.NEGATIVE_INFINITY;
    memory.u32[state / 4 + U_ASK_COUNT] = 1 << 16;
    memory.u32[state / 4 + U_LIMIT_BITS] = (CHUNK_BYTES - 32) * 8;
  }
  return states;
}

/** All samples into new chunks; CPU nanoseconds. */
function appendAll(memory: SharedMemory, states: Uint32Array, isCompiled: boolean): number {
  const appender = new RunAppender(memory);
  const times = new Float64Array(SERIES);
  const values = new Float64Array(SERIES);
  const run = { states, times, halves: new Uint32Array(values.buffer) };
  let ns = 0;
  for (let k = 0; k < SAMPLES; k++) {
    for (let s = 0; s < SERIES; s++) {
      times[s] = 1_700_000_000_000 + k * 15_000 + (s % 3 === 0 ? (k * 7) % 5 : 0);
      values[s] = s % 4 === 0 ? s : s % 4 === 1 ? k * (s % 17) : s % 4 === 2 ? k * 0.1 * s : values[s]! + (k & 1);
    }
    ns += cpuNs(() => {
      if (isCompiled) appender.append(run, 0, SERIES, () => false);
      else appendRunPlain(memory, run, 0, SERIES);
    });
  }
  return ns;
}

function decodeAll(memory: SharedMemory, bytes: Uint8Array, states: Uint32Array, decode: typeof decodeXor): number {
  const into = new SampleColumns(SAMPLES);
  return cpuNs(() => {
    for (let s = 0; s < SERIES; s++) {
      into.clear();
      const start = CHUNKS + s * CHUNK_BYTES;
      const end = start + ((memory.u32[states[s]! / 4 + U_BITS]! + 7) >>> 3);
      decode({ bytes, start, end, count: memory.u32[states[s]! / 4 + U_COUNT]! }, 0, Number.MAX_VALUE, into);
    }
  });
}

const results = new Map<string, number[]>();
function note(name: string, ns: number): void {
  const all = results.get(name) ?? [];
  all.push(ns / SERIES / SAMPLES);
  results.set(name, all);
}

if (!isDecoderCompiled()) throw new Error('no compiled kernels: run with --import ./src-main/launch/with-kernels.ts');
for (let round = 0; round < ROUNDS; round++) {
  for (const isCompiled of [false, true]) {
    const memory = new SharedMemory(Math.ceil((CHUNKS + SERIES * CHUNK_BYTES) / 65_536) + 1, 32_768);
    const states = prepare(memory);
    const version = isCompiled ? 'compiled' : 'plain';
    const decode = isCompiled ? decodeXor : decodeXorPlain;
    note(`append, ${version}`, appendAll(memory, states, isCompiled));
    note(`decode from the head, ${version}`, decodeAll(memory, memory.u8, states, decode));
    note(`decode from a block, ${version}`, decodeAll(memory, Buffer.from(memory.u8), states, decode));
  }
}
for (const [name, all] of results) {
  all.sort((a, b) => a - b);
  process.stdout.write(`${name}: ${all[ROUNDS >> 1]!.toFixed(1)} ns a sample, least ${all[0]!.toFixed(1)}\n`);
}
