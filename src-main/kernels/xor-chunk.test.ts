import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SampleColumns } from '../model/sample-columns.ts';
import { SharedMemory } from './shared-memory.ts';
import { decodeReference, encodeReference, type ReferenceSample } from './xor-chunk.reference.ts';
import {
  appendRun,
  CorruptChunkError,
  decodeXor,
  F_CUT_TIME,
  F_LAST_TIME,
  openChunk,
  STATE_BYTES,
  U_ASK_COUNT,
  U_BITS,
  U_COUNT,
  U_LIMIT_BITS,
} from './xor-chunk.ts';

const STATE = 64;
const CHUNK = STATE + STATE_BYTES;

function encode(samples: readonly ReferenceSample[]): Uint8Array {
  const memory = new SharedMemory(4, 4);
  memory.u8.fill(0xaa, CHUNK); // whatever lay there before must not shine through
  openChunk(memory, STATE, CHUNK);
  memory.f64[STATE / 8 + F_CUT_TIME] = Number.POSITIVE_INFINITY;
  memory.f64[STATE / 8 + F_LAST_TIME] = Number.NEGATIVE_INFINITY;
  memory.u32[STATE / 4 + U_ASK_COUNT] = 65_535;
  memory.u32[STATE / 4 + U_LIMIT_BITS] = 2 ** 31;
  const run = {
    states: new Uint32Array(samples.length).fill(STATE),
    times: Float64Array.from(samples, ({ t }) => Number(t)),
    halves: Uint32Array.from(samples.flatMap(({ bits }) => [Number(bits & 0xffffffffn), Number(bits >> 32n)])),
  };
  expect(appendRun(memory, run, 0, samples.length)).toBe(samples.length);
  const count = memory.u32[STATE / 4 + U_COUNT] ?? 0;
  const bytes = memory.u8.slice(CHUNK, CHUNK + Math.ceil((memory.u32[STATE / 4 + U_BITS] ?? 0) / 8));
  bytes[0] = count >>> 8;
  bytes[1] = count & 0xff;
  return bytes;
}

function decode(bytes: Uint8Array, minT = Number.NEGATIVE_INFINITY, maxT = Number.POSITIVE_INFINITY) {
  const into = new SampleColumns(1);
  const count = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  decodeXor({ bytes, start: 0, end: bytes.length, count }, minT, maxT, into);
  return Array.from({ length: into.length }, (_, i) => ({
    t: BigInt(into.times[i] ?? 0),
    bits: (BigInt(into.halves[2 * i + 1] ?? 0) << 32n) | BigInt(into.halves[2 * i] ?? 0),
  }));
}

const interestingBits = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  fc.constantFrom(0n, 1n, 1n << 63n, 0x7ff0000000000002n, 0x7ff8000000000001n, 0x3ff0000000000000n, (1n << 64n) - 1n),
  fc.nat(1000).map((n) => BigInt.asUintN(64, new BigInt64Array(new Float64Array([n]).buffer)[0] ?? 0n)),
);
const interestingStep = fc.oneof(
  fc.constant(15_000),
  fc.integer({ min: 1, max: 40_000 }),
  fc.constantFrom(1, 8191, 8192, 8193, 16384, 65535, 65536, 65537, 131072, 524287, 524288, 524289, 1048576, 2 ** 33),
  fc.integer({ min: 1, max: 2 ** 40 }),
);
const chunks = fc
  .tuple(
    fc.integer({ min: -(2 ** 42), max: 2 ** 42 }),
    fc.array(fc.tuple(interestingStep, interestingBits), { minLength: 1, maxLength: 130 }),
  )
  .map(([start, steps]) => {
    let t = BigInt(start);
    return steps.map(([step, bits]) => {
      t += BigInt(step);
      return { t, bits };
    });
  });

describe('XOR chunk', () => {
  test('encodes to the bytes of the reference', () => {
    fc.assert(
      fc.property(chunks, (samples) => {
        expect(Array.from(encode(samples))).toEqual(Array.from(encodeReference(samples)));
      }),
    );
  });

  test('decodes what the reference decodes', () => {
    fc.assert(
      fc.property(chunks, (samples) => {
        const bytes = encodeReference(samples);
        expect(decodeReference(bytes)).toEqual(samples);
        expect(decode(bytes)).toEqual(samples);
      }),
    );
  });

  test('keeps to the time range, both ends included', () => {
    fc.assert(
      fc.property(chunks, fc.nat(), fc.nat(), (samples, a, b) => {
        const low = samples[a % samples.length]?.t ?? 0n;
        const high = samples[b % samples.length]?.t ?? 0n;
        const expected = samples.filter(({ t }) => t >= low && t <= high);
        expect(decode(encodeReference(samples), Number(low), Number(high))).toEqual(expected);
      }),
    );
  });

  test('never reads wildly from garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 60 }), (bytes) => {
        try {
          decode(bytes);
        } catch (error) {
          if (!(error instanceof CorruptChunkError)) throw error;
        }
      }),
    );
  });

  test('says so when bytes are missing', () => {
    const samples = Array.from({ length: 20 }, (_, i) => ({ t: BigInt(i * 1000), bits: BigInt(i) << 40n }));
    expect(() => decode(encodeReference(samples).slice(0, 20))).toThrow(CorruptChunkError);
  });
});
