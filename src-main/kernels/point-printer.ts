/** Points of a series as JSON text, in WebAssembly: see assembly/print-points.ts. */
import { instantiateKernel } from './wasm-module.ts';

/** As assembly/print-points.ts lays out its memory. */
const MIN_POWER = -292;
const MAX_POWER = 324;
const PAIRS = 10_240;
const VALUES = 12_288;
const PRESENT = 28_672;
const PREFIXES = 30_720;
const OUTPUT = 96_256;
const MAX_POINTS = 2048;
const SLOT_BYTES = 32;

interface Kernel {
  readonly print: (count: number) => number;
  readonly u8: Uint8Array;
  readonly values: Float64Array;
  /** Whose prefixes it holds, and from which on. */
  owner: PointPrinter | null;
  from: number;
}

/** Of this thread; undefined until it is first needed. */
let kernel: Kernel | null | undefined;

/**
 * Prints rows whose k-th point begins with the k-th prefix and ends with `"]`. A prefix is ASCII, at most 31 bytes.
 * Null where there is no WebAssembly.
 */
export function newPointPrinter(prefixes: readonly string[]): PointPrinter | null {
  if (kernel === undefined) kernel = makeKernel();
  return kernel === null ? null : new PointPrinter(kernel, prefixes);
}

export class PointPrinter {
  readonly #kernel: Kernel;
  readonly #slots: Uint8Array;
  readonly #count: number;

  constructor(shared: Kernel, prefixes: readonly string[]) {
    this.#kernel = shared;
    this.#count = prefixes.length;
    const slots = Buffer.alloc(SLOT_BYTES * prefixes.length);
    for (const [k, text] of prefixes.entries()) {
      if (text.length >= SLOT_BYTES) throw new RangeError(`a prefix of ${text.length} bytes: ${text}`);
      slots[SLOT_BYTES * k] = text.length;
      slots.write(text, SLOT_BYTES * k + 1, 'latin1');
    }
    this.#slots = slots;
  }

  /** Hands out the text of values[at ..], one a prefix, where `present` is 1; in pieces, valid during the call. */
  print(values: Float64Array, present: Uint8Array, at: number, onText: (piece: Uint8Array) => void): void {
    const { u8, values: input, print } = this.#kernel;
    for (let from = 0; from < this.#count; from += MAX_POINTS) {
      const count = Math.min(MAX_POINTS, this.#count - from);
      this.#load(from, count);
      input.set(values.subarray(at + from, at + from + count));
      u8.set(present.subarray(at + from, at + from + count), PRESENT);
      onText(u8.subarray(OUTPUT, OUTPUT + print(count)));
    }
  }

  #load(from: number, count: number): void {
    if (this.#kernel.owner === this && this.#kernel.from === from) return;
    this.#kernel.u8.set(this.#slots.subarray(SLOT_BYTES * from, SLOT_BYTES * (from + count)), PREFIXES);
    this.#kernel.owner = this;
    this.#kernel.from = from;
  }
}

function makeKernel(): Kernel | null {
  const exports = instantiateKernel('printPoints', null);
  if (!isPrinter(exports)) return null;
  const { buffer } = exports.memory;
  const powers = new BigUint64Array(buffer, 0, 2 * (MAX_POWER - MIN_POWER + 1));
  for (let k = MIN_POWER; k <= MAX_POWER; k++) {
    const power = highestBits(k);
    powers[2 * (k - MIN_POWER)] = power >> 64n;
    powers[2 * (k - MIN_POWER) + 1] = power & 0xffff_ffff_ffff_ffffn;
  }
  const u8 = new Uint8Array(buffer);
  for (let n = 0; n < 100; n++) {
    u8[PAIRS + 2 * n] = 48 + Math.floor(n / 10);
    u8[PAIRS + 2 * n + 1] = 48 + (n % 10);
  }
  return { print: exports.print, u8, values: new Float64Array(buffer, VALUES, MAX_POINTS), owner: null, from: 0 };
}

/** The 128 highest bits of 10^k, rounded up. */
function highestBits(k: number): bigint {
  const power = 10n ** BigInt(Math.abs(k));
  const bits = BigInt(power.toString(2).length);
  if (k >= 0) return bits <= 128n ? power << (128n - bits) : -(-power >> (bits - 128n));
  // 2^(127 + bits - 1) / 10^|k| lies between 2^127 and 2^128, but for powers of two, which 10^|k| is not.
  const scaled = 1n << (127n + bits);
  return (scaled + power - 1n) / power;
}

interface PrinterExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  print(count: number): number;
}

function isPrinter(exports: unknown): exports is PrinterExports {
  return typeof exports === 'object' && exports !== null && 'print' in exports && 'memory' in exports;
}
