/** Where things of this checkout lie. */
import os from 'node:os';
import path from 'node:path';

export const repository = path.resolve(import.meta.dirname, '..', '..');
export const distDir = path.join(repository, 'dist');
export const mainDir = path.join(distDir, 'main');
/** The same entries, bundled for the fallback runtime. */
export const fallbackMainDir = path.join(distDir, 'main-fallback');
export const rendererDir = path.join(distDir, 'renderer');
export const releaseDir = path.join(repository, 'release');

/** Downloads that survive `npm ci`. */
export function cacheDir(): string {
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'hearth');
}
