/** The kernels of assembly/, compiled while the bundle is built and put into it as base64 (launch/kernels-wasm.ts). */
import type { GrowableMemory } from './shared-memory.ts';

export type KernelName = 'decodeXor' | 'appendRun' | 'printPoints';

/** Put here by the bundler, by vitest.config.ts, or by `node --import ./src-main/launch/with-kernels.ts`. */
declare const HEARTH_KERNELS: Readonly<Record<KernelName, string>> | undefined;

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/**
 * The exports of a kernel over `memory`, or over one of its own; null where it was not compiled in, or WebAssembly or a
 * feature the kernel needs is missing: its plain version is used then.
 */
export function instantiateKernel(name: KernelName, memory: GrowableMemory | null): unknown {
  if (typeof HEARTH_KERNELS === 'undefined') return null;
  try {
    const module = new WebAssembly.Module(Buffer.from(HEARTH_KERNELS[name], 'base64'));
    return new WebAssembly.Instance(module, memory === null ? {} : { env: { memory } }).exports;
  } catch {
    return null;
  }
}
