/** Start timestamps within a chunk (tsdb/chunkenc/xor2.go): a header byte, then a number behind samples from some on. */
import type { SampleColumns } from '../../model/sample-columns.ts';
import type { BitReader } from './bit-reader.ts';

const FIRST_IS_KNOWN = 0x80;

export class StartTimeReader {
  readonly #isFirstKnown: boolean;
  /** From this sample on each has a number; 0: none has. */
  readonly #changesFrom: number;
  #difference = 0;
  timeMs = 0;

  constructor(header: number) {
    this.#isFirstKnown = (header & FIRST_IS_KNOWN) !== 0;
    this.#changesFrom = header & 0x7f;
  }

  /** To be called behind every sample; `beforeMs` is the time of the one before it. */
  next(reader: BitReader, index: number, beforeMs: number, timeMs: number): void {
    if (index === 0) {
      if (this.#isFirstKnown) this.timeMs = timeMs - reader.varint();
    } else if (this.#changesFrom > 0 && index >= this.#changesFrom) {
      this.#difference += reader.varbitInt();
      this.timeMs = beforeMs - this.#difference;
    }
  }
}

/** The columns' start times, made when there are none yet. */
export function startTimesOf(columns: SampleColumns): Float64Array {
  columns.startTimes ??= new Float64Array(columns.times.length);
  return columns.startTimes;
}
