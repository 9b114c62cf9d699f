/** Compiles the kernels of src-main/kernels/assembly; what was compiled is kept in node_modules/.cache by its hash. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { repository } from './places.ts';
import { LaunchError } from './say.ts';

const FLAGS = ['--optimizeLevel', '3', '--noAssert', '--runtime', 'stub', '--enable'];
/** Kernel by the name it is asked for: its source, and what it needs of the compiler. */
const KERNELS = {
  decodeXor: { source: 'decode-xor.ts', flags: [...FLAGS, 'simd', '--initialMemory', '1', '--maximumMemory', '1'] },
  appendRun: {
    source: 'append-run.ts',
    flags: [
      ...FLAGS,
      'threads',
      '--importMemory',
      '--sharedMemory',
      '--initialMemory',
      '1',
      '--maximumMemory',
      '65536',
    ],
  },
  printPoints: { source: 'print-points.ts', flags: [...FLAGS, 'simd', '--initialMemory', '4', '--maximumMemory', '4'] },
} as const;

/** The kernels as base64, by name. */
export async function compiledKernels(): Promise<Readonly<Record<string, string>>> {
  const entries = await Promise.all(
    Object.entries(KERNELS).map(async ([name, { source, flags }]) => [name, await compiled(source, flags)] as const),
  );
  return Object.fromEntries(entries);
}

async function compiled(source: string, flags: readonly string[]): Promise<string> {
  const text = await readFile(path.join(repository, 'src-main', 'kernels', 'assembly', source), 'utf8');
  const { version } = createRequire(import.meta.url)('assemblyscript/package.json');
  const hash = createHash('sha256')
    .update([version, ...flags, text].join('\0'))
    .digest('hex')
    .slice(0, 32);
  const cached = path.join(repository, 'node_modules', '.cache', 'hearth-kernels', `${source}-${hash}.wasm`);
  const found = await readFile(cached).catch(() => null);
  if (found !== null) return found.toString('base64');
  const binary = await compile(source, text, flags);
  await mkdir(path.dirname(cached), { recursive: true });
  const halfWritten = `${cached}.${process.pid}`;
  await writeFile(halfWritten, binary);
  await rename(halfWritten, cached);
  return Buffer.from(binary).toString('base64');
}

async function compile(source: string, text: string, flags: readonly string[]): Promise<Uint8Array> {
  const { main } = await import('assemblyscript/asc');
  const written = new Map<string, Uint8Array>();
  const { error, stderr } = await main([source, ...flags, '--outFile', 'kernel.wasm'], {
    readFile: (name) => (name === source ? text : null),
    writeFile: (name, contents) => {
      written.set(name, typeof contents === 'string' ? Buffer.from(contents) : contents);
    },
    listFiles: () => [],
  });
  const binary = written.get('kernel.wasm');
  if (error !== null || binary === undefined) {
    throw new LaunchError(`src-main/kernels/assembly/${source} does not compile:\n${stderr.toString()}`);
  }
  return binary;
}
