import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SampleColumns } from '../model/sample-columns.ts';
import { RESERVED_BYTES, RunAppender } from './run-appender.ts';
import { SharedMemory } from './shared-memory.ts';
import { decodeReference, encodeReference, type ReferenceSample } from './xor-chunk.reference.ts';
import {
  appendRunPlain,
  CorruptChunkError,
  decodeXorPlain,
  F_CUT_TIME,
  F_LAST_TIME,
  openChunk,
  type SampleRun,
  STATE_BYTES,
  U_ASK_COUNT,
  U_BITS,
  U_COUNT,
  U_LIMIT_BITS,
} from './xor-chunk.ts';
import { decodeXor, isDecoderCompiled } from './xor-decoder.ts';

const STATE = RESERVED_BYTES;
const CHUNK = STATE + STATE_BYTES;

/** A way to append all samples of a run; returns how many it did. */
type Append = (memory: SharedMemory, run: SampleRun, samples: number) => number;
type Decode = typeof decodeXor;

const appendCompiled: Append = (memory, run, samples) => new RunAppender(memory).append(run, 0, samples, () => false);
const versions = [
  { name: 'plain', append: (memory, run, samples) => appendRunPlain(memory, run, 0, samples), decoder: decodeXorPlain },
  { name: 'compiled', append: appendCompiled, decoder: decodeXor },
] as const satisfies { name: string; append: Append; decoder: Decode }[];

function encode(samples: readonly ReferenceSample[], append: Append): Uint8Array {
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
  expect(append(memory, run, samples.length)).toBe(samples.length);
  const count = memory.u32[STATE / 4 + U_COUNT] ?? 0;
  const bytes = memory.u8.slice(CHUNK, CHUNK + Math.ceil((memory.u32[STATE / 4 + U_BITS] ?? 0) / 8));
  bytes[0] = count >>> 8;
  bytes[1] = count & 0xff;
  return bytes;
}

function decode(decoder: Decode, bytes: Uint8Array, minT = Number.NEGATIVE_INFINITY, maxT = Number.POSITIVE_INFINITY) {
  const into = new SampleColumns(1);
  const count = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  decoder({ bytes, start: 0, end: bytes.length, count }, minT, maxT, into);
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

test('the kernels are compiled in', () => {
  expect(isDecoderCompiled()).toBe(true);
  expect(new RunAppender(new SharedMemory(4, 4)).isCompiled).toBe(true);
});

describe.each(versions)('XOR chunk, $name', ({ append, decoder }) => {
  test('encodes to the bytes of the reference', () => {
    fc.assert(
      fc.property(chunks, (samples) => {
        expect(Array.from(encode(samples, append))).toEqual(Array.from(encodeReference(samples)));
      }),
    );
  });

  test('decodes what the reference decodes', () => {
    fc.assert(
      fc.property(chunks, (samples) => {
        const bytes = encodeReference(samples);
        expect(decodeReference(bytes)).toEqual(samples);
        expect(decode(decoder, bytes)).toEqual(samples);
      }),
    );
  });

  test('keeps to the time range, both ends included', () => {
    fc.assert(
      fc.property(chunks, fc.nat(), fc.nat(), (samples, a, b) => {
        const low = samples[a % samples.length]?.t ?? 0n;
        const high = samples[b % samples.length]?.t ?? 0n;
        const expected = samples.filter(({ t }) => t >= low && t <= high);
        expect(decode(decoder, encodeReference(samples), Number(low), Number(high))).toEqual(expected);
      }),
    );
  });

  test('never reads wildly from garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 60 }), (bytes) => {
        try {
          decode(decoder, bytes);
        } catch (error) {
          if (!(error instanceof CorruptChunkError)) throw error;
        }
      }),
    );
  });

  test('says so when bytes are missing', () => {
    const samples = Array.from({ length: 20 }, (_, i) => ({ t: BigInt(i * 1000), bits: BigInt(i) << 40n }));
    expect(() => decode(decoder, encodeReference(samples).slice(0, 20))).toThrow(CorruptChunkError);
  });
});

