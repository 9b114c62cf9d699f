import { PAGE_BYTES, SharedMemory } from '../kernels/shared-memory.ts';
import type { Pins } from './pins.ts';

const GRAIN_BYTES = 16;
/** The largest block that can be asked for. */
export const MAX_BLOCK_BYTES = 65_536;
const GROW_PAGES = 64;
/** 2 GiB: addresses stay small integers. */
const MAX_PAGES = 32_768;
/** Kernels may look a little beyond the end of a chunk. */
const TAIL_BYTES = 64;

/** The head's memory is used up; the write that needed more has not happened. */
export class HeadMemoryError extends Error {
  override readonly name = 'HeadMemoryError';
}

/**
 * Blocks of shared memory in size classes of 16 bytes, one free list a class (the link lies in the free block itself).
 * Only the engine thread allocates and frees; a block freed while readers hold pins waits for them.
 */
export class Arena {
  readonly memory = new SharedMemory(GROW_PAGES, MAX_PAGES);
  readonly #pins: Pins;
  readonly #freeHeads = new Uint32Array(MAX_BLOCK_BYTES / GRAIN_BYTES + 1);
  #next = 64;
  #usedBytes = 0;
  /** Blocks waiting for readers: address, size, epoch, in order of epochs. */
  #waiting: number[] = [];

  constructor(pins: Pins) {
    this.#pins = pins;
    pins.onRelease(() => this.#reclaim());
  }

  /** Bytes handed out, those waiting for readers included. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Address of `bytes` (rounded up to 16) of uninitialised memory. Throws HeadMemoryError. */
  allocate(bytes: number): number {
    const size = roundUp(bytes);
    const sizeClass = size / GRAIN_BYTES;
    const free = this.#freeHeads[sizeClass]!;
    this.#usedBytes += size;
    if (free !== 0) {
      this.#freeHeads[sizeClass] = this.memory.u32[free >>> 2]!;
      return free;
    }
    return this.#extend(size, GRAIN_BYTES);
  }

  /** Memory that is never given back, aligned for state records. */
  allocateForever(bytes: number): number {
    this.#usedBytes += bytes;
    return this.#extend(bytes, 64);
  }

  free(address: number, bytes: number): void {
    if (this.#pins.isFree) this.#release(address, roundUp(bytes));
    else this.#waiting.push(address, roundUp(bytes), this.#pins.epoch);
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

  #release(address: number, size: number): void {
    const sizeClass = size / GRAIN_BYTES;
    this.memory.u32[address >>> 2] = this.#freeHeads[sizeClass]!;
    this.#freeHeads[sizeClass] = address;
    this.#usedBytes -= size;
  }

  #reclaim(): void {
    const waiting = this.#waiting;
    let i = 0;
    for (; i < waiting.length && this.#pins.isPast(waiting[i + 2]!); i += 3)
      this.#release(waiting[i]!, waiting[i + 1]!);
    if (i > 0) this.#waiting = waiting.slice(i);
  }
}

function roundUp(bytes: number): number {
  return (bytes + GRAIN_BYTES - 1) & -GRAIN_BYTES;
}
