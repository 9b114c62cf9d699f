import path from 'node:path';
import { Block } from './block/block.ts';
import { type BlockIdentity, writeBlock } from './block/block-writer.ts';
import { FileCache } from './block/file-cache.ts';
import { HeadContent } from './block/head-content.ts';
import { MergedContent } from './block/merged-content.ts';
import type { BlockMeta } from './block/meta.ts';
import type { HeadSnapshot } from './head/head-snapshot.ts';
import { type CheckpointJob, writeCheckpoint } from './wal/checkpoint.ts';

const MERGE_CACHE_BYTES = 32 * 1024 * 1024;

export interface WriteHeadJob {
  readonly kind: 'write-head';
  readonly dataDir: string;
  readonly identity: BlockIdentity;
  readonly snapshot: HeadSnapshot;
}

export interface MergeBlocksJob {
  readonly kind: 'merge-blocks';
  readonly dataDir: string;
  readonly identity: BlockIdentity;
  /** Names of the blocks, oldest first; they remain for the caller to remove. */
  readonly parents: readonly string[];
}

/** Work that names paths and memory only, so that any thread can do it. */
export type CompactionJob = WriteHeadJob | MergeBlocksJob | CheckpointJob;

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
    case 'merge-blocks':
      return { meta: mergeBlocks(job) };
    case 'checkpoint':
      await writeCheckpoint(job);
      return { meta: null };
  }
}

function mergeBlocks(job: MergeBlocksJob): BlockMeta | null {
  const cache = new FileCache(MERGE_CACHE_BYTES);
  const blocks: Block[] = [];
  try {
    for (const name of job.parents) blocks.push(Block.open(path.join(job.dataDir, name), cache));
    const content = new MergedContent(blocks);
    return content.seriesCount === 0 ? null : writeBlock(job.dataDir, job.identity, content);
  } finally {
    for (const block of blocks) block.close();
  }
}
