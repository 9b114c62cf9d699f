import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';
import { FROM_OUT_OF_ORDER } from './block/meta.ts';
import { makeUlid } from './block/ulid.ts';
import type { RunCompaction } from './compaction-jobs.ts';
import type { Head } from './head/head.ts';
import { snapshotHead } from './head/head-snapshot.ts';
import type { WriteBehindLog } from './wal/write-behind-log.ts';

const SAMPLES_PER_TURN = 50_000;
/** About 8 million samples: more are not kept in memory until the head is cut. */
const MANY_CHUNKS = 250_000;

export interface OutOfOrderCompactorParts {
  readonly dataDir: string;
  readonly head: Head;
  readonly log: WriteBehindLog;
  readonly clock: Clock;
  readonly run: RunCompaction;
  /** Blocks were written and are to be served from now on. */
  readonly onBlock: () => void;
}

/** Makes blocks of what came out of order (tsdb/db.go, compactOOOHead): they overlap those that are there already. */
export class OutOfOrderCompactor {
  readonly #parts: OutOfOrderCompactorParts;

  constructor(parts: OutOfOrderCompactorParts) {
    this.#parts = parts;
  }

  /** Whether there is too much to wait for the next cut of the head. */
  isDue(): boolean {
    return this.#parts.head.outOfOrder.chunkCount > MANY_CHUNKS;
  }

  /** Moves all that there is into blocks; what comes meanwhile stays for the next time. False when there was nothing. */
  async cut(): Promise<boolean> {
    const { head, log, dataDir, onBlock } = this.#parts;
    if (head.outOfOrder.isEmpty) return false;
    const firstKept = log.nextSegment();
    const rows = head.outOfOrder.rows();
    await this.#writeBlocks(dataDir, rows);
    onBlock();
    head.outOfOrder.dropTaken(rows);
    log.removeBefore(firstKept);
    return true;
  }

  /** Writes all that there is now as blocks into `dir`; the head stays as it is. */
  async copyTo(dir: string): Promise<void> {
    await this.#writeBlocks(dir, this.#parts.head.outOfOrder.rows());
  }

  async #writeBlocks(dir: string, rows: Uint32Array): Promise<void> {
    const { head } = this.#parts;
    const pin = head.pins.pin();
    try {
      const span = await this.#take(rows);
      const range = head.options.chunkRangeMs;
      for (let from = Math.floor(span.minTimeMs / range) * range; from <= span.maxTimeMs; from += range) {
        await this.#writeBlock(dir, from, from + range);
      }
    } finally {
      head.pins.unpin(pin);
    }
  }

  async #take(rows: Uint32Array): Promise<{ minTimeMs: number; maxTimeMs: number }> {
    const { outOfOrder } = this.#parts.head;
    let samples = 0;
    for (const row of rows) {
      samples += outOfOrder.takeForCut(row);
      if (samples < SAMPLES_PER_TURN) continue;
      samples = 0;
      await nextTurn();
    }
    return { minTimeMs: outOfOrder.minTimeMs, maxTimeMs: outOfOrder.maxTimeMs };
  }

  async #writeBlock(dataDir: string, minTime: number, maxTime: number): Promise<void> {
    const { head, clock, run } = this.#parts;
    const ulid = makeUlid(clock.nowMs(), randomBytes(10));
    const snapshot = await snapshotHead(head, minTime, maxTime, 'out-of-order');
    if (snapshot.labelEnds.length === 0) return;
    const compaction = { level: 1, sources: [ulid], hints: [FROM_OUT_OF_ORDER] };
    await run({ kind: 'write-head', dataDir, identity: { ulid, minTime, maxTime, compaction }, snapshot });
  }
}
