/**
 * Prometheus's staleness marker is one NaN bit pattern (model/value/value.go). A JavaScript number does not promise to
 * keep NaN payloads, so markers are written and recognised as two 32-bit halves, never as a number.
 */
export const STALE_NAN_HIGH = 0x7ff00000;
export const STALE_NAN_LOW = 0x00000002;

/** `halves` aliases a Float64Array (little endian: low half first); `index` counts doubles. */
export function isStaleAt(halves: Uint32Array, index: number): boolean {
  return halves[2 * index] === STALE_NAN_LOW && halves[2 * index + 1] === STALE_NAN_HIGH;
}

export function writeStaleAt(halves: Uint32Array, index: number): void {
  halves[2 * index] = STALE_NAN_LOW;
  halves[2 * index + 1] = STALE_NAN_HIGH;
}
