import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Labels } from '../../model/labels.ts';
import { compareLabels } from '../../model/labels.ts';
import type { SeriesRef } from '../../model/storage.ts';
import { appendSamples, SampleBatch } from '../head/append.ts';
import { appendHistograms } from '../head/append-histograms.ts';
import type { FinishedChunk } from '../head/chunk-table.ts';
import type { Head } from '../head/head.ts';
import type { HeadChunkReport } from '../head/head-chunk-files.ts';
import { HistogramBatch } from '../head/histogram-batch.ts';
import { attachFinished } from '../head/open-chunk.ts';
import { decodeExemplars, decodeMetadata } from './exemplar-records.ts';
import { decodeHistograms, isHistogramRecord } from './histogram-records.ts';
import { listCheckpoints, listSegments, type Segment } from './layout.ts';
import {
  decodeSamples,
  decodeSamplesV2,
  decodeSeries,
  decodeTombstones,
  RECORD_EXEMPLARS,
  RECORD_METADATA,
  RECORD_SAMPLES,
  RECORD_SAMPLES_V2,
  RECORD_SERIES,
  RECORD_TOMBSTONES,
} from './records.ts';
import { OutOfOrderReplay } from './replay-out-of-order.ts';
import type { ReplayReport } from './replay-report.ts';
import { scanSegment } from './segment-scan.ts';

/**
 * Puts the newest checkpoint and the segments after it into an empty head, then what came out of order; gives way to
 * others between segments. `headChunks` are attached to their series as these appear: what the log has of the same time
 * is passed over.
 */
export async function replayWal(dataDir: string, head: Head, headChunks: HeadChunkReport): Promise<ReplayReport> {
  const walDir = path.join(dataDir, 'wal');
  const replay = new Replay(head, headChunks.chunks);
  const { report } = replay;
  const checkpoint = listCheckpoints(walDir).at(-1);
  const segments = listSegments(walDir).filter(({ number }) => number > (checkpoint?.number ?? -1));
  if (checkpoint !== undefined) segments.unshift(...listSegments(checkpoint.dir));
  await readSegments(segments, report, (record) => replay.record(record));
  const late = new OutOfOrderReplay(head, report, headChunks.outOfOrder, (ref) => replay.rowOf(ref));
  await readSegments(listSegments(path.join(dataDir, 'wbl')), report, (record) => late.record(record));
  return report;
}

async function readSegments(
  segments: readonly Segment[],
  report: ReplayReport,
  onRecord: (record: Buffer) => void,
): Promise<void> {
  for (const segment of segments) {
    const { damages } = scanSegment(segment.file, onRecord);
    if (damages.length > 0) {
      report.damages.push(...damages);
      report.damagedSegments.push(segment);
    }
    await nextTurn();
  }
}

class Replay {
  readonly #head: Head;
  readonly #headChunks: Map<number, FinishedChunk[]>;
  readonly #batch = new SampleBatch();
  #rows = new Int32Array(0);
  /** Refs that the log gives to several series, one after the other: the row meant now. */
  readonly #overrides = new Map<number, number>();
  readonly report: ReplayReport = {
    samples: 0,
    orphanSamples: 0,
    damages: [],
    damagedSegments: [],
  };

  constructor(head: Head, headChunks: Map<number, FinishedChunk[]>) {
    this.#head = head;
    this.#headChunks = headChunks;
  }

  record(record: Buffer): void {
    const type = record[0]!;
    if (type === RECORD_SAMPLES || type === RECORD_SAMPLES_V2) this.#samples(record);
    else if (type === RECORD_SERIES) this.#seriesRecord(record);
    else if (type === RECORD_TOMBSTONES) this.#tombstones(record);
    else if (type === RECORD_EXEMPLARS) this.#exemplars(record);
    else if (type === RECORD_METADATA) this.#metadata(record);
    else if (isHistogramRecord(type)) this.#histograms(record);
  }

