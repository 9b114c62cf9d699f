/** `hearth test promql FILE...`: runs test scripts, prints every failing case and how many passed. */
import { readFile } from 'node:fs/promises';
import { systemClock } from '../../model/clock.ts';
import { QueryEngine } from '../engine.ts';
import { runScript } from './run-script.ts';
import { ScriptError } from './script.ts';

export interface PromqlTestSummary {
  readonly passed: number;
  readonly failed: number;
}

/** Lines printed of one failing case. */
const MAX_DIFFERENCES = 10;

/** The settings that Prometheus runs its own scripts with. */
export function scriptEngine(): QueryEngine {
  return new QueryEngine({
    maxSamples: 10_000,
    timeoutMs: 100_000,
    lookbackMs: 5 * 60_000,
    defaultStepMs: () => 60_000,
    maxConcurrency: 1,
    clock: systemClock,
    delayedNameRemoval: true,
    useStartTimestamps: true,
  });
}

/** A script that cannot be read counts as one failed case. The last line printed is `N passed, N failed`. */
export async function runPromqlTest(
  files: readonly string[],
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Promise<PromqlTestSummary> {
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const summary = await runFile(file, print);
    passed += summary.passed;
    failed += summary.failed;
  }
  print(`${passed} passed, ${failed} failed`);
  return { passed, failed };
}

async function runFile(file: string, print: (line: string) => void): Promise<PromqlTestSummary> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    print(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1 };
  }
  try {
    const results = await runScript(text, scriptEngine());
    const failures = results.filter(({ differences }) => differences.length > 0);
    for (const { line, query, differences } of failures) {
      print(`${file}:${line}: ${query}`);
      for (const difference of differences.slice(0, MAX_DIFFERENCES)) print(`  ${difference}`);
    }
    return { passed: results.length - failures.length, failed: failures.length };
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    print(`${file}: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}
