import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { Matcher } from '../model/matcher.ts';
import type { MetricMetadata } from '../model/metadata.ts';
import type { RecentQuantiles } from '../model/recent-quantiles.ts';
import type {
  Appendable,
  Appender,
  ExemplarQueryable,
  Querier,
  Queryable,
  SeriesExemplars,
  SeriesRef,
} from '../model/storage.ts';
import type { Block } from './block/block.ts';
import { BlockQuerier } from './block/block-querier.ts';
import { deleteFromBlock } from './block/delete-from-block.ts';
import { type BlockMeta, inOrderMaxTime } from './block/meta.ts';
import { BlockCompactor } from './block-compactor.ts';
import { BlockSet } from './block-set.ts';
import type { RunCompaction } from './compaction-jobs.ts';
import { levelRanges } from './compaction-plan.ts';
import { compactionThread, defaultWorkerUrl } from './compaction-thread.ts';
import { directoryBytes } from './disk-use.ts';
import { CorruptionError } from './errors.ts';
import type { ExemplarStats } from './exemplar/exemplar-storage.ts';
import { GuardedQuerier } from './guarded-querier.ts';
import { deleteFromHead } from './head/delete-from-head.ts';
import { Head } from './head/head.ts';
import { AppenderPool } from './head/head-appender.ts';
import { HeadQuerier } from './head/head-querier.ts';
import { type HeadStats, headStatsOf } from './head/head-stats.ts';
import { HeadCompactor } from './head-compactor.ts';
import { LabelSetNumbers } from './label-sets.ts';
import { type DirectoryLock, lockDirectory } from './lock.ts';
import { MaintenanceLoop } from './maintenance-loop.ts';
import { MergedQuerier } from './merged-querier.ts';
import { OutOfOrderCompactor } from './out-of-order-compactor.ts';
import { blocksBeyond, type Retention } from './retention.ts';
import { removeHalfSnapshots, writeSnapshot } from './snapshot.ts';
import { StorageCounters } from './storage-counters.ts';
import type { TimeSpan } from './tombstones.ts';
import { type OpenedWal, openWal } from './wal/open-wal.ts';
import type { RecordLog } from './wal/record-log.ts';
import { WalWriter } from './wal/wal-writer.ts';
import { WriteBehindLog } from './wal/write-behind-log.ts';

export interface TsdbOptions {
  /** Prometheus's data directory; made when it is not there. */
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How much time a block cut from the head spans, and to what multiples it is aligned. */
  readonly minBlockDurationMs?: number;
  /** How much time a compacted block spans at most; default: a tenth of the retention time, 31 days at most. */
  readonly maxBlockDurationMs?: number;
  /** Default: 15 days. */
  readonly retention?: Retention;
  /** 0: no limit. */
  readonly maxSeries?: number;
  /** See `applyOutOfOrderWindow`; default: 0. */
  readonly outOfOrderWindowMs?: number;
  /** How many exemplars are kept, of all series together; default 0: none. */
  readonly maxExemplars?: number;
  /** Whether what `setMetadata` is told is kept, and logged; default: no. */
  readonly keepsMetadata?: boolean;
  /** Who writes blocks; default: a worker thread a job. */
  readonly runCompaction?: RunCompaction;
}

const TWO_HOURS_MS = 2 * 3_600_000;
const DEFAULT_RETENTION: Retention = { retentionMs: 15 * 24 * 3_600_000, retentionBytes: 0 };
const MAX_BLOCK_MS = 31 * 24 * 3_600_000;
const MAX_PROBLEMS = 50;

interface Parts extends OpenedWal {
  readonly lock: DirectoryLock;
  readonly head: Head;
  readonly blocks: BlockSet;
}

/** The time-series database in Prometheus's own directory layout: head, write-ahead log and blocks. */
export class Tsdb implements Appendable, Queryable, ExemplarQueryable {
  readonly counters = new StorageCounters();
  readonly #dir: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #lock: DirectoryLock;
  readonly #head: Head;
  readonly #blocks: BlockSet;
  readonly #wal: RecordLog;
  readonly #walWriter: WalWriter;
  readonly #appenders: AppenderPool;
  readonly #outOfOrderLog: WriteBehindLog;
  readonly #compactor: HeadCompactor;
  readonly #outOfOrderCompactor: OutOfOrderCompactor;
  readonly #blockCompactor: BlockCompactor;
  readonly #loop: MaintenanceLoop;
  readonly #labelSets = new LabelSetNumbers();
  /** What was found damaged, bounded; the oldest stay. */
  readonly #found: string[];
  #retention: Retention;
  #lastFailure = '';

