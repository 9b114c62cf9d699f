/** Replaces old segments of the log by what of them still counts (tsdb/wlog/checkpoint.go). */
import fs from 'node:fs';
import type { SeriesRef } from '../../model/storage.ts';
import { syncDirectory } from '../block/output-file.ts';
import { ByteWriter } from '../byte-writer.ts';
import { SampleBatch } from '../head/append.ts';
import { RefMap } from '../head/ref-map.ts';
import { prepareZstd } from './compression.ts';
import {
  decodeExemplars,
  decodeMetadata,
  encodeExemplars,
  encodeMetadata,
  type RefMetadata,
} from './exemplar-records.ts';
import { decodeHistograms, encodeHistograms, isHistogramRecord } from './histogram-records.ts';
import { checkpointDir, listCheckpoints, listSegments, type Segment } from './layout.ts';
import { RecordLog } from './record-log.ts';
import {
  decodeSamples,
  decodeSamplesV2,
  decodeSeries,
  decodeTombstones,
  encodeSamples,
  encodeSeries,
  encodeSeriesStart,
  encodeTombstones,
  RECORD_EXEMPLARS,
  RECORD_METADATA,
  RECORD_SAMPLES,
  RECORD_SAMPLES_V2,
  RECORD_SERIES,
  RECORD_TOMBSTONES,
} from './records.ts';
import { scanSegment } from './segment-scan.ts';

const METADATA_PER_RECORD = 10_000;

export interface CheckpointJob {
  readonly kind: 'checkpoint';
  readonly walDir: string;
  /** The last segment to be replaced. */
  readonly lastSegment: number;
  /** Older samples are left out. */
  readonly minTimeMs: number;
  /** What was deleted before is left out. */
  readonly tombstonesFromMs: number;
  /** Series to keep. */
  readonly refs: Float64Array;
}

/** Which segments the next checkpoint replaces: the older two thirds; null when that is not worth it. */
export function lastSegmentToReplace(walDir: string): number | null {
  const segments = listSegments(walDir);
  const first = segments[0]?.number;
  const last = segments.at(-2)?.number;
  if (first === undefined || last === undefined) return null;
  const until = first + Math.floor(((last - first) * 2) / 3);
  return until > first ? until : null;
}

/** Writes the checkpoint; the segments it replaces, and older checkpoints, remain for the caller to remove. */
export async function writeCheckpoint(job: CheckpointJob): Promise<void> {
  await prepareZstd(); // perhaps on a thread of its own
  const final = checkpointDir(job.walDir, job.lastSegment);
  const building = `${final}.tmp`;
  fs.rmSync(building, { recursive: true, force: true });
  fs.mkdirSync(building);
  const out = new RecordLog(building);
  const filter = new Filter(job, out);
  for (const segment of segmentsToRead(job)) scanSegment(segment.file, (record) => filter.record(record));
  filter.finish();
  await out.close();
  syncDirectory(building);
  fs.renameSync(building, final);
  syncDirectory(job.walDir);
}

function segmentsToRead(job: CheckpointJob): Segment[] {
  const previous = listCheckpoints(job.walDir).at(-1);
  const segments = listSegments(job.walDir).filter(
    ({ number }) => number <= job.lastSegment && number > (previous?.number ?? -1),
  );
  return previous === undefined ? segments : [...listSegments(previous.dir), ...segments];
}

class Filter {
  readonly #job: CheckpointJob;
  readonly #out: RecordLog;
  readonly #kept = new RefMap();
  readonly #writer = new ByteWriter();
  readonly #batch = new SampleBatch();
  readonly #metadata = new Map<SeriesRef, RefMetadata>();

  constructor(job: CheckpointJob, out: RecordLog) {
    this.#job = job;
    this.#out = out;
    for (const ref of job.refs) this.#kept.set(ref, 0);
  }