  /** All of a record or nothing: of one that makes no sense in its middle, nothing stays in the log. */
  #seriesRecord(record: Buffer): void {
    const found: [ref: number, labels: Labels][] = [];
    decodeSeries(record, (ref, labels) => found.push([ref, labels]));
    for (const [ref, labels] of found) this.#series(ref, labels);
  }

  #series(ref: number, labels: Labels): void {
    const { series } = this.#head;
    const known = series.rowOf(ref);
    if (known >= 0 && !this.#overrides.has(ref)) {
      if (compareLabels(series.newLabels(known), labels) === 0) return;
      this.#overrides.set(ref, this.#findOrAdd(labels, 0));
      return;
    }
    const row = this.#findOrAdd(labels, this.#overrides.has(ref) ? 0 : ref);
    if (this.#overrides.has(ref)) this.#overrides.set(ref, row);
    else series.addAlias(ref, row);
    const chunks = this.#headChunks.get(ref);
    if (chunks === undefined) return;
    for (const chunk of chunks) attachFinished(this.#head, row, chunk);
    this.#headChunks.delete(ref);
  }

  #findOrAdd(labels: Labels, ref: number): number {
    const found = this.#head.series.find(labels);
    if (found >= 0) return found;
    const row = this.#head.addSeries(labels, ref);
    if (ref === 0) this.#head.unlogged.push(this.#head.series.ref(row));
    return row;
  }

  #samples(record: Buffer): void {
    const batch = this.#batch;
    const { series } = this.#head;
    batch.length = 0;
    if (record[0] === RECORD_SAMPLES) decodeSamples(record, batch);
    else decodeSamplesV2(record, batch);
    if (this.#rows.length < batch.length) this.#rows = new Int32Array(2 * batch.length);
    series.rowsOf(batch.refs, batch.length, this.#rows);
    if (this.#overrides.size > 0) {
      for (let i = 0; i < batch.length; i++) this.#rows[i] = this.#overrides.get(batch.refs[i]!) ?? this.#rows[i]!;
    }
    this.#keepKnown(batch);
    this.report.samples += appendSamples(this.#head, batch);
  }

  #histograms(record: Buffer): void {
    const batch = new HistogramBatch();
    for (const { ref, timeMs, histogram } of decodeHistograms(record)) {
      if (timeMs < this.#head.minValidTimeMs) continue;
      const row = this.rowOf(ref);
      if (row < 0) this.report.orphanSamples++;
      else batch.add(ref, row, timeMs, histogram);
    }
    this.report.samples += appendHistograms(this.#head, batch, { from: 0, to: batch.length });
  }

  /** Leaves out samples that are too old, and those whose series is unknown. */
  #keepKnown(batch: SampleBatch): void {
    const { series, minValidTimeMs } = this.#head;
    const { rows, states, times, halves, length } = batch;
    const found = this.#rows;
    let n = 0;
    for (let i = 0; i < length; i++) {
      const timeMs = times[i]!;
      if (timeMs < minValidTimeMs) continue;
      const row = found[i]!;
      if (row < 0) {
        this.report.orphanSamples++;
        continue;
      }
      rows[n] = row;
      states[n] = series.state(row);
      if (n !== i) {
        times[n] = timeMs;
        halves[2 * n] = halves[2 * i]!;
        halves[2 * n + 1] = halves[2 * i + 1]!;
      }
      n++;
    }
    batch.length = n;
  }

  /** -1 when no series has the ref. */
  rowOf(ref: SeriesRef): number {
    return this.#overrides.get(ref) ?? this.#head.series.rowOf(ref);
  }

  #exemplars(record: Buffer): void {
    const { series, exemplars, minValidTimeMs } = this.#head;
    for (const { ref, exemplar } of decodeExemplars(record)) {
      const row = this.rowOf(ref);
      if (row >= 0 && exemplar.timeMs >= minValidTimeMs) exemplars.add(series.ref(row), series.labels(row), exemplar);
    }
  }

  #metadata(record: Buffer): void {
    for (const { ref, metadata } of decodeMetadata(record)) {
      const row = this.rowOf(ref);
      if (row >= 0) this.#head.metadata.set(row, metadata);
    }
  }

  #tombstones(record: Buffer): void {
    for (const { ref, minTimeMs, maxTimeMs } of decodeTombstones(record)) {
      const row = this.rowOf(ref);
      if (row >= 0) this.#head.tombstones.add(row, minTimeMs, maxTimeMs);
    }
  }
}
