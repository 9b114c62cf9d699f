import fs from 'node:fs';
import path from 'node:path';
import type { Logger } from '../../model/log.ts';
import type { Head } from '../head/head.ts';
import { type HeadChunkReport, readHeadChunks } from '../head/head-chunk-files.ts';
import { prepareZstd } from './compression.ts';
import type { Segment } from './layout.ts';
import { RecordLog } from './record-log.ts';
import { rewriteSegment } from './repair.ts';
import { replayWal } from './replay.ts';
import type { ReplayReport } from './replay-report.ts';

export interface OpenedWal {
  readonly wal: RecordLog;
  readonly problems: string[];
  /** Damaged records that were found. */
  readonly corruptions: number;
  /** To be removed once the head begins after their last sample. */
  readonly headChunkFiles: HeadChunkReport['files'];
}

/** Replays the log into the empty head, repairs what is damaged, and begins a new segment. */
export async function openWal(dataDir: string, head: Head, log: Logger): Promise<OpenedWal> {
  const walDir = path.join(dataDir, 'wal');
  fs.mkdirSync(walDir, { recursive: true });
  fs.mkdirSync(path.join(dataDir, 'chunks_head'), { recursive: true });
  removeLeftovers(walDir);
  const { report, problems, headChunkFiles } = await readWal(dataDir, head, log);
  for (const segment of report.damagedSegments) {
    try {
      await rewriteSegment(walDir, segment, badPlaces(report, segment));
      log.warn({ segment: segment.file }, 'WAL segment repaired: written anew with the records that are intact');
    } catch (error) {
      // The log goes on in a segment of its own; the damaged one is tried again at the next start.
      const reason = error instanceof Error ? error.message : String(error);
      problems.push(`WAL segment ${segment.file} could not be repaired: ${reason}`);
      log.error({ err: error, segment: segment.file }, 'WAL segment could not be repaired');
    }
  }
  return { wal: new RecordLog(walDir), problems, corruptions: report.damages.length, headChunkFiles };
}

function badPlaces(report: ReplayReport, { file }: Segment): Set<number> {
  return new Set(report.damages.filter((damage) => damage.file === file).map(({ offset }) => offset));
}

export interface ReadWal extends Pick<OpenedWal, 'problems' | 'headChunkFiles'> {
  readonly report: ReplayReport;
}

/** Replays head chunks and log into the empty head, and changes nothing on the disk. */
export async function readWal(dataDir: string, head: Head, log: Logger): Promise<ReadWal> {
  await prepareZstd();
  const headChunks = readHeadChunks(path.join(dataDir, 'chunks_head'), head);
  for (const damage of headChunks.damages) log.warn({}, `corrupt head chunks, taken from the WAL instead: ${damage}`);
  const report = await replayWal(dataDir, head, headChunks);
  head.tombstones.dropBefore(Math.min(head.minValidTimeMs, head.outOfOrder.minTimeMs));
  for (const chunks of headChunks.chunks.values()) {
    for (const { address, bytes } of chunks) head.arena.free(address, bytes, 'finished'); // of series that are no more
  }
  const problems = problemsOf(report);
  for (const problem of problems) log.warn({}, problem);
  return { report, problems, headChunkFiles: headChunks.files };
}

function removeLeftovers(walDir: string): void {
  for (const name of fs.readdirSync(walDir)) {
    if (/^(checkpoint\.\d+|repair)\.tmp$/.test(name))
      fs.rmSync(path.join(walDir, name), { recursive: true, force: true });
  }
}

function problemsOf(report: ReplayReport): string[] {
  const problems = report.damages.map(
    ({ file, offset, reason }) =>
      `WAL is corrupt at byte ${offset} of ${file} (${reason}): the record there was dropped`,
  );
  if (report.orphanSamples > 0) {
    problems.push(`WAL: ${report.orphanSamples} samples were dropped because the record of their series is missing`);
  }
  return problems;
}
