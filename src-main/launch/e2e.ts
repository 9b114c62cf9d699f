/**
 * `npm run e2e`: builds, packs, sets up a desktop nobody sees and runs Playwright in it. Arguments go to Playwright.
 * `--no-package` leaves the packaged application out.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { buildAll } from './build.ts';
import { followToEnd } from './command.ts';
import { ensureElectronLibraries, ensurePrograms } from './debian-packages.ts';
import { makePackage } from './dist.ts';
import { electronSwitches, findElectron } from './electron-runtime.ts';
import { repository } from './places.ts';
import { launch } from './say.ts';
import { applicationDir } from './start.ts';
import { startVirtualDesktop } from './virtual-desktop.ts';

const PROGRAMS = [
  { program: 'Xvfb', debianPackage: 'xvfb' },
  { program: 'dbus-daemon', debianPackage: 'dbus-daemon' },
  { program: 'dbus-monitor', debianPackage: 'dbus-bin' },
  { program: 'dunst', debianPackage: 'dunst' },
  { program: 'prometheus-node-exporter', debianPackage: 'prometheus-node-exporter' },
  { program: 'chromium', debianPackage: 'chromium' },
] as const;

export interface E2eOptions {
  readonly withPackage: boolean;
  readonly args: readonly string[];
}

export async function runE2e(options: E2eOptions): Promise<number> {
  const runtime = await findElectron();
  await ensureElectronLibraries(runtime.program);
  await ensurePrograms(PROGRAMS, 'npm run e2e');
  const packaged = options.withPackage ? await makePackage() : '';
  if (!options.withPackage) await buildAll(runtime.fallback);
  const desktop = await startVirtualDesktop();
  try {
    const env = {
      ...process.env,
      ...desktop.env,
      HEARTH_E2E_ELECTRON: runtime.program,
      HEARTH_E2E_APPLICATION: applicationDir(runtime),
      HEARTH_E2E_PACKAGED: packaged,
      HEARTH_E2E_SWITCHES: electronSwitches().join(' '),
      PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
    };
    const cli = path.join(repository, 'node_modules', '@playwright', 'test', 'cli.js');
    const child = spawn(process.execPath, [cli, 'test', ...options.args], { cwd: repository, env, stdio: 'inherit' });
    return await followToEnd(child);
  } finally {
    await desktop.stop();
  }
}

if (import.meta.main) {
  await launch(() => {
    const args = process.argv.slice(2);
    return runE2e({
      withPackage: !args.includes('--no-package'),
      args: args.filter((arg) => arg !== '--no-package'),
    });
  });
}
