/** Bytes as bad disks, torn writes and strangers make them, from a seed. */

/** mulberry32: the same numbers for the same seed, everywhere. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 to limit - 1. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * limit);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

export interface Mutation {
  readonly bytes: Buffer;
  /** Bytes before this are as they were. */
  readonly intactBytes: number;
}

const TELLING = [0x00, 0x01, 0x7f, 0x80, 0xff];

type Change = (bytes: Buffer, random: Random) => Mutation;

const CHANGES: readonly Change[] = [
  (bytes, random) => overwritten(bytes, random, 1, (old) => old ^ (1 << random.below(8))),
  (bytes, random) => overwritten(bytes, random, 1, () => random.pick(TELLING)),
  (bytes, random) => overwritten(bytes, random, 1 + random.below(8), () => random.pick(TELLING)),
  (bytes, random) => overwritten(bytes, random, 1 + random.below(64), () => random.below(256)),
  (bytes, random) => overwritten(bytes, random, 1 + random.below(5000), () => 0),
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return { bytes: bytes.subarray(0, at), intactBytes: at };
  },
  (bytes, random) => {
    const garbage = Buffer.from(Array.from({ length: 1 + random.below(300) }, () => random.below(256)));
    return { bytes: Buffer.concat([bytes, garbage]), intactBytes: bytes.length };
  },
  (bytes, random) => spliced(bytes, random, () => Buffer.alloc(0)),
  (bytes, random) => spliced(bytes, random, (cut) => Buffer.concat([cut, cut])),
  (bytes, random) => {
    const from = random.below(bytes.length);
    const piece = bytes.subarray(from, from + 1 + random.below(64));
    return overwritten(bytes, random, piece.length, (_, i) => piece[i]!);
  },
];

function overwritten(
  bytes: Buffer,
  random: Random,
  length: number,
  value: (old: number, i: number) => number,
): Mutation {
  const copy = Buffer.from(bytes);
  const at = random.below(bytes.length);
  for (let i = 0; i < length && at + i < copy.length; i++) copy[at + i] = value(copy[at + i]!, i);
  return { bytes: copy, intactBytes: at };
}

function spliced(bytes: Buffer, random: Random, change: (cut: Buffer) => Buffer): Mutation {
  const from = random.below(bytes.length);
  const to = Math.min(bytes.length, from + 1 + random.below(200));
  return {
    bytes: Buffer.concat([bytes.subarray(0, from), change(bytes.subarray(from, to)), bytes.subarray(to)]),
    intactBytes: from,
  };
}

/** One change, sometimes several. */
export function mutated(bytes: Buffer, random: Random): Mutation {
  let result: Mutation = { bytes, intactBytes: bytes.length };
  for (let n = 1 + (random.below(3) === 0 ? random.below(4) : 0); n > 0 && result.bytes.length > 0; n--) {
    const next = random.pick(CHANGES)(result.bytes, random);
    result = { bytes: next.bytes, intactBytes: Math.min(result.intactBytes, next.intactBytes) };
  }
  return result;
}
