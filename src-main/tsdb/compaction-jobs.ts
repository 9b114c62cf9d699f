import { type BlockIdentity, writeBlock } from './block/block-writer.ts';
import { HeadContent } from './block/head-content.ts';
import type { BlockMeta } from './block/meta.ts';
import type { HeadSnapshot } from './head/head-snapshot.ts';
import { type CheckpointJob, writeCheckpoint } from './wal/checkpoint.ts';

export interface WriteHeadJob {
  readonly kind: 'write-head';
  readonly dataDir: string;
  readonly identity: BlockIdentity;
  readonly snapshot: HeadSnapshot;
}

/** Work that names paths and memory only, so that any thread can do it. */
export type CompactionJob = WriteHeadJob | CheckpointJob;

export interface CompactionResult {
  /** The block written; null when there was nothing to write, or the job writes none. */
  readonly meta: BlockMeta | null;
}

export type RunCompaction = (job: CompactionJob) => Promise<CompactionResult>;

export async function runCompactionJob(job: CompactionJob): Promise<CompactionResult> {
  switch (job.kind) {
    case 'write-head': {
      const content = new HeadContent(job.snapshot);
      if (content.seriesCount === 0) return { meta: null };
      return { meta: writeBlock(job.dataDir, job.identity, content) };
    }
    case 'checkpoint':
      await writeCheckpoint(job);
      return { meta: null };
  }
}