describe('the two versions', () => {
  test('find the same in damaged chunks', () => {
    const outcome = (decoder: Decode, bytes: Uint8Array) => {
      try {
        return decode(decoder, bytes);
      } catch (error) {
        if (error instanceof CorruptChunkError) return true;
        throw error;
      }
    };
    fc.assert(
      fc.property(chunks, fc.nat(), fc.nat(7), fc.nat(), (samples, at, bit, cut) => {
        const bytes = encodeReference(samples);
        const damaged = 11 + (at % (bytes.length - 11)); // the first time and the count are left
        bytes[damaged] = (bytes[damaged] ?? 0) ^ (1 << bit);
        const kept = bytes.slice(0, bytes.length - (cut % 3));
        const plain = outcome(decodeXorPlain, kept);
        // of times that a double may not hold nothing is promised
        const isWhole = plain !== true && plain.every(({ t }) => t < 2n ** 51n && t > -(2n ** 51n));
        if (plain === true || isWhole) expect(outcome(decodeXor, kept)).toEqual(plain);
      }),
    );
  });

  test('stop at the same samples, over several series and many pieces', () => {
    const steps = fc.array(fc.tuple(fc.nat(4), fc.integer({ min: -1, max: 20_000 }), interestingBits), {
      minLength: 20,
      maxLength: 200,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 40 }), (rows, repeats) => {
        const compiled = appendToSeries(rows, repeats, (memory, run, length, decide) => {
          new RunAppender(memory).append(run, 0, length, decide);
        });
        const plain = appendToSeries(rows, repeats, (memory, run, length, decide) => {
          for (let at = 0; at < length; ) {
            at = appendRunPlain(memory, run, at, length);
            if (at < length && !decide(at)) at++;
          }
        });
        expect(compiled).toEqual(plain);
      }),
      { numRuns: 30 },
    );
  });
});

type AppendWith = (memory: SharedMemory, run: SampleRun, length: number, decide: (at: number) => boolean) => void;

/** Five series whose chunks begin anew when they are full; returns where was stopped, and all of the memory. */
function appendToSeries(rows: readonly [number, number, bigint][], repeats: number, append: AppendWith) {
  const memory = new SharedMemory(4, 4);
  const stateOf = (series: number) => STATE + series * STATE_BYTES;
  const begin = (state: number) => {
    openChunk(memory, state, STATE + 8192 + ((state - STATE) / STATE_BYTES) * 2048);
    memory.f64[state / 8 + F_CUT_TIME] = Number.POSITIVE_INFINITY;
    memory.u32[state / 4 + U_ASK_COUNT] = 100;
    memory.u32[state / 4 + U_LIMIT_BITS] = 8 * 1024;
  };
  for (let series = 0; series < 5; series++) {
    memory.f64[stateOf(series) / 8 + F_LAST_TIME] = Number.NEGATIVE_INFINITY;
    if (series > 0) begin(stateOf(series));
  }
  let t = 1_700_000_000_000;
  const samples = Array.from({ length: repeats }, () => rows)
    .flat()
    .map(([series, step, bits]) => {
      t += step;
      return { state: stateOf(series), t, bits };
    });
  const run = {
    states: Uint32Array.from(samples, ({ state }) => state),
    times: Float64Array.from(samples, (sample) => sample.t),
    halves: Uint32Array.from(samples.flatMap(({ bits }) => [Number(bits & 0xffffffffn), Number(bits >> 32n)])),
  };
  const stops: number[] = [];
  append(memory, run, samples.length, (at) => {
    stops.push(at);
    const state = run.states[at] ?? 0;
    if ((run.times[at] ?? 0) <= (memory.f64[state / 8 + F_LAST_TIME] ?? 0)) return false;
    begin(state);
    return true;
  });
  return { stops, bytes: Buffer.from(memory.u8.slice(STATE)).toString('base64') };
}
