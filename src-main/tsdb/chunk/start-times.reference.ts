/**
 * Writes what is only read here, plainly, as strings of bits: XOR2 chunks (tsdb/chunkenc/xor2.go) and histogram chunks
 * with start times, these from the bits of one without. The oracle of start-times.test.ts.
 */
import { Buffer } from 'node:buffer';

export interface PlainSample {
  readonly timeMs: bigint;
  /** Of the double. */
  readonly value: bigint;
  /** 0: unknown. */
  readonly startMs: bigint;
}

const STALE = 0x7ff0000000000002n;

function bits(value: bigint, n: number): string {
  return BigInt.asUintN(n, value).toString(2).padStart(n, '0');
}

function uvarint(value: bigint): string {
  return value < 128n ? bits(value, 8) : bits((value & 127n) | 128n, 8) + uvarint(value >> 7n);
}

export function varint(value: bigint): string {
  return uvarint(value >= 0n ? 2n * value : -2n * value - 1n);
}

const WIDTHS = [3, 6, 9, 12, 18, 25, 56];

export function varbitInt(value: bigint): string {
  if (value === 0n) return '0';
  const at = WIDTHS.findIndex((n) => value > -(1n << BigInt(n - 1)) && value <= 1n << BigInt(n - 1));
  if (at < 0) return `11111111${bits(value, 64)}`;
  return `${'1'.repeat(at + 1)}0${bits(value, WIDTHS[at] ?? 0)}`;
}

export function pack(text: string): Buffer {
  const padded = text.padEnd(Math.ceil(text.length / 8) * 8, '0');
  return Buffer.from(padded.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}

/** The header byte, and what stands behind each sample. */
export function startTimeBits(samples: readonly PlainSample[]): { header: number; behind: string[] } {
  const first = samples[0];
  const changed = samples.findIndex((s) => s.startMs !== first?.startMs);
  // From sample 127 on all have one: the header cannot name a later one.
  const from = changed > 0 ? Math.min(changed, 127) : samples.length > 127 ? 127 : 0;
  const difference = (i: number) => (samples[i - 1]?.timeMs ?? 0n) - (samples[i]?.startMs ?? 0n);
  const behind = samples.map((s, i) => {
    if (i === 0) return s.startMs === 0n ? '' : varint(s.timeMs - s.startMs);
    if (from === 0 || i < from) return '';
    return varbitInt(i === from ? difference(i) : difference(i) - difference(i - 1));
  });
  return { header: (first?.startMs === 0n ? 0 : 0x80) | from, behind };
}

export function encodeXor2(samples: readonly PlainSample[]): Buffer {
  const { header, behind } = startTimeBits(samples);
  let out = bits(BigInt(samples.length), 16) + bits(BigInt(header), 8);
  let baseline = 0n;
  let window: [leading: number, trailing: number] | null = null;
  let delta = 0n;
  const changed = (xor: bigint, reuse: string, fresh: string): string => {
    const text = bits(xor, 64);
    const leading = Math.min(31, text.indexOf('1'));
    const trailing = 63 - text.lastIndexOf('1');
    const fits = window !== null && leading >= window[0] && trailing >= window[1];
    if (window !== null && fits) return reuse + text.slice(window[0], 64 - window[1]);
    window = [leading, trailing];
    return (
      fresh + bits(BigInt(leading), 5) + bits(BigInt(64 - leading - trailing), 6) + text.slice(leading, 64 - trailing)
    );
  };
  const value = (v: bigint): string => {
    if (v === STALE) return '111';
    return v === baseline ? '0' : changed(v ^ baseline, '10', '110');
  };
  samples.forEach(({ timeMs, value: v }, i) => {
    const newDelta = timeMs - (samples[i - 1]?.timeMs ?? 0n);
    const dod = newDelta - delta;
    if (i === 0) out += varint(timeMs) + bits(v, 64);
    else if (i === 1) out += uvarint(newDelta) + value(v);
    else if (dod === 0n && v === STALE) out += '11111';
    else if (dod === 0n) out += v === baseline ? '0' : `10${changed(v ^ baseline, '0', '1')}`;
    else if (dod >= -4096n && dod <= 4095n) out += `110${bits(dod, 13)}${value(v)}`;
    else if (dod >= -524288n && dod <= 524287n) out += `1110${bits(dod, 20)}${value(v)}`;
    else out += `11110${bits(dod, 64)}${value(v)}`;
    out += behind[i];
    if (v !== STALE) baseline = v;
    delta = i === 0 ? 0n : newDelta;
  });
  return pack(out);
}
