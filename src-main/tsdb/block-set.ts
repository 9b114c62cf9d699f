import fs from 'node:fs';
import path from 'node:path';
import type { Logger } from '../model/log.ts';
import { Block } from './block/block.ts';
import { FileCache } from './block/file-cache.ts';
import { isUlid } from './block/ulid.ts';

const CACHE_BYTES = 64 * 1024 * 1024;

/** The blocks of a data directory, oldest first. Directories that cannot be read are set aside: left as they are, and named. */
export class BlockSet {
  readonly #dataDir: string;
  readonly #log: Logger;
  readonly #cache = new FileCache(CACHE_BYTES);
  #blocks: Block[] = [];
  /** Deletions under way. */
  readonly #removals = new Set<Promise<void>>();
  /** Directory name -> what is wrong with it. */
  readonly #setAside = new Map<string, string>();

  constructor(dataDir: string, log: Logger) {
    this.#dataDir = dataDir;
    this.#log = log;
  }

  get all(): readonly Block[] {
    return this.#blocks;
  }

  problems(): string[] {
    return Array.from(this.#setAside, ([name, reason]) => `block ${name} is damaged and set aside: ${reason}`);
  }

  /** Removes what an interrupted run left half made or half deleted. */
  removeLeftovers(): void {
    for (const name of fs.readdirSync(this.#dataDir)) {
      if (/^[0-9A-Z]{26}\.tmp(-for-creation|-for-deletion)?$/.test(name)) {
        fs.rmSync(path.join(this.#dataDir, name), { recursive: true, force: true });
      }
    }
  }

  /**
   * Opens blocks that are new in the directory, lets go of those that are no longer there, and removes those that an
   * open one was compacted from.
   */
  reload(): void {
    const names = new Set(fs.readdirSync(this.#dataDir).filter(isUlid));
    for (const block of this.#blocks.filter(({ meta }) => !names.has(meta.ulid))) this.#forget(block);
    const known = new Set(this.#blocks.map((block) => path.basename(block.dir)));
    for (const name of names) {
      if (!known.has(name) && !this.#setAside.has(name)) this.#open(name);
    }
    this.#dropReplaced();
    this.#blocks.sort((a, b) => a.meta.minTime - b.meta.minTime || a.meta.maxTime - b.meta.maxTime);
  }

  #open(name: string): void {
    try {
      this.#blocks.push(Block.open(path.join(this.#dataDir, name), this.#cache));
    } catch (error) {
      this.#nameBad(name, error instanceof Error ? error.message : String(error));
    }
  }

  #dropReplaced(): void {
    const replaced = new Set(this.#blocks.flatMap(({ meta }) => (meta.compaction.parents ?? []).map((p) => p.ulid)));
    for (const block of this.#blocks.filter(({ meta }) => replaced.has(meta.ulid))) this.remove(block);
  }

  /** A block whose files turned out to be damaged: it is no longer read. */
  setAside(block: Block, reason: string): void {
    if (!this.#blocks.includes(block)) return;
    this.#forget(block);
    this.#nameBad(path.basename(block.dir), reason);
  }

  #nameBad(name: string, reason: string): void {
    this.#setAside.set(name, reason);
    this.#log.error({ block: name, reason }, 'block is corrupt and set aside');
  }

  /** Takes the block off the disk; those who read it go on reading. */
  remove(block: Block): void {
    this.#forget(block);
    const dying = `${block.dir}.tmp-for-deletion`;
    fs.renameSync(block.dir, dying);
    const removal = fs.promises
      .rm(dying, { recursive: true, force: true })
      .catch((error) => this.#log.error({ err: error, dir: dying }, 'a deleted block could not be removed'))
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  #forget(block: Block): void {
    this.#blocks = this.#blocks.filter((other) => other !== block);
    block.close();
  }

  async close(): Promise<void> {
    for (const block of this.#blocks) block.close();
    this.#blocks = [];
    await Promise.all(this.#removals);
  }
}
