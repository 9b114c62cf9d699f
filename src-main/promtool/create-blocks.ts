/** `tsdb create-blocks-from openmetrics` (cmd/promtool/backfill.go). */
import fs from 'node:fs';
import path from 'node:path';
import { metricTypeOf } from '../exposition/metadata-line.ts';
import { scanOpenMetrics } from '../exposition/openmetrics-scanner.ts';
import { parseSeries } from '../exposition/series-text.ts';
import type { ExpositionSink, MetadataLine } from '../exposition/sink.ts';
import type { Clock } from '../model/clock.ts';
import { formatLabels, type Labels, labelEntries, labelsOf, withLabels } from '../model/labels.ts';
import { silentLogger } from '../model/log.ts';
import type { MetricType } from '../model/metadata.ts';
import type { Appender, SeriesRef } from '../model/storage.ts';
import { Block } from '../tsdb/block/block.ts';
import { FileCache } from '../tsdb/block/file-cache.ts';
import { runCompactionJob } from '../tsdb/compaction-jobs.ts';
import { Tsdb } from '../tsdb/tsdb.ts';
import type { ListedBlock } from './block-table.ts';

const TWO_HOURS_MS = 2 * 3_600_000;
const SAMPLES_PER_COMMIT = 5000;

/** The input cannot become blocks; the message says where and why. */
export class BackfillError extends Error {
  override readonly name = 'BackfillError';
}

export interface BackfillOptions {
  readonly input: Uint8Array;
  readonly outputDir: string;
  /** Added to every series, over labels of the same name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Less than two hours counts as two hours. */
  readonly maxBlockDurationMs: number;
  readonly clock: Clock;
  readonly onBlock: (block: ListedBlock) => Promise<void>;
}

/** A block for each aligned span of time that has samples. Throws BackfillError and ExpositionError. */
export async function createBlocks(options: BackfillOptions): Promise<void> {
  const { input, outputDir } = options;
  const times = timesIn(input);
  fs.mkdirSync(outputDir, { recursive: true });
  const spanMs = blockSpanMs(options.maxBlockDurationMs);
  let from = Math.floor(times.minTimeMs / spanMs) * spanMs;
  while (from <= times.maxTimeMs) {
    const pass = await writeSpan(options, from, spanMs);
    if (pass.block !== null) await options.onBlock(pass.block);
    if (pass.nextTimeMs === Number.POSITIVE_INFINITY) return;
    from = Math.floor(pass.nextTimeMs / spanMs) * spanMs;
  }
}

/** The longest of 2 h, 6 h, 18 h ... that is not beyond the limit. */
function blockSpanMs(maxMs: number): number {
  let span = TWO_HOURS_MS;
  while (span * 3 <= maxMs) span *= 3;
  return span;
}

function timesIn(input: Uint8Array): { readonly minTimeMs: number; readonly maxTimeMs: number } {
  let minTimeMs = Number.POSITIVE_INFINITY;
  let maxTimeMs = Number.NEGATIVE_INFINITY;
  scan(input, (_, timeMs) => {
    if (timeMs < minTimeMs) minTimeMs = timeMs;
    if (timeMs > maxTimeMs) maxTimeMs = timeMs;
  });
  return { minTimeMs, maxTimeMs };
}

type OnSample = (series: () => Labels, timeMs: number, value: number) => void;

function scan(input: Uint8Array, onSample: OnSample): void {
  scanOpenMetrics(input, input.length, new SampleSink(onSample));
}

/** Hands on samples; labels are only parsed for those who ask. */
class SampleSink implements ExpositionSink {
  readonly #onSample: OnSample;
  #type: MetricType = 'unknown';

  constructor(onSample: OnSample) {
    this.#onSample = onSample;
  }

  expect(): number {
    return -1;
  }

  repeat(): void {}

  expectMetadata(): number {
    return -1;
  }

  metadata(_body: Uint8Array, { kind, text }: MetadataLine): void {
    if (kind === 'type') this.#type = metricTypeOf(text) ?? 'unknown';
  }

  sample(body: Uint8Array, start: number, end: number, value: number, timeMs: number): void {
    const type = this.#type;
    const series = () => {
      const pairs = parseSeries(body, start, end, type);
      return labelsOf(labelEntries(pairs));
    };
    if (Number.isNaN(timeMs))
      throw new BackfillError(`expected timestamp for series ${formatLabels(series())}, got none`);
    this.#onSample(series, timeMs, value);
  }
}

interface SpanPass {
  readonly block: ListedBlock | null;
  /** Of the first sample after the span, Infinity when there is none. */
  readonly nextTimeMs: number;
}

async function writeSpan(options: BackfillOptions, fromMs: number, spanMs: number): Promise<SpanPass> {
  const dir = fs.mkdtempSync(path.join(options.outputDir, 'backfill.tmp-'));
  try {
    const tsdb = await Tsdb.open({
      dir,
      clock: options.clock,
      log: silentLogger,
      // Chunks are cut, and samples refused as too old, as in a head of twice the span (tsdb/blockwriter.go).
      minBlockDurationMs: 2 * spanMs,
      runCompaction: runCompactionJob,
    });
    try {
      const nextTimeMs = appendSpan(tsdb, options, fromMs, fromMs + spanMs);
      if (tsdb.headStats().samplesAppended === 0) return { block: null, nextTimeMs };
      const snapshot = await tsdb.snapshot(false);
      return { block: moveBlock(path.join(dir, 'snapshots', snapshot), options.outputDir), nextTimeMs };
    } finally {
      await tsdb.close();
    }
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

/** Appends the samples of the span; returns the time of the first one after it. */
function appendSpan(tsdb: Tsdb, { input, labels }: BackfillOptions, fromMs: number, toMs: number): number {
  let next = Number.POSITIVE_INFINITY;
  let appender: Appender = tsdb.appender();
  let pending = 0;
  scan(input, (series, timeMs, value) => {
    if (timeMs >= toMs && timeMs < next) next = timeMs;
    if (timeMs < fromMs || timeMs >= toMs) return;
    append(appender, withLabels(series(), Object.entries(labels)), timeMs, value);
    if (++pending < SAMPLES_PER_COMMIT) return;
    appender.commit();
    appender = tsdb.appender();
    pending = 0;
  });
  appender.commit();
  return next;
}

function append(appender: Appender, labels: Labels, timeMs: number, value: number): void {
  const ref: SeriesRef = appender.series(labels);
  const outcome = appender.append(ref, timeMs, value);
  if (outcome !== 'ok') throw new BackfillError(`add sample: ${outcome} at ${timeMs} of ${formatLabels(labels)}`);
}

/** The one block of a snapshot, moved to where it belongs. */
function moveBlock(snapshotDir: string, outputDir: string): ListedBlock {
  const [name = ''] = fs.readdirSync(snapshotDir);
  const target = path.join(outputDir, name);
  fs.renameSync(path.join(snapshotDir, name), target);
  const block = Block.open(target, new FileCache(0));
  block.close();
  return { meta: block.meta, sizeBytes: block.sizeBytes };
}
