/** Node entry: the engine without a window, and Hearth's command line tools. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import type { EngineOptions, FromEngine } from './api/engine-port.ts';
import { commands } from './commands.ts';
import { startEngineThread } from './engine-thread.ts';
import { defaultUserDataDir, engineOptions, FlagError, helpText } from './flags.ts';

const pageDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../renderer');

function main(args: readonly string[]): void {
  const [first = '', ...rest] = args;
  const command = commands[first];
  if (command !== undefined) {
    command(rest).then(
      (exitCode) => {
        process.exitCode = exitCode;
      },
      (error: unknown) => fail(error instanceof Error ? error.message : String(error)),
    );
    return;
  }
  if (first === '--help' || first === '-h') {
    process.stdout.write(helpText());
    return;
  }
  try {
    run(
      engineOptions(args, {
        version: packageJson.version,
        userDataDir: defaultUserDataDir(process.env, process.platform),
        pageDir,
        hasDesktop: false,
      }),
    );
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    fail(`${error.message}\nTry --help.`);
  }
}

function run(options: EngineOptions): void {
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
  const engine = startEngineThread(options, onMessage, (reason) => {
    fail(reason);
    process.exit();
  });
  const stop = () => engine.send({ kind: 'stop' });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => engine.send({ kind: 'reload' }));
}

function fail(message: string): void {
  process.stderr.write(`hearth: ${message}\n`);
  process.exitCode = 1;
}

main(process.argv.slice(2));
