import { defineConfig } from 'vitest/config';
import { compiledKernels } from './src-main/launch/kernels-wasm.ts';

export default defineConfig({
  define: { HEARTH_KERNELS: JSON.stringify(await compiledKernels()) },
  test: {
    include: ['shared/**/*.test.ts', 'src-main/**/*.test.ts', 'src-renderer/**/*.test.{ts,tsx}', 'bench/**/*.test.ts'],
    pool: 'threads',
    testTimeout: 20_000,
  },
});
