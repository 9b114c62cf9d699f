import { RESERVED_BYTES } from '../kernels/run-appender.ts';
import { PAGE_BYTES, SharedMemory } from '../kernels/shared-memory.ts';
import type { Pins } from './pins.ts';

const GRAIN_BYTES = 16;
/** Larger blocks are of powers of two. */
const MAX_CLASS_BYTES = 65_536;
const GROW_PAGES = 64;
/** 2 GiB: addresses stay small integers. */
const MAX_PAGES = 32_768;
/** Kernels may look a little beyond the end of a chunk. */
const TAIL_BYTES = 64;

/** The head's memory is used up; the write that needed more has not happened. */
export class HeadMemoryError extends Error {
  override readonly name = 'HeadMemoryError';
}

/** What grows is kept apart from what stays, so that all open chunks lie close together. */
export type BlockUse = 'open' | 'finished';

const SLAB_BYTES = 262_144;

/** Free lists and the slab being handed out, of one use. */
class Region {
  readonly freeHeads = new Uint32Array(MAX_CLASS_BYTES / GRAIN_BYTES + 1);
  /** Of blocks beyond the classes, by size. */
  readonly large = new Map<number, number[]>();
  next = 0;
  end = 0;

  takeFree(size: number, u32: Uint32Array): number {
    if (size > MAX_CLASS_BYTES) return this.large.get(size)?.pop() ?? 0;
    const free = this.freeHeads[size / GRAIN_BYTES]!;
    if (free !== 0) this.freeHeads[size / GRAIN_BYTES] = u32[free >>> 2]!;
    return free;
  }

  giveBack(address: number, size: number, u32: Uint32Array): void {
    if (size > MAX_CLASS_BYTES) {
      this.large.set(size, [...(this.large.get(size) ?? []), address]);
      return;
    }
    u32[address >>> 2] = this.freeHeads[size / GRAIN_BYTES]!;
    this.freeHeads[size / GRAIN_BYTES] = address;
  }
}

/**
 * Blocks of shared memory in size classes of 16 bytes, one free list a class (the link lies in the free block itself).
 * Only the engine thread allocates and frees; a block freed while readers hold pins waits for them.
 */
export class Arena {
  readonly memory = new SharedMemory(GROW_PAGES, MAX_PAGES);
  readonly #pins: Pins;
  readonly #regions: Readonly<Record<BlockUse, Region>> = { open: new Region(), finished: new Region() };
  #next = RESERVED_BYTES;
  #usedBytes = 0;
  /** Blocks waiting for readers, in order of epochs. */
  #waiting: { readonly address: number; readonly size: number; readonly use: BlockUse; readonly epoch: number }[] = [];

  constructor(pins: Pins) {
    this.#pins = pins;
    pins.onRelease(() => this.#reclaim());
  }

  /** Bytes handed out, those waiting for readers included. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Address of `bytes` (rounded up to 16) of uninitialised memory. Throws HeadMemoryError. */
  allocate(bytes: number, use: BlockUse): number {
    const size = roundUp(bytes);
    const region = this.#regions[use];
    const free = region.takeFree(size, this.memory.u32);
    if (free !== 0) {
      this.#usedBytes += size;
      return free;
    }
    if (region.next + size > region.end) {
      region.next = this.#extend(Math.max(SLAB_BYTES, size), GRAIN_BYTES);
      region.end = region.next + Math.max(SLAB_BYTES, size);
    }
    this.#usedBytes += size;
    region.next += size;
    return region.next - size;
  }

  /** Memory that is never given back, aligned for state records. */
  allocateForever(bytes: number): number {
    this.#usedBytes += bytes;
    return this.#extend(bytes, 64);
  }

  free(address: number, bytes: number, use: BlockUse): void {
    const size = roundUp(bytes);
    if (this.#pins.isFree) this.#release(address, size, use);
    else this.#waiting.push({ address, size, use, epoch: this.#pins.epoch });
  }

  #extend(size: number, alignment: number): number {
    const address = Math.ceil(this.#next / alignment) * alignment;
    const end = address + size;
    if (end + TAIL_BYTES > this.memory.sizeBytes) {
      const pages = Math.max(GROW_PAGES, Math.ceil((end + TAIL_BYTES - this.memory.sizeBytes) / PAGE_BYTES));
      try {
        this.memory.grow(pages);
      } catch (error) {
        throw new HeadMemoryError(`the head's memory is full at ${this.memory.sizeBytes} bytes`, { cause: error });
      }
    }
    this.#next = end;
    return address;
  }

  #release(address: number, size: number, use: BlockUse): void {
    this.#regions[use].giveBack(address, size, this.memory.u32);
    this.#usedBytes -= size;
  }

  #reclaim(): void {
    const waiting = this.#waiting;
    let i = 0;
    for (; i < waiting.length && this.#pins.isPast(waiting[i]!.epoch); i++) {
      const { address, size, use } = waiting[i]!;
      this.#release(address, size, use);
    }
    if (i > 0) this.#waiting = waiting.slice(i);
  }
}

function roundUp(bytes: number): number {
  if (bytes > MAX_CLASS_BYTES) return 2 ** Math.ceil(Math.log2(bytes));
  return (bytes + GRAIN_BYTES - 1) & -GRAIN_BYTES;
}
