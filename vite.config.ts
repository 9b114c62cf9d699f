import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * The window. `base: '/'` because one build is served from app://hearth/ and from http://127.0.0.1:9090/, and there at
 * any depth (/query, /graph): every asset is addressed from the root of its origin.
 */
export default defineConfig({
  root: fileURLToPath(new URL('src-renderer', import.meta.url)),
  base: '/',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    target: 'chrome130',
    outDir: fileURLToPath(new URL('dist/renderer', import.meta.url)),
    emptyOutDir: true,
    // Fonts as files: a font inside the CSS would delay the first paint.
    assetsInlineLimit: 0,
    // Monaco is one chunk by nature, and is loaded after the first paint.
    chunkSizeWarningLimit: 4096,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
});
