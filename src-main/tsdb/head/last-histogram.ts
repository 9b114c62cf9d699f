import { U_LAST_HIGH, U_LAST_LOW, U_WINDOW } from '../../kernels/xor-chunk.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { NO_WINDOW } from '../chunk/bit-writer.ts';
import type { Head } from './head.ts';

/** A NaN that no sample has: where a series' last value would be, it says that its last sample is a histogram. */
const HISTOGRAM_LOW = 0x68697374;
const HISTOGRAM_HIGH = 0x7ff7dead;

/** The last sample of a series, when it is a histogram. */
export function lastHistogram(head: Head, state: number): NativeHistogram | undefined {
  const { u32 } = head.arena.memory;
  const w = state >>> 2;
  return u32[w + U_LAST_LOW] === HISTOGRAM_LOW && u32[w + U_LAST_HIGH] === HISTOGRAM_HIGH
    ? head.histograms.last(state)
    : undefined;
}

export function setLastHistogram(head: Head, state: number, histogram: NativeHistogram): void {
  const { u32 } = head.arena.memory;
  u32[(state >>> 2) + U_LAST_LOW] = HISTOGRAM_LOW;
  u32[(state >>> 2) + U_LAST_HIGH] = HISTOGRAM_HIGH;
  head.histograms.setLast(state, histogram);
}

/** The open chunk of a state is of this encoding; XOR chunks do not say so. */
export function setOpenEncoding(head: Head, state: number, encoding: number): void {
  head.arena.memory.u32[(state >>> 2) + U_WINDOW] = NO_WINDOW | (encoding << 16);
}