  record(record: Buffer): void {
    const type = record[0]!;
    if (type === RECORD_SERIES) this.#series(record);
    else if (type === RECORD_SAMPLES || type === RECORD_SAMPLES_V2) this.#samples(record);
    else if (isHistogramRecord(type)) this.#histograms(record);
    else if (type === RECORD_TOMBSTONES) this.#tombstones(record);
    else if (type === RECORD_EXEMPLARS) this.#exemplars(record);
    else if (type === RECORD_METADATA) this.#noteMetadata(record);
  }

  #series(record: Buffer): void {
    const writer = this.#writer;
    encodeSeriesStart(writer);
    decodeSeries(record, (ref, labels) => {
      if (this.#kept.get(ref) >= 0) encodeSeries(writer, ref, labels);
    });
    if (writer.length > 1) this.#out.log(writer.written());
  }

  #samples(record: Buffer): void {
    const batch = this.#batch;
    batch.length = 0;
    if (record[0] === RECORD_SAMPLES) decodeSamples(record, batch);
    else decodeSamplesV2(record, batch);
    const { refs, times, halves, length } = batch;
    let n = 0;
    for (let i = 0; i < length; i++) {
      if (times[i]! < this.#job.minTimeMs || this.#kept.get(refs[i]!) < 0) continue;
      refs[n] = refs[i]!;
      times[n] = times[i]!;
      halves[2 * n] = halves[2 * i]!;
      halves[2 * n + 1] = halves[2 * i + 1]!;
      n++;
    }
    if (n === 0) return;
    encodeSamples(this.#writer, batch, 0, n);
    this.#out.log(this.#writer.written());
  }

  #histograms(record: Buffer): void {
    const kept = decodeHistograms(record).filter(
      ({ ref, timeMs }) => timeMs >= this.#job.minTimeMs && this.#kept.get(ref) >= 0,
    );
    const columns = {
      refs: kept.map(({ ref }) => ref),
      times: kept.map(({ timeMs }) => timeMs),
      histograms: kept.map(({ histogram }) => histogram),
    };
    const all = { from: 0, to: kept.length };
    encodeHistograms(this.#writer, columns, all, () => this.#out.log(this.#writer.written()));
  }

  #exemplars(record: Buffer): void {
    const exemplars = decodeExemplars(record).filter(
      ({ ref, exemplar }) => exemplar.timeMs >= this.#job.minTimeMs && this.#kept.get(ref) >= 0,
    );
    if (exemplars.length === 0) return;
    encodeExemplars(this.#writer, exemplars);
    this.#out.log(this.#writer.written());
  }

  /** Of each series only the newest is written, once all is read. */
  #noteMetadata(record: Buffer): void {
    for (const entry of decodeMetadata(record))
      if (this.#kept.get(entry.ref) >= 0) this.#metadata.set(entry.ref, entry);
  }

  finish(): void {
    const entries = [...this.#metadata.values()];
    for (let from = 0; from < entries.length; from += METADATA_PER_RECORD) {
      encodeMetadata(this.#writer, entries.slice(from, from + METADATA_PER_RECORD));
      this.#out.log(this.#writer.written());
    }
  }

  #tombstones(record: Buffer): void {
    const stones = decodeTombstones(record).filter(
      ({ ref, maxTimeMs }) => maxTimeMs >= this.#job.tombstonesFromMs && this.#kept.get(ref) >= 0,
    );
    if (stones.length === 0) return;
    encodeTombstones(this.#writer, stones);
    this.#out.log(this.#writer.written());
  }
}

/** Removes what a finished checkpoint replaced. */
export function removeReplaced(walDir: string, lastSegment: number): void {
  for (const segment of listSegments(walDir))
    if (segment.number <= lastSegment) fs.rmSync(segment.file, { force: true });
  for (const { number, dir } of listCheckpoints(walDir)) {
    if (number < lastSegment) fs.rmSync(dir, { recursive: true, force: true });
  }
}
