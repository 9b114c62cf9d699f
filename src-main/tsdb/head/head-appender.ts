import { F_LAST_TIME, U_LAST_HIGH, U_LAST_LOW } from '../../kernels/xor-chunk.ts';
import { sameHistogram } from '../../model/histograms/same-histogram.ts';
import { histogramFault } from '../../model/histograms/validate-histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { MetricMetadata } from '../../model/metadata.ts';
import { type NativeHistogram, STALE_HISTOGRAM } from '../../model/native-histogram.ts';
import { STALE_NAN_HIGH, STALE_NAN_LOW } from '../../model/staleness.ts';
import {
  type Appender,
  type AppendOutcome,
  type Exemplar,
  type ExemplarOutcome,
  InvalidHistogramError,
  type SeriesRef,
} from '../../model/storage.ts';
import type { WalWriter } from '../wal/wal-writer.ts';
import { appendSamples, SampleBatch } from './append.ts';
import { appendHistograms } from './append-histograms.ts';
import { BatchAnnotations } from './batch-annotations.ts';
import type { Head } from './head.ts';
import {
  type BatchPart,
  HistogramBatch,
  isLoggedAlike,
  type LastSample,
  likeLast,
  PENDING_HISTOGRAM,
} from './histogram-batch.ts';
import { lastHistogram } from './last-histogram.ts';
import { type LatePlace, OutOfOrderBatch } from './out-of-order-batch.ts';

/** Go's NaN: what Prometheus stores for a NaN that is no staleness marker. */
const NAN_HIGH = 0x7ff80000;
const NAN_LOW = 1;
const MAX_SPARE_SAMPLES = 1 << 20;

/** Makes appenders and keeps what they can share. */
export class AppenderPool {
  readonly head: Head;
  readonly wal: WalWriter;
  readonly #onCommit: () => void;
  #lastId = 0;
  #spare: SampleBatch | null = null;

  constructor(head: Head, wal: WalWriter, onCommit: () => void) {
    this.head = head;
    this.wal = wal;
    this.#onCommit = onCommit;
  }

  appender(): Appender {
    this.#lastId = (this.#lastId + 1) >>> 0 || 1;
    const batch = this.#spare ?? new SampleBatch();
    this.#spare = null;
    batch.length = 0;
    return new HeadAppender(this, this.#lastId, batch);
  }

  committed(): void {
    this.#onCommit();
  }

  giveBack(batch: SampleBatch): void {
    if (batch.refs.length <= MAX_SPARE_SAMPLES) this.#spare = batch;
  }
}

/** One batch on its way into the head (tsdb/head_append.go). */
class HeadAppender implements Appender {
  readonly #pool: AppenderPool;
  readonly #head: Head;
  readonly #id: number;
  readonly #collections: number;
  readonly #annotations: BatchAnnotations;
  /** Made when the first sample of this batch comes too late. */
  #outOfOrder: OutOfOrderBatch | null = null;
  /** Made when the first histogram comes. */
  #histograms: HistogramBatch | null = null;
  #headMaxTimeMs: number;
  #minTimeMs: number;
  #batch: SampleBatch | null;

  constructor(pool: AppenderPool, id: number, batch: SampleBatch) {
    this.#pool = pool;
    this.#head = pool.head;
    this.#id = id;
    this.#batch = batch;
    this.#collections = pool.head.collections;
    this.#annotations = new BatchAnnotations(pool.head);
    this.#headMaxTimeMs = pool.head.maxTimeMs;
    this.#minTimeMs = pool.head.isEmpty ? Number.NaN : pool.head.appendableMinTimeMs();
  }

  series(labels: Labels): SeriesRef {
    return this.#head.seriesRef(labels);
  }

  append(ref: SeriesRef, timeMs: number, value: number): AppendOutcome {
    const batch = this.#open();
    batch.reserve(1);
    const i = batch.length;
    batch.values[i] = value;
    if (Number.isNaN(value)) {
      batch.halves[2 * i] = NAN_LOW;
      batch.halves[2 * i + 1] = NAN_HIGH;
    }
    return this.#add(batch, ref, timeMs);
  }

  appendStale(ref: SeriesRef, timeMs: number): AppendOutcome {
    const batch = this.#open();
    const row = this.#head.series.rowOf(ref);
    if (row >= 0 && this.#lastSample(batch, row).histogram !== undefined) {
      return this.appendHistogram(ref, timeMs, STALE_HISTOGRAM);
    }
    batch.reserve(1);
    const i = batch.length;
    batch.halves[2 * i] = STALE_NAN_LOW;
    batch.halves[2 * i + 1] = STALE_NAN_HIGH;
    return this.#add(batch, ref, timeMs);
  }

