/** The one linear memory that holds series states and head chunks: shared between threads, and with WebAssembly. */
export interface GrowableMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages of 64 KiB; returns the former count of pages, throws RangeError beyond the maximum. */
  grow(pages: number): number;
}

export const PAGE_BYTES = 65_536;

declare const WebAssembly: {
  readonly Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => GrowableMemory;
};

/**
 * Views over a shared linear memory. Growing replaces the views, never the memory: an old view stays valid for every
 * address it covers.
 */
export class SharedMemory {
  /** For instances of WebAssembly to import. */
  readonly memory: GrowableMemory;
  u8: Uint8Array<SharedArrayBuffer>;
  u32: Uint32Array<SharedArrayBuffer>;
  f64: Float64Array<SharedArrayBuffer>;

  constructor(initialPages: number, maximumPages: number) {
    this.memory = new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages, shared: true });
    const buffer = this.memory.buffer;
    this.u8 = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }

  get sizeBytes(): number {
    return this.u8.length;
  }

  /** Throws RangeError when the maximum is reached. */
  grow(pages: number): void {
    this.memory.grow(pages);
    const buffer = this.memory.buffer;
    this.u8 = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }
}
