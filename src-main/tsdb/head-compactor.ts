import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../model/clock.ts';
import type { SeriesRef } from '../model/storage.ts';
import { makeUlid } from './block/ulid.ts';
import type { RunCompaction } from './compaction-jobs.ts';
import type { Head } from './head/head.ts';
import type { HeadChunkReport } from './head/head-chunk-files.ts';
import { snapshotHead } from './head/head-snapshot.ts';
import { truncateHead } from './head/truncate.ts';
import { lastSegmentToReplace, removeReplaced } from './wal/checkpoint.ts';
import type { RecordLog } from './wal/record-log.ts';

export interface HeadCompactorParts {
  readonly dataDir: string;
  readonly head: Head;
  readonly wal: RecordLog;
  readonly clock: Clock;
  readonly run: RunCompaction;
  readonly headChunkFiles: HeadChunkReport['files'];
  /** A block was written and is to be served from now on. */
  readonly onBlock: () => void;
}

/** Cuts the head into blocks, and the log after it (tsdb/db.go, compactHead; tsdb/head.go, truncateWAL). */
export class HeadCompactor {
  readonly #parts: HeadCompactorParts;
  /** Series gone from the head -> the segment that was last when they went: earlier ones may name them. */
  readonly #goneRefs = new Map<SeriesRef, number>();

  #headChunkFiles: HeadChunkReport['files'];

  constructor(parts: HeadCompactorParts) {
    this.#parts = parts;
    this.#headChunkFiles = parts.headChunkFiles;
  }

  /** Whether the head spans more than one and a half blocks. */
  isDue(): boolean {
    const { head } = this.#parts;
    return head.maxTimeMs - head.minTimeMs > (head.options.chunkRangeMs / 2) * 3;
  }

  /** Cuts off the oldest block's worth. */
  async cut(): Promise<void> {
    const { head, dataDir, onBlock } = this.#parts;
    const range = head.options.chunkRangeMs;
    const minTime = head.minTimeMs;
    const maxTime = Math.floor(minTime / range) * range + range;
    head.minValidTimeMs = Math.max(head.minValidTimeMs, maxTime);
    if (await this.#writeBlock(dataDir, minTime, maxTime)) onBlock();
    await this.#truncate(maxTime);
  }

  /** Writes all that the head holds now as a block into `dir`; the head stays as it is. */
  async copyTo(dir: string): Promise<void> {
    const { head } = this.#parts;
    if (!head.isEmpty) await this.#writeBlock(dir, head.minTimeMs, head.maxTimeMs + 1);
  }

  /** False when there was nothing to write. */
  async #writeBlock(dataDir: string, minTime: number, maxTime: number): Promise<boolean> {
    const { head, clock, run } = this.#parts;
    const ulid = makeUlid(clock.nowMs(), randomBytes(10));
    const identity = { ulid, minTime, maxTime, compaction: { level: 1, sources: [ulid] } };
    const pin = head.pins.pin();
    try {
      const snapshot = await snapshotHead(head, minTime, maxTime);
      const { meta } = await run({ kind: 'write-head', dataDir, identity, snapshot });
      return meta !== null;
    } finally {
      head.pins.unpin(pin);
    }
  }

  /** Lets go of series that have nothing any more since what came out of order was cut. */
  async collect(): Promise<void> {
    const { head, wal } = this.#parts;
    const gone = await truncateHead(head, head.minValidTimeMs);
    for (const ref of gone) this.#goneRefs.set(ref, wal.segmentNumber);
  }

  async #truncate(minTimeMs: number): Promise<void> {
    const { head, wal } = this.#parts;
    const gone = await truncateHead(head, minTimeMs);
    for (const ref of gone) this.#goneRefs.set(ref, wal.segmentNumber);
    this.#removeHeadChunkFiles(minTimeMs);
    wal.nextSegment();
    await this.#checkpoint(minTimeMs);
  }

  #removeHeadChunkFiles(minTimeMs: number): void {
    for (const { file, maxTimeMs } of this.#headChunkFiles) if (maxTimeMs < minTimeMs) fs.rmSync(file, { force: true });
    this.#headChunkFiles = this.#headChunkFiles.filter(({ maxTimeMs }) => maxTimeMs >= minTimeMs);
  }

  async #checkpoint(minTimeMs: number): Promise<void> {
    const { head, dataDir, run } = this.#parts;
    const walDir = path.join(dataDir, 'wal');
    const lastSegment = lastSegmentToReplace(walDir);
    if (lastSegment === null) return;
    const refs = head.series.allRefs();
    for (const [ref, segment] of this.#goneRefs) if (segment > lastSegment) refs.push(ref);
    // what is deleted stays so in what waits out of order
    const tombstonesFromMs = Math.min(minTimeMs, head.outOfOrder.minTimeMs);
    const job = { kind: 'checkpoint', walDir, lastSegment, minTimeMs, tombstonesFromMs } as const;
    await run({ ...job, refs: Float64Array.from(refs) });
    removeReplaced(walDir, lastSegment);
    for (const [ref, segment] of this.#goneRefs) if (segment <= lastSegment) this.#goneRefs.delete(ref);
  }
}