  /** The value lies already behind the batch's last sample. */
  #add(batch: SampleBatch, ref: SeriesRef, timeMs: number): AppendOutcome {
    if (!Number.isSafeInteger(timeMs)) return 'out-of-bounds';
    const { series, arena } = this.#head;
    const row = series.rowOf(ref);
    if (row < 0) return 'unknown-series';
    if (Number.isNaN(this.#minTimeMs)) this.#beginAt(timeMs);
    if (timeMs < this.#minTimeMs) return this.#addLate(batch, batch.length, ref, row, timeMs);
    const i = batch.length;
    const isPending = series.pendingOwner[row] === this.#id;
    const state = series.state(row);
    const last = isPending ? series.pendingIndex[row]! : state >>> 3;
    if (isPending && last >= PENDING_HISTOGRAM) return this.#addBehindHistogram(batch, ref, row, timeMs);
    const lastTimeMs = isPending ? batch.times[last]! : arena.memory.f64[last + F_LAST_TIME]!;
    if (timeMs <= lastTimeMs) {
      if (timeMs < lastTimeMs) return this.#addLate(batch, i, ref, row, timeMs);
      const { u32 } = arena.memory;
      const low = isPending ? batch.halves[2 * last] : u32[2 * last + U_LAST_LOW];
      const high = isPending ? batch.halves[2 * last + 1] : u32[2 * last + U_LAST_HIGH];
      return low === batch.halves[2 * i] && high === batch.halves[2 * i + 1] ? 'ok' : 'duplicate';
    }
    batch.states[i] = state;
    return this.#take(batch, ref, row, timeMs);
  }

  /** The value and the state lie already behind the batch's last sample. */
  #take(batch: SampleBatch, ref: SeriesRef, row: number, timeMs: number): AppendOutcome {
    const { series } = this.#head;
    const i = batch.length;
    batch.refs[i] = ref;
    batch.rows[i] = row;
    batch.times[i] = timeMs;
    batch.length = i + 1;
    series.pendingOwner[row] = this.#id;
    series.pendingIndex[row] = i;
    return 'ok';
  }

  /** The last sample that the series will have is a histogram of this batch. */
  #addBehindHistogram(batch: SampleBatch, ref: SeriesRef, row: number, timeMs: number): AppendOutcome {
    const last = this.#lastSample(batch, row);
    if (timeMs < last.timeMs) return this.#addLate(batch, batch.length, ref, row, timeMs);
    if (timeMs === last.timeMs) return 'duplicate';
    this.#histograms?.breakAt(batch.length);
    batch.states[batch.length] = this.#head.series.state(row);
    return this.#take(batch, ref, row, timeMs);
  }

