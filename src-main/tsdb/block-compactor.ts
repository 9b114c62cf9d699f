import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { Block } from './block/block.ts';
import type { BlockIdentity } from './block/block-writer.ts';
import { FROM_OUT_OF_ORDER, inOrderMaxTime, isFromOutOfOrder } from './block/meta.ts';
import { makeUlid } from './block/ulid.ts';
import type { BlockSet } from './block-set.ts';
import type { RunCompaction } from './compaction-jobs.ts';
import { planCompaction } from './compaction-plan.ts';

export interface BlockCompactorParts {
  readonly dataDir: string;
  readonly blocks: BlockSet;
  readonly ranges: readonly number[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly run: RunCompaction;
}

/** Makes larger blocks of smaller ones, level by level. */
export class BlockCompactor {
  readonly #parts: BlockCompactorParts;
  /** Blocks whose compaction failed: not tried again in this run. name -> why */
  readonly #failed = new Map<string, string>();

  constructor(parts: BlockCompactorParts) {
    this.#parts = parts;
  }

  problems(): string[] {
    const present = new Set(this.#parts.blocks.all.map((block) => block.meta.ulid));
    return [...this.#failed]
      .filter(([name]) => present.has(name))
      .map(([name, reason]) => `block ${name} could not be compacted: ${reason}`);
  }

  /** One compaction; false when there is nothing to do. */
  async compactOnce(): Promise<boolean> {
    const { blocks, ranges } = this.#parts;
    const metas = blocks.all.map(({ meta }) =>
      this.#failed.has(meta.ulid) ? { ...meta, compaction: { ...meta.compaction, failed: true } } : meta,
    );
    const chosen = new Set(planCompaction(metas, ranges).map((meta) => meta.ulid));
    if (chosen.size === 0) return false;
    const parents = blocks.all.filter((block) => chosen.has(block.meta.ulid));
    try {
      await this.#merge(parents);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      for (const { meta } of parents) this.#failed.set(meta.ulid, reason);
      this.#parts.log.error({ err: error, blocks: [...chosen] }, 'compaction of blocks failed');
    }
    return true;
  }

  /**
   * Writes every block that has tombstones anew without what they delete (tsdb/block.go, CleanTombstones). Does the
   * others when one fails, then throws what that one's failure was.
   */
  async clean(isStopping: () => boolean): Promise<void> {
    const { clock, log } = this.#parts;
    const failures: unknown[] = [];
    for (const block of this.#parts.blocks.all) {
      if (isStopping() || block.tombstones.isEmpty) continue;
      const ulid = makeUlid(clock.nowMs(), randomBytes(10));
      const { minTime, maxTime } = block.meta;
      const parents = [{ ulid: block.meta.ulid, minTime, maxTime }];
      const compaction = { level: 1, sources: [ulid], parents, ...hintsOf([block]) };
      const identity = { ulid, minTime, maxTime, compaction };
      try {
        const isWritten = await this.#write([block], identity);
        if (!isWritten && !this.#isNewest(block)) this.#parts.blocks.remove(block);
      } catch (error) {
        log.error({ err: error, block: block.meta.ulid }, 'a block could not be written anew without what is deleted');
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Its end says where the head begins: without it a restart would take from the log what was deleted. */
  #isNewest(block: Block): boolean {
    if (isFromOutOfOrder(block.meta)) return false;
    const others = this.#parts.blocks.all.filter((other) => other !== block);
    return inOrderMaxTime(others.map((other) => other.meta)) < block.meta.maxTime;
  }

  async #merge(parents: readonly Block[]): Promise<void> {
    const identity = identityOf(parents, makeUlid(this.#parts.clock.nowMs(), randomBytes(10)));
    const isWritten = await this.#write(parents, identity);
    if (!isWritten) for (const block of parents) this.#parts.blocks.remove(block);
  }

  /** False when everything in them was deleted. */
  async #write(parents: readonly Block[], identity: BlockIdentity): Promise<boolean> {
    const { dataDir, blocks, run, log } = this.#parts;
    const names = parents.map((block) => path.basename(block.dir));
    const { meta } = await run({ kind: 'merge-blocks', dataDir, identity, parents: names });
    blocks.reload();
    log.info({ blocks: names, into: meta?.ulid ?? 'nothing' }, 'compacted blocks');
    return meta !== null;
  }
}

function identityOf(parents: readonly Block[], ulid: string): BlockIdentity {
  const metas = parents.map((block) => block.meta);
  return {
    ulid,
    minTime: Math.min(...metas.map((meta) => meta.minTime)),
    maxTime: Math.max(...metas.map((meta) => meta.maxTime)),
    compaction: {
      level: Math.max(...metas.map((meta) => meta.compaction.level)) + 1,
      sources: [...new Set(metas.flatMap((meta) => meta.compaction.sources))].sort(),
      parents: metas.map(({ ulid: parent, minTime, maxTime }) => ({ ulid: parent, minTime, maxTime })),
      ...hintsOf(parents),
    },
  };
}

/** What is made of samples out of order only is out of order too. */
function hintsOf(parents: readonly Block[]): Pick<BlockIdentity['compaction'], 'hints'> {
  return parents.every(({ meta }) => isFromOutOfOrder(meta)) ? { hints: [FROM_OUT_OF_ORDER] } : {};
}
