import { F_LAST_TIME, U_LAST_HIGH, U_LAST_LOW } from '../../kernels/xor-chunk.ts';
import type { Labels } from '../../model/labels.ts';
import type { MetricMetadata } from '../../model/metadata.ts';
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
import { BatchAnnotations } from './batch-annotations.ts';
import type { Head } from './head.ts';

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
  #minTimeMs: number;
  #batch: SampleBatch | null;

  constructor(pool: AppenderPool, id: number, batch: SampleBatch) {
    this.#pool = pool;
    this.#head = pool.head;
    this.#id = id;
    this.#batch = batch;
    this.#collections = pool.head.collections;
    this.#annotations = new BatchAnnotations(pool.head);
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
    if (Number.isNaN(this.#minTimeMs)) this.#minTimeMs = this.#firstMinTimeMs(timeMs);
    if (timeMs < this.#minTimeMs) return 'out-of-bounds';
    const i = batch.length;
    const isPending = series.pendingOwner[row] === this.#id;
    const state = series.state(row);
    const last = isPending ? series.pendingIndex[row]! : state >>> 3;
    const lastTimeMs = isPending ? batch.times[last]! : arena.memory.f64[last + F_LAST_TIME]!;
    if (timeMs <= lastTimeMs) {
      if (timeMs < lastTimeMs) return 'out-of-order';
      const { u32 } = arena.memory;
      const low = isPending ? batch.halves[2 * last] : u32[2 * last + U_LAST_LOW];
      const high = isPending ? batch.halves[2 * last + 1] : u32[2 * last + U_LAST_HIGH];
      return low === batch.halves[2 * i] && high === batch.halves[2 * i + 1] ? 'ok' : 'duplicate';
    }
    batch.refs[i] = ref;
    batch.rows[i] = row;
    batch.states[i] = state;
    batch.times[i] = timeMs;
    batch.length = i + 1;
    series.pendingOwner[row] = this.#id;
    series.pendingIndex[row] = i;
    return 'ok';
  }

  /** The first sample of all sets where an empty head begins. */
  #firstMinTimeMs(timeMs: number): number {
    const range = this.#head.options.chunkRangeMs;
    return this.#head.isEmpty
      ? Math.max(this.#head.minValidTimeMs, timeMs - range / 2)
      : this.#head.appendableMinTimeMs();
  }

  appendHistogram(): AppendOutcome {
    throw new InvalidHistogramError('native histograms are not kept');
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
    try {
      if (head.collections !== this.#collections || head.minValidTimeMs > this.#minTimeMs) this.#leaveOutGone(batch);
      if (batch.length > 0 || head.unlogged.length > 0) {
        this.#pool.wal.logBatch(head, batch);
        head.unlogged = [];
      }
      this.#annotations.log(this.#pool.wal);
      if (batch.length > 0) appendSamples(head, batch);
      this.#annotations.apply();
    } finally {
      this.#finish(batch);
    }
    this.#pool.committed();
  }

  /** A batch kept open over a cut of the head may hold samples of that time, and rows that now belong to others. */
  #leaveOutGone(batch: SampleBatch): void {
    let n = 0;
    for (let i = 0; i < batch.length; i++) {
      const row = this.#head.series.rowOf(batch.refs[i]!);
      if (row < 0 || batch.times[i]! < this.#head.minValidTimeMs) continue;
      batch.refs[n] = batch.refs[i]!;
      batch.rows[n] = row;
      batch.states[n] = this.#head.series.state(row);
      batch.times[n] = batch.times[i]!;
      batch.halves[2 * n] = batch.halves[2 * i]!;
      batch.halves[2 * n + 1] = batch.halves[2 * i + 1]!;
      n++;
    }
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
    this.#batch = null;
    this.#annotations.clear();
    this.#pool.giveBack(batch);
  }

  #open(): SampleBatch {
    if (this.#batch === null) throw new Error('the appender is already committed or rolled back');
    return this.#batch;
  }
}
