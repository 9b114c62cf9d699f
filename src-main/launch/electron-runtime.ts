/** Finds an Electron to run with, or fetches one: the project's own from its normal place, else the fallback. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runCommand } from './command.ts';
import {
  cachedFallback,
  FALLBACK_VERSION,
  type FallbackElectron,
  fetchFallback,
  hasFallback,
} from './fallback-electron.ts';
import { repository } from './places.ts';
import { LaunchError, say } from './say.ts';

export interface ElectronRuntime {
  /** The executable. */
  readonly program: string;
  readonly distDir: string;
  readonly version: string;
  /** What the application needs beside it to run in this runtime; null in the project's own Electron. */
  readonly fallback: FallbackElectron | null;
}

const PROBE_LIMIT_MS = 5000;
const INSTALL_LIMIT_MS = 10 * 60_000;
const packageDir = path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));

/** `HEARTH_ELECTRON=fallback` skips the project's own Electron. */
export async function findElectron(): Promise<ElectronRuntime> {
  const wantsFallback = process.env.HEARTH_ELECTRON === 'fallback';
  const installed = wantsFallback ? null : installedElectron();
  if (installed !== null) return installed;
  const cached = cachedFallback();
  if (cached !== null) return fallbackRuntime(cached);
  if (!wantsFallback && (await installElectron())) {
    const fresh = installedElectron();
    if (fresh !== null) return fresh;
  }
  if (!hasFallback()) {
    throw new LaunchError(
      `no Electron for ${process.platform}-${process.arch} could be fetched; try \`npx install-electron\` where GitHub is reachable, or \`npm run headless\``,
    );
  }
  return fallbackRuntime(await fetchFallback());
}

function fallbackRuntime(fallback: FallbackElectron): ElectronRuntime {
  const { distDir } = fallback;
  return { program: path.join(distDir, 'electron'), distDir, version: FALLBACK_VERSION, fallback };
}

/** What electron/install.js leaves when it has succeeded: path.txt and dist/. */
function installedElectron(): ElectronRuntime | null {
  const pathFile = path.join(packageDir, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const distDir = path.join(packageDir, 'dist');
  const program = path.join(distDir, readFileSync(pathFile, 'utf8').trim());
  if (!existsSync(program)) return null;
  return { program, distDir, version: wantedVersion(), fallback: null };
}

async function installElectron(): Promise<boolean> {
  const version = wantedVersion();
  const unreachable = await whyUnreachable(version);
  if (unreachable !== null) {
    say(`Electron ${version}: GitHub is not reachable (${unreachable})`);
    return false;
  }
  say(`fetching Electron ${version} from GitHub, once`);
  const { status } = await runCommand(process.execPath, [path.join(packageDir, 'install.js')], {
    show: true,
    timeoutMs: INSTALL_LIMIT_MS,
  });
  return status === 0;
}

/** A quick question before the download, which would wait for minutes behind a wall that swallows packets. */
async function whyUnreachable(version: string): Promise<string | null> {
  const elsewhere = ['ELECTRON_MIRROR', 'npm_config_electron_mirror', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY'];
  if (elsewhere.some((name) => (process.env[name] ?? '') !== '')) return null;
  const url = `https://github.com/electron/electron/releases/download/v${version}/SHASUMS256.txt`;
  try {
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_LIMIT_MS) });
    return answer.ok ? null : `HTTP ${answer.status}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** The version that package.json pins. */
export function wantedVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
  const found = /"electron":"([\d.]+)"/.exec(JSON.stringify(manifest));
  if (found?.[1] === undefined) throw new LaunchError('package.json names no version of electron');
  return found[1];
}

/** Arguments that go before the application's folder. Chromium refuses its sandbox to root. */
export function electronSwitches(): readonly string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
