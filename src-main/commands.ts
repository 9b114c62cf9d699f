import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { checkOpenMetrics } from './exposition/check-openmetrics.ts';
import { systemClock } from './model/clock.ts';
import { runPromqlTest } from './promql/test-script/promqltest.ts';
import { checkConfigCommand } from './promtool/check-config.ts';
import { checkRulesCommand } from './promtool/check-rules.ts';
import { testRulesCommand } from './promtool/rule-test/test-rules-command.ts';
import { processTerminal } from './promtool/terminal.ts';
import { tsdbCommand } from './promtool/tsdb-command.ts';

/** Command line tools beside the engine. Each resolves to its exit code. */
type Command = (args: readonly string[]) => Promise<number>;

export const commands: Readonly<Record<string, Command>> = {
  check,
  test,
  tsdb: (args) => tsdbCommand(args, processTerminal, systemClock),
};

const context = { terminal: processTerminal, readInput: () => text(process.stdin) };

async function test([what = '', ...args]: readonly string[]): Promise<number> {
  switch (what) {
    case 'rules':
      return testRulesCommand(args, processTerminal, systemClock);
    case 'promql':
      if (args.length > 0) return (await runPromqlTest(args)).failed === 0 ? 0 : 1;
  }
  process.stderr.write('Usage: hearth test rules|promql FILE...\n');
  return 2;
}

async function check([what = '', ...args]: readonly string[]): Promise<number> {
  switch (what) {
    case 'rules':
      return checkRulesCommand(args, context);
    case 'config':
      return checkConfigCommand(args, context);
    case 'openmetrics':
      if (args.length > 0) return openMetrics(args);
  }
  process.stderr.write('Usage: hearth check rules|config|openmetrics FILE...\n');
  return 2;
}

async function openMetrics(files: readonly string[]): Promise<number> {
  let failed = 0;
  for (const file of files) {
    const fault = checkOpenMetrics(await readFile(file));
    if (fault === null) continue;
    failed++;
    process.stderr.write(`${file}: ${fault}\n`);
  }
  return failed === 0 ? 0 : 1;
}
