/**
 * `npm run verify`: everything that is checked before a change lands: types, lint, unit tests, build, package and the
 * real application on a desktop nobody sees. The last line says how many checks passed and failed.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runCommand } from './command.ts';
import { runE2e } from './e2e.ts';
import { repository } from './places.ts';
import { launch, reasonOf, say, timed } from './say.ts';

interface Tally {
  readonly passed: number;
  readonly failed: number;
}

type Step = () => Promise<Tally>;

/** A tool that says yes or no counts as one check. */
function tool(name: string, args: readonly string[]): Step {
  return async () => {
    const { status } = await runCommand(path.join(repository, 'node_modules', '.bin', name), args, {
      cwd: repository,
      show: true,
      // A log is read without the colours of a terminal.
      env: process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1' },
    });
    return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  };
}

async function unitTests(): Promise<Tally> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'hearth-verify-'));
  const report = path.join(folder, 'unit.json');
  try {
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile=${report}`];
    const { failed } = await tool('vitest', args)();
    const passed = countIn(report, 'numPassedTests');
    // A suite that cannot even be loaded has no failed test in it.
    return { passed, failed: Math.max(countIn(report, 'numFailedTests'), failed) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function endToEndTests(): Promise<Tally> {
  const status = await runE2e({ withPackage: true, args: [] });
  const report = path.join(repository, 'test-results', 'e2e.json');
  return {
    passed: countIn(report, 'expected'),
    failed: Math.max(countIn(report, 'unexpected') + countIn(report, 'flaky'), status === 0 ? 0 : 1),
  };
}

/** The number under a key of a report; the keys asked for stand once in each. */
function countIn(report: string, key: string): number {
  try {
    const found = new RegExp(`"${key}"\\s*:\\s*(\\d+)`).exec(readFileSync(report, 'utf8'));
    return Number(found?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const STEPS: readonly (readonly [name: string, step: Step])[] = [
  ['types', tool('tsc', ['--build'])],
  ['lint', tool('biome', ['check', '--error-on-warnings', '.'])],
  ['unit tests', unitTests],
  ['the real application', endToEndTests],
];

await launch(async () => {
  let passed = 0;
  let failed = 0;
  for (const [name, step] of STEPS) {
    say(`${name} ...`);
    const [tally, seconds] = await timed(() =>
      step().catch((error: unknown) => {
        say(reasonOf(error));
        return { passed: 0, failed: 1 };
      }),
    );
    say(`${name}: ${tally.passed} passed, ${tally.failed} failed in ${seconds}`);
    passed += tally.passed;
    failed += tally.failed;
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
});
