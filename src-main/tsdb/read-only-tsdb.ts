import fs from 'node:fs';
import path from 'node:path';
import { silentLogger } from '../model/log.ts';
import type { Querier, Queryable } from '../model/storage.ts';
import { Block } from './block/block.ts';
import { BlockQuerier } from './block/block-querier.ts';
import { FileCache } from './block/file-cache.ts';
import { inOrderMaxTime } from './block/meta.ts';
import { isUlid } from './block/ulid.ts';
import { Head } from './head/head.ts';
import { HeadQuerier } from './head/head-querier.ts';
import { LabelSetNumbers } from './label-sets.ts';
import { MergedQuerier } from './merged-querier.ts';
import { readWal } from './wal/open-wal.ts';

const CACHE_BYTES = 32 * 1024 * 1024;
const CHUNK_RANGE_MS = 2 * 3_600_000;

/**
 * A data directory that is only looked at, perhaps while a Prometheus or a Hearth has it open: no lock is taken, nothing
 * is repaired, written or removed.
 */
export class ReadOnlyTsdb implements Queryable {
  readonly #dir: string;
  readonly #blocks: readonly Block[];
  readonly #problems: string[];
  #head: Head | null = null;

  private constructor(dir: string, blocks: readonly Block[], problems: string[]) {
    this.#dir = dir;
    this.#blocks = blocks;
    this.#problems = problems;
  }

  /** Opens the blocks. Throws what the file system says when the directory cannot be read. */
  static open(dir: string): ReadOnlyTsdb {
    const cache = new FileCache(CACHE_BYTES);
    const blocks: Block[] = [];
    const failed = new Map<string, string>();
    for (const name of fs.readdirSync(dir).filter(isUlid)) {
      try {
        blocks.push(Block.open(path.join(dir, name), cache));
      } catch (error) {
        failed.set(name, error instanceof Error ? error.message : String(error));
      }
    }
    const replaced = new Set(blocks.flatMap(({ meta }) => (meta.compaction.parents ?? []).map(({ ulid }) => ulid)));
    for (const block of blocks) if (replaced.has(block.meta.ulid)) block.close();
    const served = blocks
      .filter(({ meta }) => !replaced.has(meta.ulid))
      .sort((a, b) => a.meta.minTime - b.meta.minTime || a.meta.maxTime - b.meta.maxTime);
    const problems = Array.from(failed, ([name, reason]) => `block ${name} is damaged: ${reason}`);
    return new ReadOnlyTsdb(dir, served, problems);
  }

  /** Adds what is in no block yet: head chunks and log, as far as they are intact. To be called once, before reading. */
  async loadHead(): Promise<void> {
    const head = new Head({ chunkRangeMs: CHUNK_RANGE_MS, maxSeries: 0 });
    head.minValidTimeMs = inOrderMaxTime(this.#blocks.map(({ meta }) => meta));
    const { problems } = await readWal(this.#dir, head, silentLogger);
    this.#problems.push(...problems);
    this.#head = head;
  }

  /** Oldest first. */
  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** What could not be read; reading may add to it. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  querier(minTimeMs: number, maxTimeMs: number): Querier {
    const sources: Querier[] = this.#blocks
      .filter(({ meta }) => meta.minTime <= maxTimeMs && meta.maxTime > minTimeMs)
      .map(
        (block) =>
          new BlockQuerier(block, minTimeMs, maxTimeMs, ({ meta }, reason) => {
            this.#problems.push(`block ${meta.ulid}: ${reason}`);
          }),
      );
    if (this.#head !== null) sources.push(new HeadQuerier(this.#head, minTimeMs, maxTimeMs));
    return new MergedQuerier(sources, new LabelSetNumbers());
  }

  close(): void {
    for (const block of this.#blocks) block.close();
  }
}
