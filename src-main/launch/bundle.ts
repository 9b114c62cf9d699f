/** Bundles what runs outside the window: every entry of src-main into one file each, natives left outside. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, glob, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildFailure, type BuildOptions, build, type Plugin } from 'esbuild';
import type { FallbackElectron } from './fallback-electron.ts';
import { compiledKernels } from './kernels-wasm.ts';
import { fallbackMainDir, mainDir, repository } from './places.ts';
import { LaunchError } from './say.ts';

const ENTRIES = ['main.ts', 'headless.ts', 'engine.ts'];
const NATIVES = ['better-sqlite3', 'snappy', '@node-rs/crc32'];
const LIBSQL_BINARY = 'libsql.node';
/** The oldest runtime that is supported: the fallback Electron. */
const TARGET = ['node20.18', 'chrome130'];
/** CommonJS dependencies ask for these, which an ES module does not have. */
const COMMONJS_BANNER = [
  "import { createRequire as $createRequire } from 'node:module';",
  'const require = $createRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

/** Writes dist/main; returns the names of the files. */
export async function bundleMain(): Promise<readonly string[]> {
  return bundleInto(mainDir, []);
}

/** Writes dist/main-fallback: the same entries with libsql in better-sqlite3's place. */
export async function bundleForFallback(fallback: FallbackElectron): Promise<readonly string[]> {
  const files = await bundleInto(fallbackMainDir, [libsqlForBetterSqlite(fallback.modulesDir)]);
  await replaceBinary(
    path.join(fallback.modulesDir, '@libsql', 'linux-x64-gnu', 'index.node'),
    path.join(fallbackMainDir, LIBSQL_BINARY),
  );
  const manifest: unknown = JSON.parse(await readFile(path.join(repository, 'package.json'), 'utf8'));
  const main = { ...Object(manifest), main: 'main.js', scripts: undefined, devDependencies: undefined };
  await writeFile(path.join(fallbackMainDir, 'package.json'), JSON.stringify(main, null, 2));
  return files;
}

/** By rename: a running program has the old file in its memory, and dies when that is written over. */
async function replaceBinary(source: string, target: string): Promise<void> {
  await copyFile(source, `${target}.new`);
  await rename(`${target}.new`, target);
}

/** libsql looks for its binary among its packages at run time; bundled, it finds it beside itself. */
function libsqlForBetterSqlite(modulesDir: string): Plugin {
  const entry = path.join(modulesDir, 'libsql', 'index.js');
  const lookUp = /require\(`@libsql\/[^`]+`\)/;
  return {
    name: 'libsql-for-better-sqlite3',
    setup: (hooks) => {
      hooks.onResolve({ filter: /^better-sqlite3$/ }, () => ({ path: entry }));
      hooks.onResolve({ filter: new RegExp(`^\\./${LIBSQL_BINARY}$`) }, ({ path: file }) => ({
        path: file,
        external: true,
      }));
      hooks.onLoad({ filter: /libsql[\\/]index\.js$/ }, async ({ path: file }) => {
        const text = await readFile(file, 'utf8');
        if (!lookUp.test(text)) throw new Error(`${file} does not look for its binary as it used to`);
        return { contents: text.replace(lookUp, `require('./${LIBSQL_BINARY}')`), loader: 'js' };
      });
    },
  };
}

async function bundleInto(outdir: string, plugins: readonly Plugin[]): Promise<readonly string[]> {
  const sources = path.join(repository, 'src-main');
  const present = ENTRIES.filter((entry) => existsSync(path.join(sources, entry)));
  const workers = await collect(glob('**/*-worker.ts', { cwd: sources }));
  const common = {
    absWorkingDir: repository,
    outdir,
    bundle: true,
    platform: 'node',
    target: TARGET,
    entryNames: '[name]',
    logLevel: 'silent',
    legalComments: 'none',
    minifyWhitespace: true,
    minifySyntax: true,
    metafile: true,
  } as const satisfies BuildOptions;
  const kernels = await compiledKernels();
  const [main, preload] = await Promise.all([
    run({
      ...common,
      entryPoints: [...present, ...workers].map((entry) => path.join(sources, entry)),
      format: 'esm',
      splitting: true,
      chunkNames: '[name]-[hash]',
      banner: { js: COMMONJS_BANNER },
      external: ['electron', ...NATIVES],
      define: { HEARTH_KERNELS: JSON.stringify(kernels) },
      plugins: [...plugins],
    }),
    run({
      ...common,
      entryPoints: [path.join(sources, 'shell', 'preload.ts')],
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      external: ['electron'],
    }),
  ]);
  const written = [...main, ...preload].map((file) => path.basename(file));
  await removeOthers(outdir, written);
  return written;
}

async function run(options: BuildOptions): Promise<readonly string[]> {
  try {
    const result = await build(options);
    return Object.keys(result.metafile?.outputs ?? {});
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const lines = error.errors.map((message) => {
      const place = message.location === null ? '' : `${message.location.file}:${message.location.line}: `;
      return `  ${place}${message.text}`;
    });
    throw new LaunchError(`src-main does not build:\n${lines.join('\n')}`);
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

/** Files of an earlier build that this one did not write. */
async function removeOthers(outdir: string, written: readonly string[]): Promise<void> {
  const found = await collect(glob('*.{js,cjs}', { cwd: outdir }));
  for (const file of found) if (!written.includes(file)) await rm(path.join(outdir, file));
}

/** A hash over the names and contents of files: equal hashes need no new build. */
export async function hashOfFiles(patterns: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const files = await collect(glob([...patterns], { cwd: repository, withFileTypes: true }));
  const names = files.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name));
  for (const name of names.sort())
    hash
      .update(`${name}\0`)
      .update(await readFile(name))
      .update('\0');
  return hash.digest('hex');
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
