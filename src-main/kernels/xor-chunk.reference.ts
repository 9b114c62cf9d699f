/** The XOR chunk written as plainly as possible: the oracle of xor-chunk.ts (prometheus/tsdb/chunkenc/xor.go). */

export interface ReferenceSample {
  readonly t: bigint;
  /** IEEE 754 bits. */
  readonly bits: bigint;
}

const MASK_64 = (1n << 64n) - 1n;

class BitWriter {
  text = '';

  write(value: bigint, n: number): void {
    if (n > 0) this.text += BigInt.asUintN(n, value).toString(2).padStart(n, '0');
  }

  uvarint(value: bigint): void {
    let rest = value;
    while (rest >= 128n) {
      this.write((rest & 127n) | 128n, 8);
      rest >>= 7n;
    }
    this.write(rest, 8);
  }

  bytes(): Uint8Array {
    const padded = this.text.padEnd(Math.ceil(this.text.length / 8) * 8, '0');
    return Uint8Array.from({ length: padded.length / 8 }, (_, i) => Number.parseInt(padded.slice(8 * i, 8 * i + 8), 2));
  }
}

function leadingZeros(x: bigint): number {
  return 64 - x.toString(2).length;
}

function trailingZeros(x: bigint): number {
  return x.toString(2).length - x.toString(2).lastIndexOf('1') - 1;
}

export function encodeReference(samples: readonly ReferenceSample[]): Uint8Array {
  const out = new BitWriter();
  out.write(BigInt(samples.length), 16);
  let previous: ReferenceSample = { t: 0n, bits: 0n };
  let delta = 0n;
  let window: { leading: number; trailing: number } | null = null;
  samples.forEach((sample, i) => {
    if (i === 0) {
      out.uvarint(sample.t >= 0n ? 2n * sample.t : -2n * sample.t - 1n);
      out.write(sample.bits, 64);
    } else {
      const newDelta = sample.t - previous.t;
      if (i === 1) out.uvarint(newDelta);
      else writeDod(out, newDelta - delta);
      delta = newDelta;
      window = writeXor(out, sample.bits ^ previous.bits, window);
    }
    previous = sample;
  });
  return out.bytes();
}

function writeDod(out: BitWriter, dod: bigint): void {
  if (dod === 0n) {
    out.write(0n, 1);
    return;
  }
  for (const [prefix, prefixBits, n] of [
    [0b10n, 2, 14],
    [0b110n, 3, 17],
    [0b1110n, 4, 20],
  ] as const) {
    const half = 1n << BigInt(n - 1);
    if (dod >= 1n - half && dod <= half) {
      out.write(prefix, prefixBits);
      out.write(dod, n);
      return;
    }
  }
  out.write(0b1111n, 4);
  out.write(dod, 64);
}

type Window = { leading: number; trailing: number } | null;

function writeXor(out: BitWriter, xor: bigint, window: Window): Window {
  if (xor === 0n) {
    out.write(0n, 1);
    return window;
  }
  const leading = Math.min(31, leadingZeros(xor));
  const trailing = trailingZeros(xor);
  if (window !== null && leading >= window.leading && trailing >= window.trailing) {
    out.write(0b10n, 2);
    out.write(xor >> BigInt(window.trailing), 64 - window.leading - window.trailing);
    return window;
  }
  const significant = 64 - leading - trailing;
  out.write(0b11n, 2);
  out.write(BigInt(leading), 5);
  out.write(BigInt(significant % 64), 6);
  out.write(xor >> BigInt(trailing), significant);
  return { leading, trailing };
}

export function decodeReference(bytes: Uint8Array): ReferenceSample[] {
  const text = Array.from(bytes, (b) => b.toString(2).padStart(8, '0')).join('');
  let at = 0;
  const read = (n: number): bigint => {
    at += n;
    return n === 0 ? 0n : BigInt(`0b${text.slice(at - n, at)}`);
  };
  const uvarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = read(8);
      value |= (byte & 127n) << shift;
      if (byte < 128n) return value;
    }
  };
  const dod = (): bigint => {
    let ones = 0;
    while (ones < 4 && read(1) === 1n) ones++;
    if (ones === 0) return 0n;
    if (ones === 4) return BigInt.asIntN(64, read(64));
    const n = [0, 14, 17, 20][ones] ?? 0;
    const v = read(n);
    return v > 1n << BigInt(n - 1) ? v - (1n << BigInt(n)) : v;
  };
  const count = Number(read(16));
  const samples: ReferenceSample[] = [];
  let t = 0n;
  let bits = 0n;
  let delta = 0n;
  let window = { leading: 0, trailing: 0 };
  for (let i = 0; i < count; i++) {
    if (i === 0) {
      const raw = uvarint();
      t = raw % 2n === 0n ? raw / 2n : -(raw + 1n) / 2n;
      bits = read(64);
    } else {
      delta = i === 1 ? uvarint() : delta + dod();
      t += delta;
      if (read(1) === 1n) {
        if (read(1) === 1n) {
          const leading = Number(read(5));
          window = { leading, trailing: 64 - leading - (Number(read(6)) || 64) };
        }
        bits ^= (read(64 - window.leading - window.trailing) << BigInt(window.trailing)) & MASK_64;
      }
    }
    samples.push({ t, bits });
  }
  return samples;
}
