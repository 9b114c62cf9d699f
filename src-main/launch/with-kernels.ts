/** `node --import ./src-main/launch/with-kernels.ts x.ts`: a source file run as it is, with compiled kernels. */
import { compiledKernels } from './kernels-wasm.ts';

Object.assign(globalThis, { HEARTH_KERNELS: await compiledKernels() });
