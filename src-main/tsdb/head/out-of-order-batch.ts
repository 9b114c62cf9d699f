import type { AppendOutcome, SeriesRef } from '../../model/storage.ts';
import type { WalWriter } from '../wal/wal-writer.ts';
import { SampleBatch } from './append.ts';
import type { Head } from './head.ts';

/** The samples of one batch that are not later than the last one of their series, or than what is in blocks. */
export class OutOfOrderBatch {
  readonly #head: Head;
  readonly #samples = new SampleBatch(64);

  constructor(head: Head) {
    this.#head = head;
  }

  /** Takes the sample whose value is at `index` of `source`, or says why not; times are those the batch began with. */
  take(
    source: SampleBatch,
    index: number,
    at: { readonly ref: SeriesRef; readonly row: number; readonly timeMs: number },
    head: { readonly minTimeMs: number; readonly maxTimeMs: number },
  ): AppendOutcome {
    const { refused, outOfOrderWindowMs } = this.#head;
    if (outOfOrderWindowMs === 0) {
      const isBeyond = at.timeMs < head.minTimeMs;
      if (isBeyond) refused.outOfBounds++;
      else refused.outOfOrder++;
      return isBeyond ? 'out-of-bounds' : 'out-of-order';
    }
    if (at.timeMs < head.maxTimeMs - outOfOrderWindowMs) {
      refused.tooOld++;
      return 'too-old';
    }
    const samples = this.#samples;
    samples.reserve(1);
    const i = samples.length++;
    samples.refs[i] = at.ref;
    samples.rows[i] = at.row;
    samples.times[i] = at.timeMs;
    samples.halves[2 * i] = source.halves[2 * index]!;
    samples.halves[2 * i + 1] = source.halves[2 * index + 1]!;
    this.#head.outOfOrder.hold(at.row);
    return 'ok';
  }

  /** Into the write-behind log, then into the head. Throws WalWriteError; the head is then as before. */
  store(wal: WalWriter): void {
    const samples = this.#samples;
    if (samples.length === 0) return;
    const { outOfOrder } = this.#head;
    wal.logOutOfOrder(this.#head, samples);
    const { rows, times, halves, length } = samples;
    for (let i = 0; i < length; i++) {
      if (!outOfOrder.insert(rows[i]!, times[i]!, halves[2 * i]!, halves[2 * i + 1]!)) continue;
      outOfOrder.samplesAppended++;
      this.#head.samplesAppended++;
    }
    this.clear();
  }

  clear(): void {
    for (let i = 0; i < this.#samples.length; i++) this.#head.outOfOrder.letGo(this.#samples.rows[i]!);
    this.#samples.length = 0;
  }
}
