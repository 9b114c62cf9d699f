/** `npm run build`: dist/main, dist/renderer and, where the fallback runtime is in use, dist/main-fallback. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleForFallback, bundleMain, hashOfFiles } from './bundle.ts';
import type { FallbackElectron } from './fallback-electron.ts';
import { cachedFallback } from './fallback-electron.ts';
import { distDir, rendererDir, repository } from './places.ts';
import { LaunchError, launch, reasonOf, say, timed } from './say.ts';

const RENDERER_SOURCES = ['src-renderer/**/*', 'shared/**/*.ts', 'assets/**/*', 'vite.config.ts', 'package-lock.json'];

export async function buildAll(fallback: FallbackElectron | null): Promise<void> {
  await buildMain(fallback);
  await buildRenderer();
}

export async function buildMain(fallback: FallbackElectron | null): Promise<void> {
  const [files, seconds] = await timed(async () => {
    const names = await bundleMain();
    if (fallback !== null) await bundleForFallback(fallback);
    return names;
  });
  say(`built dist/main (${files.join(', ')})${fallback === null ? '' : ' and dist/main-fallback'} in ${seconds}`);
}

/** Skips the work when no source changed since the last build. */
async function buildRenderer(): Promise<void> {
  const stampFile = path.join(distDir, 'renderer.sha256');
  const hash = await hashOfFiles(RENDERER_SOURCES);
  const built = await readFile(stampFile, 'utf8').catch(() => '');
  if (built === hash && existsSync(path.join(rendererDir, 'index.html'))) return say('dist/renderer is up to date');
  const { build } = await import('vite');
  try {
    const [, seconds] = await timed(() =>
      build({ configFile: path.join(repository, 'vite.config.ts'), logLevel: 'warn' }),
    );
    say(`built dist/renderer in ${seconds}`);
  } catch (error) {
    throw new LaunchError(`src-renderer does not build:\n${reasonOf(error)}`);
  }
  await mkdir(distDir, { recursive: true });
  await writeFile(stampFile, hash);
}

if (import.meta.main) {
  await launch(async () => {
    await buildAll(cachedFallback());
    return 0;
  });
}
