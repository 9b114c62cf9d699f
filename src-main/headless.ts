/** Node entry: the engine without a window, and Hearth's command line tools. */
import nodeModule from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import type { EngineOptions, EnginePort, FromEngine } from './api/engine-port.ts';
import { defaultUserDataDir, engineOptions, FlagError, helpText } from './flags.ts';

const pageDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../renderer');

async function main(args: readonly string[]): Promise<void> {
  const [first = '', ...rest] = args;
  if (first === '--help' || first === '-h') {
    process.stdout.write(helpText());
    return;
  }
  try {
    if (first !== '' && !first.startsWith('-') && (await runCommand(first, rest))) return;
    const options = engineOptions(args, {
      version: packageJson.version,
      userDataDir: defaultUserDataDir(process.env, process.platform),
      pageDir,
      hasDesktop: false,
    });
    await run(options);
  } catch (error) {
    fail(error instanceof FlagError ? `${error.message}\nTry --help.` : messageOf(error));
  }
}

/** False when there is no such command. */
async function runCommand(name: string, args: readonly string[]): Promise<boolean> {
  const { commands } = await import('./commands.ts');
  const command = commands[name];
  if (command === undefined) return false;
  process.exitCode = await command(args);
  return true;
}

async function run(options: EngineOptions): Promise<void> {
  const onMessage = (message: FromEngine) => {
    switch (message.kind) {
      case 'ready':
        for (const face of message.faces) if (face.url !== '') process.stdout.write(`${face.name}: ${face.url}\n`);
        return;
      case 'failed':
        fail(message.message);
        return;
      case 'stopped':
        process.exit(process.exitCode ?? 0);
        return;
      case 'client-frame':
      case 'show':
      case 'problems':
        return;
    }
  };
  const port: EnginePort = {
    postMessage: onMessage,
    on: (_, listener) => {
      const stop = () => listener({ kind: 'stop' });
      process.on('SIGTERM', stop);
      process.on('SIGINT', stop);
      process.on('SIGHUP', () => listener({ kind: 'reload' }));
    },
    close: () => {},
  };
  keepCompiledCode(path.join(options.userDataDir, 'compile-cache'));
  // Not before it is needed, so that tools load none of it; and on this thread, which has nothing else to do.
  const { serve } = await import('./engine.ts');
  await serve(port, options);
  if ('flushCompileCache' in nodeModule) nodeModule.flushCompileCache(); // what is killed later starts as fast again
}

/** A third of the time that a start takes goes into compiling. Node 20 cannot keep what it compiled. */
function keepCompiledCode(dir: string): void {
  if ('enableCompileCache' in nodeModule) nodeModule.enableCompileCache(dir);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function fail(message: string): void {
  process.stderr.write(`hearth: ${message}\n`);
  process.exitCode = 1;
}

await main(process.argv.slice(2));
