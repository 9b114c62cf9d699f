/**
 * `npm run dist`: the unpacked application for this machine in release/, made of the runtime that was found.
 * The other targets of electron-builder.yml need tools from GitHub; what they want is said, not tried.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { build, type Configuration, Platform } from 'electron-builder';
import { buildAll } from './build.ts';
import { runCommand } from './command.ts';
import { type ElectronRuntime, findElectron } from './electron-runtime.ts';
import { releaseDir, repository } from './places.ts';
import { launch, say, timed } from './say.ts';

const RELEASE_TARGETS: Readonly<Record<string, string>> = {
  linux: 'AppImage, deb, rpm and tar.gz',
  darwin: 'dmg and zip (signed and notarised with the identity of the release)',
  win32: 'the NSIS installer (signed with the certificate of the release)',
};

/** The executable of the packaged application. */
export function packagedProgram(): string {
  switch (process.platform) {
    case 'darwin':
      return path.join(releaseDir, process.arch === 'arm64' ? 'mac-arm64' : 'mac', 'Hearth.app/Contents/MacOS/Hearth');
    case 'win32':
      return path.join(releaseDir, 'win-unpacked', 'Hearth.exe');
    default:
      return path.join(
        releaseDir,
        process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`,
        'hearth',
      );
  }
}

export async function makePackage(): Promise<string> {
  const runtime = await findElectron();
  await buildAll(runtime.fallback);
  const program = packagedProgram();
  await rm(path.dirname(program), { recursive: true, force: true });
  say(`packing with Electron ${runtime.version}`);
  const [, seconds] = await timed(() =>
    build({
      projectDir: repository,
      targets: Platform.current().createTarget('dir'),
      config: additionsFor(runtime),
      publish: 'never',
    }),
  );
  const { output } = await runCommand('du', ['-sm', path.dirname(program)]);
  say(`packed ${path.relative(repository, path.dirname(program))} in ${seconds}, ${output.split('\t')[0]} MB`);
  return program;
}

/** What is added to electron-builder.yml: this machine's runtime, and its build of what runs outside the window. */
function additionsFor(runtime: ElectronRuntime): Configuration {
  const common = { electronDist: runtime.distDir, electronVersion: runtime.version };
  if (runtime.fallback === null) return common;
  return {
    ...common,
    extraMetadata: { main: 'dist/main-fallback/main.js' },
    files: [
      'dist/main-fallback/**',
      '!dist/main-fallback/package.json',
      '!dist/main/**',
      '!node_modules/better-sqlite3/**',
    ],
  };
}

if (import.meta.main) {
  await launch(async () => {
    const program = await makePackage();
    process.stdout.write(`${program}\n`);
    const others = RELEASE_TARGETS[process.platform] ?? 'no others';
    say(`not built here: ${others}: \`npx electron-builder\` makes them where GitHub is reachable`);
    return 0;
  });
}
