/** Debian packages that Electron and the end-to-end tests need: installed when we may, named exactly when we may not. */
import { existsSync } from 'node:fs';
import { findProgram, runCommand } from './command.ts';
import { LaunchError, say, timed } from './say.ts';

/** Each need as the names that releases of Debian gave it, newest first. */
type Need = readonly string[];

const ELECTRON_LIBRARIES: readonly Need[] = [
  ['libgtk-3-0t64', 'libgtk-3-0'],
  ['libnss3'],
  ['libgbm1'],
  ['libasound2t64', 'libasound2'],
  ['libxss1'],
  ['libnotify4'],
  ['fonts-dejavu-core'],
];

/** A program and the package that brings it. */
export interface ProgramNeed {
  readonly program: string;
  readonly debianPackage: string;
}

/** Makes sure that every shared library of this executable is there. */
export async function ensureElectronLibraries(program: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const { output } = await runCommand('ldd', [program]);
  const missing = [...output.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] ?? '');
  if (missing.length > 0) await install(ELECTRON_LIBRARIES, `Electron needs ${missing.join(', ')}`);
}

export async function ensurePrograms(needs: readonly ProgramNeed[], purpose: string): Promise<void> {
  const missing = needs.filter((need) => findProgram(need.program) === null);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((need) => need.debianPackage))].map((name) => [name]);
  await install(packages, `${purpose} needs ${missing.map((need) => need.program).join(', ')}`);
}

async function install(needs: readonly Need[], why: string): Promise<void> {
  if (!existsSync('/etc/debian_version') || findProgram('apt-get') === null) {
    throw new LaunchError(`${why}; install what Debian calls ${needs.map((names) => names.at(-1)).join(' ')}`);
  }
  if (process.getuid?.() !== 0) {
    const packages = await Promise.all(needs.map(nameHere));
    throw new LaunchError(`${why}. Run this once, then start again:\n  ${commandFor(packages, 'sudo ')}`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  say(`${why}: installing Debian packages`);
  const [packages, seconds] = await timed(async () => {
    const updated = await runCommand('apt-get', ['update', '-qq'], { env });
    if (updated.status !== 0) throw new LaunchError(`apt-get update failed:\n${updated.output.trim()}`);
    const names = await Promise.all(needs.map(nameHere));
    const installed = await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], {
      env,
    });
    if (installed.status !== 0) throw new LaunchError(`${commandFor(names, '')} failed:\n${installed.output.trim()}`);
    return names;
  });
  say(`installed ${packages.join(' ')} in ${seconds}`);
}

function commandFor(packages: readonly string[], prefix: string): string {
  return `${prefix}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/** The name under which this release of Debian has it. */
async function nameHere(names: Need): Promise<string> {
  const oldest = names.at(-1) ?? '';
  if (names.length === 1) return oldest;
  for (const name of names) {
    const { output } = await runCommand('apt-cache', ['policy', name]);
    if (/Candidate: (?!\(none\))/.test(output)) return name;
  }
  return oldest;
}
