import type { NativeHistogram } from '../../model/native-histogram.ts';
import type { AppendOutcome, SeriesRef } from '../../model/storage.ts';
import type { WalWriter } from '../wal/wal-writer.ts';
import { SampleBatch } from './append.ts';
import type { Head } from './head.ts';
import { HistogramBatch } from './histogram-batch.ts';

export interface LatePlace {
  readonly ref: SeriesRef;
  readonly row: number;
  readonly timeMs: number;
}

/** As they were when the batch began: what is older than the first is in blocks. */
export interface HeadTimes {
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

/** The samples of one batch that are not later than the last one of their series, or than what is in blocks. */
export class OutOfOrderBatch {
  readonly #head: Head;
  readonly #samples = new SampleBatch(64);
  readonly #histograms = new HistogramBatch();

  constructor(head: Head) {
    this.#head = head;
  }

  /** Takes the sample whose value is at `index` of `source`, or says why not; times are those the batch began with. */
  take(source: SampleBatch, index: number, at: LatePlace, head: HeadTimes): AppendOutcome {
    const outcome = this.#admit(at, head);
    if (outcome !== 'ok') return outcome;
    const samples = this.#samples;
    samples.reserve(1);
    const i = samples.length++;
    samples.refs[i] = at.ref;
    samples.rows[i] = at.row;
    samples.times[i] = at.timeMs;
    samples.halves[2 * i] = source.halves[2 * index]!;
    samples.halves[2 * i + 1] = source.halves[2 * index + 1]!;
    return 'ok';
  }

  takeHistogram(histogram: NativeHistogram, at: LatePlace, head: HeadTimes): AppendOutcome {
    const outcome = this.#admit(at, head);
    if (outcome !== 'ok') return outcome;
    // what it says about a reset is about one before it that is not there
    const isGauge = histogram.counterReset === 'gauge';
    const own: NativeHistogram = isGauge ? histogram : { ...histogram, counterReset: 'unknown' };
    this.#histograms.add(at.ref, at.row, at.timeMs, own);
    return 'ok';
  }

  #admit({ row, timeMs }: LatePlace, head: HeadTimes): AppendOutcome {
    const { refused, outOfOrder, outOfOrderWindowMs } = this.#head;
    if (outOfOrderWindowMs === 0) {
      const isBeyond = timeMs < head.minTimeMs;
      if (isBeyond) refused.outOfBounds++;
      else refused.outOfOrder++;
      return isBeyond ? 'out-of-bounds' : 'out-of-order';
    }
    if (timeMs < head.maxTimeMs - outOfOrderWindowMs) {
      refused.tooOld++;
      return 'too-old';
    }
    outOfOrder.hold(row);
    return 'ok';
  }

  /** Into the write-behind log, then into the head. Throws WalWriteError; the head is then as before. */
  store(wal: WalWriter): void {
    if (this.#samples.length === 0 && this.#histograms.length === 0) return;
    wal.logOutOfOrder(this.#head, this.#samples, this.#histograms);
    const stored = this.#insertSamples() + this.#insertHistograms();
    this.#head.outOfOrder.samplesAppended += stored;
    this.#head.samplesAppended += stored;
    this.clear();
  }

  #insertSamples(): number {
    const { rows, times, halves, length } = this.#samples;
    let stored = 0;
    for (let i = 0; i < length; i++) {
      if (this.#head.outOfOrder.insert(rows[i]!, times[i]!, halves[2 * i]!, halves[2 * i + 1]!)) stored++;
    }
    return stored;
  }

  #insertHistograms(): number {
    const { rows, times, histograms, length } = this.#histograms;
    let stored = 0;
    for (let i = 0; i < length; i++) {
      if (this.#head.outOfOrder.insertHistogram(rows[i]!, times[i]!, histograms[i]!)) stored++;
    }
    return stored;
  }

  clear(): void {
    const { outOfOrder } = this.#head;
    for (let i = 0; i < this.#samples.length; i++) outOfOrder.letGo(this.#samples.rows[i]!);
    for (const row of this.#histograms.rows) outOfOrder.letGo(row);
    this.#samples.length = 0;
    this.#histograms.keep(() => -1);
  }
}
