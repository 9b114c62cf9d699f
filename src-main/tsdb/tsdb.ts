import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { Appendable, Appender, Querier, Queryable } from '../model/storage.ts';
import { Head } from './head/head.ts';
import { AppenderPool } from './head/head-appender.ts';
import { HeadQuerier } from './head/head-querier.ts';
import { type DirectoryLock, lockDirectory } from './lock.ts';
import { RecordLog } from './wal/record-log.ts';
import { rewriteSegment } from './wal/repair.ts';
import { type ReplayReport, replayWal } from './wal/replay.ts';
import { WalWriter } from './wal/wal-writer.ts';

export interface TsdbOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly minBlockDurationMs?: number;
  /** 0: no limit. */
  readonly maxSeries?: number;
}

const TWO_HOURS_MS = 2 * 3_600_000;

export class Tsdb implements Appendable, Queryable {
  readonly #lock: DirectoryLock;
  readonly #head: Head;
  readonly #wal: RecordLog;
  readonly #appenders: AppenderPool;

  private constructor(parts: { lock: DirectoryLock; head: Head; wal: RecordLog }) {
    this.#lock = parts.lock;
    this.#head = parts.head;
    this.#wal = parts.wal;
    this.#appenders = new AppenderPool(parts.head, new WalWriter(parts.wal));
  }

  static async open(options: TsdbOptions): Promise<Tsdb> {
    fs.mkdirSync(options.dir, { recursive: true });
    const lock = lockDirectory(options.dir);
    const walDir = path.join(options.dir, 'wal');
    fs.mkdirSync(walDir, { recursive: true });
    fs.mkdirSync(path.join(options.dir, 'chunks_head'), { recursive: true });
    const head = new Head({
      chunkRangeMs: options.minBlockDurationMs ?? TWO_HOURS_MS,
      maxSeries: options.maxSeries ?? 0,
    });
    const report = await replayWal(walDir, head);
    await repairWal(walDir, report);
    const wal = new RecordLog(walDir);
    return new Tsdb({ lock, head, wal });
  }

  appender(): Appender {
    return this.#appenders.appender();
  }

  querier(minTimeMs: number, maxTimeMs: number): Querier {
    return new HeadQuerier(this.#head, minTimeMs, maxTimeMs);
  }

  async close(): Promise<void> {
    await this.#wal.close();
    this.#lock.release();
  }
}

async function repairWal(walDir: string, report: ReplayReport): Promise<void> {
  for (const segment of report.damagedSegments) await rewriteSegment(walDir, segment);
}
