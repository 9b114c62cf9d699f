/** `hearth test rules`: what `promtool test rules` does, with its output and exit codes. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '../../config/errors.ts';
import { loadRuleFile } from '../../config/load-rule-file.ts';
import type { RuleGroupConfig } from '../../config/rule-file.ts';
import type { Clock } from '../../model/clock.ts';
import { compileSearch } from '../../model/regex.ts';
import { templateProblem } from '../../rules/alert-template.ts';
import { type Arguments, type CommandSpec, parseArguments, UsageError, usageOf } from '../arguments.ts';
import type { Terminal } from '../terminal.ts';
import { problemText, readTestFile, type TestFile } from './read-test-file.ts';
import { runTestGroup } from './run-test-group.ts';

const SPEC: CommandSpec = {
  name: 'test rules',
  help: 'Unit tests for rules.',
  flags: {
    run: { kind: 'texts', help: 'Only run test groups whose names match the regular expression. Can be repeated.' },
    'ignore-unknown-fields': { kind: 'boolean', help: 'Pass over fields of rule files that nobody knows.' },
    'enable-feature': { kind: 'texts', help: 'Comma separated, e.g. promql-experimental-functions.' },
    junit: { kind: 'text', help: 'File path to store JUnit XML test results.' },
  },
  positional: [{ name: 'test-rule-file', required: true, help: 'The unit test file.', repeated: true }],
};

interface CaseResult {
  readonly name: string;
  readonly failures: readonly string[];
}

/** Resolves to the exit code. */
export async function testRulesCommand(args: readonly string[], terminal: Terminal, clock: Clock): Promise<number> {
  if (args.includes('--help')) {
    await terminal.write(usageOf(SPEC));
    return 0;
  }
  try {
    return await run(parseArguments(args, SPEC), terminal, clock);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.complain(`hearth: error: ${error.message}, try --help`);
    return 1;
  }
}

async function run(args: Arguments, terminal: Terminal, clock: Clock): Promise<number> {
  const results = new Map<string, readonly CaseResult[]>();
  for (const file of args.positional) {
    await terminal.write(`Unit Testing:  ${file}\n`);
    const cases = await runFile(file, args, { terminal, clock });
    results.set(file, cases);
    const failures = cases.flatMap((each) => each.failures);
    if (failures.length === 0) await terminal.write('  SUCCESS\n');
    else {
      terminal.complain('  FAILED:');
      for (const failure of failures) terminal.complain(`${failure}\n`);
    }
    await terminal.write('\n');
  }
  if (args.text('junit') !== '') await writeFile(args.text('junit'), junit(results));
  return [...results.values()].flat().some(({ failures }) => failures.length > 0) ? 1 : 0;
}

async function runFile(
  file: string,
  args: Arguments,
  { terminal, clock }: { readonly terminal: Terminal; readonly clock: Clock },
): Promise<CaseResult[]> {
  const features = new Set(args.texts('enable-feature').flatMap((text) => text.split(',')));
  const patterns = args.texts('run');
  const isWanted = patterns.length === 0 ? null : compileSearch(patterns.join('|'));
  try {
    const test = readTestFile(await readFile(file, 'utf8'), path.resolve(file));
    for (const pattern of test.unmatched) terminal.complain(`  WARNING: no file match pattern ${pattern}`);
    const results: CaseResult[] = [];
    for (const group of test.groups) {
      if (isWanted !== null && !isWanted.test(group.name)) continue;
      const rules = await loadRules(test, group.intervalMs, { args, features });
      const failures = await runTestGroup(group, { file: test, rules, clock, features });
      results.push({ name: group.name, failures });
    }
    return results;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ name: 'file', failures: [error instanceof ConfigError ? problemText(error) : reason] }];
  }
}

/** Throws ConfigError. */
async function loadRules(
  { ruleFiles }: TestFile,
  intervalMs: number,
  { args, features }: { readonly args: Arguments; readonly features: ReadonlySet<string> },
): Promise<RuleGroupConfig[]> {
  const groups: RuleGroupConfig[] = [];
  for (const file of ruleFiles) {
    const loaded = loadRuleFile(await readFile(file, 'utf8'), file, {
      evaluationIntervalMs: intervalMs,
      ruleQueryOffsetMs: 0,
      checkTemplate: (text) => templateProblem('', text),
      ignoreUnknownFields: args.has('ignore-unknown-fields'),
      experimental: features.has('promql-experimental-functions'),
    });
    groups.push(...loaded);
  }
  return groups;
}

function junit(results: ReadonlyMap<string, readonly CaseResult[]>): string {
  const suites = [...results].map(([file, cases]) => {
    const failed = cases.filter(({ failures }) => failures.length > 0).length;
    const body = cases.map(({ name, failures }) => {
      const inner = failures.map((text) => `<failure message="" type="">${escapeXml(text)}</failure>`).join('');
      return `<testcase name="${escapeXml(name)}">${inner}</testcase>`;
    });
    const counts = `tests="${cases.length}" failures="${failed}" errors="0"`;
    return `<testsuite name="${escapeXml(file)}" ${counts}>${body.join('')}</testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>${suites.join('')}</testsuites>\n`;
}

function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;' };
  return text.replace(/[&<>"]/g, (char) => entities[char] ?? char);
}