  #lastSample(batch: SampleBatch, row: number): LastSample {
    const { series } = this.#head;
    if (series.pendingOwner[row] !== this.#id) {
      const histogram = lastHistogram(this.#head, series.state(row));
      return { timeMs: this.#head.lastTimeMs(row), histogram, isPending: false };
    }
    const index = series.pendingIndex[row]!;
    if (this.#histograms === null || index < PENDING_HISTOGRAM) {
      return { timeMs: batch.times[index]!, histogram: undefined, isPending: true };
    }
    const i = index - PENDING_HISTOGRAM;
    return { timeMs: this.#histograms.times[i]!, histogram: this.#histograms.histograms[i]!, isPending: true };
  }

  #addLate(batch: SampleBatch, index: number, ref: SeriesRef, row: number, timeMs: number): AppendOutcome {
    this.#outOfOrder ??= new OutOfOrderBatch(this.#head);
    const head = { minTimeMs: this.#minTimeMs, maxTimeMs: this.#headMaxTimeMs };
    return this.#outOfOrder.take(batch, index, { ref, row, timeMs }, head);
  }

  #addLateHistogram(at: LatePlace, histogram: NativeHistogram): AppendOutcome {
    this.#outOfOrder ??= new OutOfOrderBatch(this.#head);
    const head = { minTimeMs: this.#minTimeMs, maxTimeMs: this.#headMaxTimeMs };
    return this.#outOfOrder.takeHistogram(histogram, at, head);
  }

  /** The first sample of all sets where an empty head begins. */
  #beginAt(timeMs: number): void {
    const { isEmpty, minValidTimeMs, maxTimeMs, options } = this.#head;
    this.#headMaxTimeMs = isEmpty ? timeMs : maxTimeMs;
    this.#minTimeMs = isEmpty
      ? Math.max(minValidTimeMs, timeMs - options.chunkRangeMs / 2)
      : this.#head.appendableMinTimeMs();
  }

  appendHistogram(ref: SeriesRef, timeMs: number, histogram: NativeHistogram): AppendOutcome {
    const batch = this.#open();
    const fault = histogramFault(histogram);
    if (fault !== null) throw new InvalidHistogramError(fault);
    if (!Number.isSafeInteger(timeMs)) return 'out-of-bounds';
    const { series } = this.#head;
    const row = series.rowOf(ref);
    if (row < 0) return 'unknown-series';
    if (Number.isNaN(this.#minTimeMs)) this.#beginAt(timeMs);
    const last = this.#lastSample(batch, row);
    const h = likeLast(histogram, last);
    if (timeMs < this.#minTimeMs || timeMs < last.timeMs) return this.#addLateHistogram({ ref, row, timeMs }, h);
    if (timeMs === last.timeMs) {
      return last.histogram !== undefined && sameHistogram(last.histogram, h) ? 'ok' : 'duplicate';
    }
    this.#histograms ??= new HistogramBatch();
    if (last.isPending && !isLoggedAlike(last, h)) this.#histograms.breakAt(batch.length);
    series.pendingOwner[row] = this.#id;
    series.pendingIndex[row] = PENDING_HISTOGRAM + this.#histograms.length;
    this.#histograms.add(ref, row, timeMs, h);
    return 'ok';
  }

  appendExemplar(ref: SeriesRef, exemplar: Exemplar): ExemplarOutcome {
    return this.#annotations.addExemplar(ref, exemplar);
  }

  setMetadata(ref: SeriesRef, metadata: MetricMetadata): void {
    this.#annotations.addMetadata(ref, metadata);
  }

  commit(): void {
    const batch = this.#open();
    const head = this.#head;
    const { wal } = this.#pool;
    try {
      if (head.collections !== this.#collections || head.minValidTimeMs > this.#minTimeMs) this.#leaveOutGone(batch);
      this.#outOfOrder?.store(wal);
      const parts = this.#parts(batch);
      for (const { floats, histograms } of parts) {
        wal.logBatch(head, batch, floats);
        head.unlogged = [];
        if (this.#histograms !== null) wal.logHistograms(this.#histograms, histograms);
      }
      this.#annotations.log(wal);
      for (const { floats, histograms } of parts) {
        if (floats.to > floats.from) appendSamples(head, batch, (i) => this.#overtaken(batch, i), floats);
        const late = this.#histograms;
        if (late !== null) appendHistograms(head, late, histograms, (i) => this.#overtakenHistogram(late, i));
      }
      this.#outOfOrder?.store(wal);
      this.#annotations.apply();
    } finally {
      this.#finish(batch);
    }
    this.#pool.committed();
  }

  /** A later sample of its series was committed since this one was appended. */
  #overtaken(batch: SampleBatch, i: number): void {
    if (this.#head.outOfOrderWindowMs > 0) this.#addLate(batch, i, batch.refs[i]!, batch.rows[i]!, batch.times[i]!);
  }

  #overtakenHistogram({ refs, rows, times, histograms }: HistogramBatch, i: number): void {
    if (this.#head.outOfOrderWindowMs === 0) return;
    this.#addLateHistogram({ ref: refs[i]!, row: rows[i]!, timeMs: times[i]! }, histograms[i]!);
  }

  /** What is logged and stored one after the other; mostly one part of all. */
  #parts(batch: SampleBatch): readonly BatchPart[] {
    if (this.#histograms !== null) return this.#histograms.parts(batch.length);
    const isNothing = batch.length === 0 && this.#head.unlogged.length === 0;
    return isNothing ? [] : [{ floats: { from: 0, to: batch.length }, histograms: { from: 0, to: 0 } }];
  }

  /** A batch kept open over a cut of the head may hold samples of that time, and rows that now belong to others. */
  #leaveOutGone(batch: SampleBatch): void {
    let n = 0;
    const { minValidTimeMs, series } = this.#head;
    const histograms = this.#histograms;
    histograms?.keep((ref, timeMs, i) => {
      const row = series.rowOf(ref);
      if (row < 0 || timeMs >= minValidTimeMs) return row;
      histograms.rows[i] = row;
      this.#overtakenHistogram(histograms, i);
      return -1;
    });
    for (let i = 0; i < batch.length; i++) {
      this.#histograms?.moveFloat(i, n);
      const row = this.#head.series.rowOf(batch.refs[i]!);
      if (row < 0) continue;
      if (batch.times[i]! < this.#head.minValidTimeMs) {
        batch.rows[i] = row;
        this.#overtaken(batch, i);
        continue;
      }
      batch.refs[n] = batch.refs[i]!;
      batch.rows[n] = row;
      batch.states[n] = this.#head.series.state(row);
      batch.times[n] = batch.times[i]!;
      batch.halves[2 * n] = batch.halves[2 * i]!;
      batch.halves[2 * n + 1] = batch.halves[2 * i + 1]!;
      n++;
    }
    this.#histograms?.moveFloat(batch.length, n);
    batch.length = n;
  }

  rollback(): void {
    if (this.#batch !== null) this.#finish(this.#batch);
  }

  #finish(batch: SampleBatch): void {
    const { pendingOwner } = this.#head.series;
    for (let i = 0; i < batch.length; i++) {
      const row = batch.rows[i]!;
      if (pendingOwner[row] === this.#id) pendingOwner[row] = 0;
    }
    for (const row of this.#histograms?.rows ?? []) if (pendingOwner[row] === this.#id) pendingOwner[row] = 0;
    this.#histograms = null;
    this.#batch = null;
    this.#annotations.clear();
    this.#outOfOrder?.clear();
    this.#pool.giveBack(batch);
  }

  #open(): SampleBatch {
    if (this.#batch === null) throw new Error('the appender is already committed or rolled back');
    return this.#batch;
  }
}
