/**
 * `npm start`: the window where there is a display; else the engine alone, with the same window as a page.
 * `--watch` builds and starts again whenever a source changes. Other arguments go to Hearth.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { buildAll } from './build.ts';
import { endChild, followToEnd } from './command.ts';
import { ensureElectronLibraries } from './debian-packages.ts';
import { type ElectronRuntime, electronSwitches, findElectron } from './electron-runtime.ts';
import { endWithNpm } from './end-with-npm.ts';
import { fallbackMainDir, mainDir, repository } from './places.ts';
import { launch, reasonOf, say, secondsSinceStart } from './say.ts';

const WATCHED = ['src-main', 'src-renderer', 'shared', 'assets'];
const SETTLE_MS = 300;

/** Builds, and gives back what starts the result. */
type Prepare = () => Promise<() => ChildProcess>;

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
}

/** The folder that Electron is given. */
export function applicationDir(runtime: ElectronRuntime): string {
  return runtime.fallback === null ? repository : fallbackMainDir;
}

async function prepareWindow(args: readonly string[]): Promise<() => ChildProcess> {
  const runtime = await findElectron();
  await ensureElectronLibraries(runtime.program);
  await buildAll(runtime.fallback);
  // Chromium's own remarks about buses and graphics cards that are not there would bury what Hearth says.
  const switches = [...electronSwitches(), '--log-level=3'];
  return () => {
    say(`starting in Electron ${runtime.version}, ready after ${secondsSinceStart()}`);
    return spawn(runtime.program, [...switches, applicationDir(runtime), ...args], { stdio: 'inherit' });
  };
}

async function prepareHeadless(args: readonly string[]): Promise<() => ChildProcess> {
  await buildAll(null);
  return () => {
    const child = spawn(process.execPath, [path.join(mainDir, 'headless.js'), ...args], {
      stdio: ['inherit', 'pipe', 'inherit'],
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      process.stdout.write(`${line}\n`);
      const address = /^prometheus: (http\S+)$/.exec(line)?.[1];
      if (address === undefined) return;
      process.stdout.write(`hearth: no display here; the window is the page at ${address} (${secondsSinceStart()})\n`);
    });
    return child;
  };
}

/** Starts again after each change that builds; a change that does not build leaves the running one alone. */
async function startAndWatch(prepare: Prepare): Promise<number> {
  let running: ChildProcess | null = null;
  let settle: NodeJS.Timeout | null = null;
  let work = Promise.resolve();
  const restart = async () => {
    try {
      const start = await prepare();
      if (running !== null) await endChild(running);
      running = start();
    } catch (error) {
      say(`${reasonOf(error)}\nhearth: waiting for the next change`);
    }
  };
  for (const folder of WATCHED) {
    watch(path.join(repository, folder), { recursive: true }, () => {
      if (settle !== null) clearTimeout(settle);
      settle = setTimeout(() => {
        work = work.then(restart);
      }, SETTLE_MS);
    });
  }
  work = work.then(restart);
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, async () => {
        await work;
        if (running !== null) await endChild(running);
        resolve(0);
        process.exit(0);
      });
    }
  });
}

if (import.meta.main) {
  await launch(async () => {
    endWithNpm();
    const watching = process.argv.includes('--watch');
    const args = process.argv.slice(2).filter((arg) => arg !== '--watch');
    const prepare = () => (hasDisplay() ? prepareWindow(args) : prepareHeadless(args));
    if (watching) return startAndWatch(prepare);
    const start = await prepare();
    return followToEnd(start());
  });
}
