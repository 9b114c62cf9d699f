import type { Block } from './block/block.ts';

export interface Retention {
  /** How long blocks are kept behind the newest one; 0: for ever. */
  readonly retentionMs: number;
  /** How much blocks, head and log may take together; 0: any amount. */
  readonly retentionBytes: number;
}

/** Blocks that are to go (tsdb/db.go, BeyondTimeRetention and BeyondSizeRetention); `otherBytes` is what is no block. */
export function blocksBeyond(blocks: readonly Block[], retention: Retention, otherBytes: number): Block[] {
  const newestFirst = [...blocks].sort((a, b) => b.meta.maxTime - a.meta.maxTime);
  const newest = newestFirst[0];
  if (newest === undefined) return [];
  let bytes = otherBytes;
  const keep = newestFirst.findIndex((block, i) => {
    bytes += block.sizeBytes;
    const isOld =
      retention.retentionMs > 0 && i > 0 && newest.meta.maxTime - block.meta.maxTime >= retention.retentionMs;
    const isMuch = retention.retentionBytes > 0 && bytes > retention.retentionBytes;
    return isOld || isMuch;
  });
  return keep < 0 ? [] : newestFirst.slice(keep);
}
