import type { Labels } from './labels.ts';

const encoder = new TextEncoder();
const PRIME_LOW = 0x1b3; // the prime is 2^40 + 0x1b3

/**
 * What identifies an alert: FNV-1a 64 over `name 0xFF value 0xFF` of each label in order, as 16 hexadecimal digits
 * (prometheus/common model.LabelSet.Fingerprint).
 */
export function fingerprint(labels: Labels): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  const feed = (byte: number) => {
    low = (low ^ byte) >>> 0;
    const product = low * PRIME_LOW;
    high = (high * PRIME_LOW + Math.floor(product / 0x1_0000_0000) + low * 0x100) % 0x1_0000_0000;
    low = product % 0x1_0000_0000;
  };
  for (const text of labels) {
    for (const byte of encoder.encode(text)) feed(byte);
    feed(0xff);
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
