/**
 * The number by which limit_ratio chooses series, the same as Prometheus's: XXH64 of the labels as it keeps them in
 * memory (model/labels/labels_stringlabels.go), as a share of 2^64.
 */
import type { Labels } from '../../model/labels.ts';

/** In [0, 1), evenly spread. */
export function seriesFraction(labels: Labels): number {
  return Number(xxhash64(packed(labels))) / 2 ** 64;
}

/** Each name and value behind its length: one byte, or 255 and three bytes. */
function packed(labels: Labels): Buffer {
  const parts: Buffer[] = [];
  for (const text of labels) {
    const bytes = Buffer.from(text);
    const { length } = bytes;
    const size = length < 255 ? [length] : [255, length & 255, (length >> 8) & 255, (length >> 16) & 255];
    parts.push(Buffer.from(size), bytes);
  }
  return Buffer.concat(parts);
}

const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME_3 = 0x165667b19e3779f9n;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const PRIME_5 = 0x27d4eb2f165667c5n;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, bits: bigint): bigint => wrap(value << bits) | (value >> (64n - bits));
const round = (lane: bigint, input: bigint): bigint => wrap(rotate(wrap(lane + input * PRIME_2), 31n) * PRIME_1);

/** With seed 0. */
export function xxhash64(bytes: Buffer): bigint {
  let at = 0;
  let hash = PRIME_5;
  if (bytes.length >= 32) {
    const lanes = [wrap(PRIME_1 + PRIME_2), PRIME_2, 0n, wrap(-PRIME_1)];
    for (; at + 32 <= bytes.length; at += 32)
      for (let lane = 0; lane < 4; lane++) lanes[lane] = round(lanes[lane]!, bytes.readBigUInt64LE(at + 8 * lane));
    const [a, b, c, d] = lanes;
    hash = wrap(rotate(a!, 1n) + rotate(b!, 7n) + rotate(c!, 12n) + rotate(d!, 18n));
    for (const lane of lanes) hash = wrap((hash ^ round(0n, lane)) * PRIME_1 + PRIME_4);
  }
  hash = wrap(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8)
    hash = wrap(rotate(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * PRIME_1 + PRIME_4);
  if (at + 4 <= bytes.length) {
    hash = wrap(rotate(hash ^ wrap(BigInt(bytes.readUInt32LE(at)) * PRIME_1), 23n) * PRIME_2 + PRIME_3);
    at += 4;
  }
  for (; at < bytes.length; at++) hash = wrap(rotate(hash ^ wrap(BigInt(bytes[at]!) * PRIME_5), 11n) * PRIME_1);
  hash = wrap((hash ^ (hash >> 33n)) * PRIME_2);
  hash = wrap((hash ^ (hash >> 29n)) * PRIME_3);
  return hash ^ (hash >> 32n);
}