  private constructor(options: TsdbOptions, parts: Parts) {
    this.#dir = options.dir;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#retention = options.retention ?? DEFAULT_RETENTION;
    this.#lock = parts.lock;
    this.#head = parts.head;
    this.#blocks = parts.blocks;
    this.#wal = parts.wal;
    this.#outOfOrderLog = new WriteBehindLog(options.dir);
    this.#walWriter = new WalWriter(parts.wal, this.#outOfOrderLog);
    parts.head.outOfOrderWindowMs = options.outOfOrderWindowMs ?? 0;
    this.#found = parts.problems;
    this.counters.walCorruptions = parts.corruptions;
    const run = this.counters.counting(options.runCompaction ?? compactionThread(defaultWorkerUrl()));
    const { clock, log, dir: dataDir } = options;
    this.#blockCompactor = new BlockCompactor({
      dataDir,
      blocks: parts.blocks,
      ranges: levelRanges(parts.head.options.chunkRangeMs, options.maxBlockDurationMs ?? maxBlockMs(this.#retention)),
      clock,
      log,
      run,
    });
    this.#compactor = new HeadCompactor({
      dataDir,
      head: parts.head,
      wal: parts.wal,
      clock,
      headChunkFiles: parts.headChunkFiles,
      run,
      onBlock: () => this.#blocks.reload(),
    });
    this.#outOfOrderCompactor = new OutOfOrderCompactor({
      dataDir,
      head: parts.head,
      log: this.#outOfOrderLog,
      clock,
      run,
      onBlock: () => this.#blocks.reload(),
    });
    this.#loop = new MaintenanceLoop({
      clock,
      run: (isStopping) => this.#maintain(isStopping),
      onError: (error) => this.#failed(error),
    });
    this.#appenders = new AppenderPool(parts.head, this.#walWriter, () => {
      if (this.#compactor.isDue() || this.#outOfOrderCompactor.isDue()) this.#loop.hurry();
    });
  }

  /**
   * Opens a data directory, of Hearth or of Prometheus, and replays its log. Damage prevents nothing but the reading of
   * what is damaged: see `problems()`. Throws DirectoryLockedError, and what the file system says.
   */
  static async open(options: TsdbOptions): Promise<Tsdb> {
    fs.mkdirSync(options.dir, { recursive: true });
    const lock = lockDirectory(options.dir);
    try {
      const blocks = new BlockSet(options.dir, options.log);
      blocks.removeLeftovers();
      removeHalfSnapshots(options.dir);
      blocks.reload();
      const head = new Head({
        chunkRangeMs: options.minBlockDurationMs ?? TWO_HOURS_MS,
        maxSeries: options.maxSeries ?? 0,
        maxExemplars: options.maxExemplars ?? 0,
        keepsMetadata: options.keepsMetadata ?? false,
      });
      head.minValidTimeMs = inOrderMaxTime(blocks.all.map(({ meta }) => meta));
      const opened = await openWal(options.dir, head, options.log);
      head.samplesAppended = 0;
      return new Tsdb(options, { lock, head, blocks, ...opened });
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Begins to cut the head, and to apply retention, every minute. */
  start(): void {
    this.#loop.start();
  }

  /** Waits for what is under way. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Everything committed is on the disk when this resolves. Stops first. */
  async close(): Promise<void> {
    await this.stop();
    try {
      await this.#wal.close();
      await this.#outOfOrderLog.close();
    } finally {
      await this.#blocks.close();
      this.#lock.release();
    }
  }

  appender(): Appender {
    return this.#appenders.appender();
  }

  querier(minTimeMs: number, maxTimeMs: number): Querier {
    const sources: Querier[] = [];
    for (const block of this.#blocks.all) {
      if (block.meta.minTime <= maxTimeMs && block.meta.maxTime > minTimeMs) {
        sources.push(this.#blockQuerier(block, minTimeMs, maxTimeMs));
      }
    }
    if (this.#head.mayHave(minTimeMs, maxTimeMs)) {
      sources.push(new HeadQuerier(this.#head, minTimeMs, maxTimeMs));
    }
    return new MergedQuerier(sources, this.#labelSets);
  }

  exemplars(
    minTimeMs: number,
    maxTimeMs: number,
    matcherSets: readonly (readonly Matcher[])[],
  ): readonly SeriesExemplars[] {
    return this.#head.exemplars.select(minTimeMs, maxTimeMs, matcherSets);
  }

  /** At once; the newest that fit are kept. 0 turns exemplars off. */
  resizeExemplars(maxExemplars: number): void {
    this.#head.exemplars.resize(maxExemplars);
  }

  /** How long it took to get segments of the log onto the disk, in seconds. */
  get walSyncSeconds(): RecentQuantiles {
    return this.#wal.syncSeconds;
  }

  /** As they are at any moment. */
  get exemplarStats(): ExemplarStats {
    return this.#head.exemplars;
  }

  /** The metadata last set for a series that the head has. */
  metadataOf(ref: SeriesRef): MetricMetadata | undefined {
    const row = this.#head.series.rowOf(ref);
    return row < 0 ? undefined : this.#head.metadata.get(row);
  }

  #blockQuerier(block: Block, minTimeMs: number, maxTimeMs: number): Querier {
    const querier = new BlockQuerier(block, minTimeMs, maxTimeMs, (_, reason) => {
      this.#note(`block ${block.meta.ulid}: ${reason}; its samples are missing from answers`);
    });
    return new GuardedQuerier(querier, (error) => {
      if (!(error instanceof CorruptionError)) throw error;
      this.#blocks.setAside(block, error.message);
    });
  }

  #note(problem: string): void {
    if (this.#found.includes(problem) || this.#found.length >= MAX_PROBLEMS) return;
    this.#found.push(problem);
    this.#log.error({}, problem);
  }

  /**
   * How much older than the newest sample of all one may be that is not later than the last of its series; 0: not at
   * all. What was taken stays.
   */
  applyOutOfOrderWindow(windowMs: number): void {
    this.#head.outOfOrderWindowMs = windowMs;
  }

  /** Takes effect with the next round of maintenance, or at once by `maintain()`. */
  applyRetention(retention: Retention): void {
    this.#retention = retention;
  }

  /** One round of maintenance now: cut the head while it is due, apply retention, compact blocks. */
  maintain(): Promise<void> {
    return this.#loop.runNow();
  }

  async #maintain(isStopping: () => boolean): Promise<void> {
    await this.#cut(isStopping);
    this.#blocks.reload();
    for (const block of blocksBeyond(this.#blocks.all, this.#retention, this.#otherBytes())) {
      this.#log.info({ block: block.meta.ulid }, 'deleting a block beyond retention');
      this.#blocks.remove(block);
    }
    while (!isStopping() && (await this.#blockCompactor.compactOnce())) {}
    this.#lastFailure = '';
  }

  /** What came out of order is cut after the rest: its blocks overlap those. */
  async #cut(isStopping: () => boolean): Promise<void> {
    let hasCut = this.#outOfOrderCompactor.isDue();
    while (!isStopping() && this.#compactor.isDue()) {
      await this.#compactor.cut();
      hasCut = true;
    }
    if (hasCut && !isStopping() && (await this.#outOfOrderCompactor.cut())) await this.#compactor.collect();
  }

  /**
   * Marks as deleted the samples with minTimeMs <= t <= maxTimeMs of the series that all matchers of any of the sets
   * match: no reader that comes later sees them. They leave the disk when their block is next written.
   */
  delete(minTimeMs: number, maxTimeMs: number, matcherSets: readonly (readonly Matcher[])[]): Promise<void> {
    return this.#loop.between(async () => {
      for (const matchers of matcherSets) await this.#delete({ minTimeMs, maxTimeMs }, matchers);
    });
  }

  async #delete(span: TimeSpan, matchers: readonly Matcher[]): Promise<void> {
    await deleteFromHead(this.#head, this.#walWriter, span, matchers);
    for (const block of this.#blocks.all) {
      if (block.meta.minTime > span.maxTimeMs || block.meta.maxTime <= span.minTimeMs) continue;
      try {
        await deleteFromBlock(block, span, matchers);
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        this.#blocks.setAside(block, error.message);
      }
    }
  }

  /** Takes what is marked as deleted off the disk, block by block; in the head it stays marked until it is cut. */
  cleanTombstones(): Promise<void> {
    return this.#loop.between((isStopping) => this.#blockCompactor.clean(isStopping));
  }

  /** All blocks, and unless `skipHead` the head as one more, as a data directory under `snapshots/`; returns its name. */
  snapshot(skipHead: boolean): Promise<string> {
    return this.#loop.between(() =>
      writeSnapshot({
        dataDir: this.#dir,
        nowMs: this.#clock.nowMs(),
        blockDirs: this.#blocks.all.map((block) => block.dir),
        addTo: async (dir) => {
          if (skipHead) return;
          await this.#compactor.copyTo(dir);
          await this.#outOfOrderCompactor.copyTo(dir);
        },
      }),
    );
  }

  #failed(error: unknown): void {
    this.#lastFailure = `maintenance of the storage failed: ${error instanceof Error ? error.message : String(error)}`;
    this.#log.error({ err: error }, this.#lastFailure);
  }

  headStats(): HeadStats {
    return headStatsOf(this.#head);
  }

  /** Oldest first. */
  blocks(): readonly BlockMeta[] {
    return this.#blocks.all.map((block) => block.meta);
  }

  /** What blocks, logs and head files take on the disk. */
  storageBytes(): number {
    return this.#blocks.all.reduce((sum, block) => sum + block.sizeBytes, this.#otherBytes());
  }

  #otherBytes(): number {
    return ['wal', 'wbl', 'chunks_head'].reduce((sum, name) => sum + directoryBytes(path.join(this.#dir, name)), 0);
  }

  /** Sentences for the user about what is damaged or does not work; empty when all is well. */
  problems(): readonly string[] {
    const failures = this.#lastFailure === '' ? [] : [this.#lastFailure];
    return [...failures, ...this.#blocks.problems(), ...this.#blockCompactor.problems(), ...this.#found];
  }
}

function maxBlockMs({ retentionMs }: Retention): number {
  return retentionMs > 0 ? Math.min(MAX_BLOCK_MS, retentionMs / 10) : MAX_BLOCK_MS;
}
