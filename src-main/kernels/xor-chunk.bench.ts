/** Run by hand: `node src-main/kernels/xor-chunk.bench.ts`. CPU nanoseconds a sample, over 20,000 series as scraped. */
import { SampleColumns } from '../model/sample-columns.ts';
import { SharedMemory } from './shared-memory.ts';
import {
  appendRun,
  decodeXor,
  F_CUT_TIME,
  F_LAST_TIME,
  openChunk,
  STATE_BYTES,
  U_ASK_COUNT,
  U_COUNT,
  U_LIMIT_BITS,
} from './xor-chunk.ts';

const SERIES = 20_000;
const SAMPLES = 120;
const CHUNK_BYTES = 1280;

function cpuNs(action: () => void): number {
  const before = process.cpuUsage();
  action();
  const used = process.cpuUsage(before);
  return (used.user + used.system) * 1000;
}

function prepare(memory: SharedMemory): Uint32Array {
  const states = new Uint32Array(SERIES);
  for (let s = 0; s < SERIES; s++) {
    const state = 64 + s * STATE_BYTES;
    states[s] = state;
    openChunk(memory, state, 64 + SERIES * STATE_BYTES + s * CHUNK_BYTES);
    memory.f64[state / 8 + F_CUT_TIME] = Number.POSITIVE_INFINITY;
    memory.f64[state / 8 + F_LAST_TIME] = Number.NEGATIVE_INFINITY;
    memory.u32[state / 4 + U_ASK_COUNT] = 1 << 16;
    memory.u32[state / 4 + U_LIMIT_BITS] = (CHUNK_BYTES - 32) * 8;
  }
  return states;
}

function run(): string {
  const memory = new SharedMemory(Math.ceil((SERIES * (STATE_BYTES + CHUNK_BYTES)) / 65_536) + 1, 32_768);
  const states = prepare(memory);
  const times = new Float64Array(SERIES);
  const values = new Float64Array(SERIES);
  const halves = new Uint32Array(values.buffer);
  let appendNs = 0;
  for (let k = 0; k < SAMPLES; k++) {
    for (let s = 0; s < SERIES; s++) {
      times[s] = 1_700_000_000_000 + k * 15_000 + (s % 3 === 0 ? (k * 7) % 5 : 0);
      values[s] = s % 4 === 0 ? s : s % 4 === 1 ? k * (s % 17) : s % 4 === 2 ? k * 0.1 * s : values[s]! + (k & 1);
    }
    appendNs += cpuNs(() => appendRun(memory, { states, times, halves }, 0, SERIES));
  }
  const into = new SampleColumns(SAMPLES);
  const decodeNs = cpuNs(() => {
    for (let s = 0; s < SERIES; s++) {
      into.clear();
      const start = 64 + SERIES * STATE_BYTES + s * CHUNK_BYTES;
      const count = memory.u32[states[s]! / 4 + U_COUNT]!;
      decodeXor({ bytes: memory.u8, start, end: start + CHUNK_BYTES, count }, 0, Number.MAX_VALUE, into);
    }
  });
  const total = SERIES * SAMPLES;
  return `append ${(appendNs / total).toFixed(1)} ns/sample, decode ${(decodeNs / total).toFixed(1)} ns/sample`;
}

for (let round = 0; round < 3; round++) process.stdout.write(`${run()}\n`);
