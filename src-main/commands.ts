import { readFile } from 'node:fs/promises';
import { checkOpenMetrics } from './exposition/check-openmetrics.ts';
import { systemClock } from './model/clock.ts';
import { runPromqlTest } from './promql/test-script/promqltest.ts';
import { processTerminal } from './promtool/terminal.ts';
import { tsdbCommand } from './promtool/tsdb-command.ts';

/** Command line tools beside the engine. Each resolves to its exit code. */
type Command = (args: readonly string[]) => Promise<number>;

export const commands: Readonly<Record<string, Command>> = {
  check,
  test,
  tsdb: (args) => tsdbCommand(args, processTerminal, systemClock),
};

async function test([what, ...files]: readonly string[]): Promise<number> {
  if (what !== 'promql' || files.length === 0) {
    process.stderr.write('Usage: hearth test promql FILE...\n');
    return 2;
  }
  const { failed } = await runPromqlTest(files);
  return failed === 0 ? 0 : 1;
}

async function check([what, ...files]: readonly string[]): Promise<number> {
  if (what !== 'openmetrics' || files.length === 0) {
    process.stderr.write('Usage: hearth check openmetrics FILE...\n');
    return 2;
  }
  let failed = 0;
  for (const file of files) {
    const fault = checkOpenMetrics(await readFile(file));
    if (fault === null) continue;
    failed++;
    process.stderr.write(`${file}: ${fault}\n`);
  }
  return failed === 0 ? 0 : 1;
}
