/** `hearth check rules`: what `promtool check rules` does, with its output and exit codes. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '../config/errors.ts';
import { loadRuleFile } from '../config/load-rule-file.ts';
import type { RuleGroupConfig } from '../config/rule-file.ts';
import { labelEntries } from '../model/labels.ts';
import { templateProblem } from '../rules/alert-template.ts';
import { type Arguments, type CommandSpec, parseArguments, UsageError, usageOf } from './arguments.ts';
import type { Terminal } from './terminal.ts';

export const LINT_FAILED = 3;
const LINTS = ['all', 'duplicate-rules', 'none'];

export const RULE_FLAGS = {
  lint: { kind: 'text', initial: 'duplicate-rules', help: 'What to look for: all, duplicate-rules, none.' },
  'lint-fatal': { kind: 'boolean', help: 'Make lint errors exit with exit code 3.' },
  'ignore-unknown-fields': { kind: 'boolean', help: 'Pass over fields of rule files that nobody knows.' },
  'enable-feature': { kind: 'texts', help: 'Comma separated, e.g. promql-experimental-functions.' },
} as const;

const SPEC: CommandSpec = {
  name: 'check rules',
  help: 'Check if the rule files are valid or not.',
  flags: RULE_FLAGS,
  positional: [
    {
      name: 'rule-files',
      required: false,
      help: 'The rule files to check, default is read from standard input.',
      repeated: true,
    },
  ],
};

export interface CheckContext {
  readonly terminal: Terminal;
  readonly readInput: () => Promise<string>;
}

/** Resolves to the exit code. */
export async function checkRulesCommand(args: readonly string[], context: CheckContext): Promise<number> {
  return withUsage(args, SPEC, context, async (parsed) => {
    const settings = lintSettings(parsed, LINTS);
    const files = parsed.positional.length === 0 ? ['standard input'] : parsed.positional;
    const verdicts: Verdict[] = [];
    for (const file of files) {
      const read = () => (parsed.positional.length === 0 ? context.readInput() : readFile(file, 'utf8'));
      verdicts.push(await checkRuleFile({ file, read }, parsed, settings, context));
    }
    return exitCode(verdicts, parsed);
  });
}

/** Parses, answers --help and says what makes no sense. */
export async function withUsage(
  args: readonly string[],
  spec: CommandSpec,
  { terminal }: CheckContext,
  run: (parsed: Arguments) => Promise<number>,
): Promise<number> {
  if (args.includes('--help')) {
    await terminal.write(usageOf(spec));
    return 0;
  }
  try {
    return await run(parseArguments(args, spec));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.complain(`hearth: error: ${error.message}, try --help`);
    return 1;
  }
}

/** `broken`: it cannot be used. `suspicious`: a lint found something. */
export type Verdict = 'good' | 'suspicious' | 'broken';

export function exitCode(verdicts: readonly Verdict[], args: Arguments): number {
  if (verdicts.includes('broken')) return 1;
  return verdicts.includes('suspicious') && args.has('lint-fatal') ? LINT_FAILED : 0;
}

export function lintSettings(args: Arguments, known: readonly string[]): ReadonlySet<string> {
  const wanted = args.text('lint').split(',');
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`unknown lint ${JSON.stringify(unknown)}`);
  return new Set(wanted.includes('all') ? known : wanted);
}

interface RuleFileSource {
  /** As it was given. */
  readonly file: string;
  readonly read: () => Promise<string>;
}

export async function checkRuleFile(
  { file, read }: RuleFileSource,
  args: Arguments,
  lints: ReadonlySet<string>,
  { terminal }: CheckContext,
): Promise<Verdict> {
  await terminal.write(`Checking ${file}\n`);
  const features = new Set(args.texts('enable-feature').flatMap((text) => text.split(',')));
  const finish = async (verdict: Verdict) => {
    await terminal.write('\n');
    return verdict;
  };
  try {
    const groups = loadRuleFile(await read(), path.resolve(file), {
      evaluationIntervalMs: 60_000,
      ruleQueryOffsetMs: 0,
      checkTemplate: (text) => templateProblem('', text),
      ignoreUnknownFields: args.has('ignore-unknown-fields'),
      experimental: features.has('promql-experimental-functions'),
    });
    const complaint = lints.has('duplicate-rules') ? duplicates(groups) : null;
    if (complaint === null) {
      const count = groups.reduce((sum, group) => sum + group.rules.length, 0);
      await terminal.write(`  SUCCESS: ${count} rules found\n`);
      return await finish('good');
    }
    terminal.complain(`  FAILED:\n${complaint}`);
    return await finish('suspicious');
  } catch (error) {
    terminal.complain(`  FAILED:\n${reasonOf(error, file)}`);
    return await finish('broken');
  }
}

/** With the file as it was given. */
export function reasonOf(error: unknown, file: string): string {
  if (error instanceof ConfigError) return `${file}: ${error.line}:${error.column}: ${error.reason}`;
  return error instanceof Error ? error.message : String(error);
}

/** Rules with the same name and labels, each once; null when there are none. */
function duplicates(groups: readonly RuleGroupConfig[]): string | null {
  const counts = new Map<string, number>();
  for (const rule of groups.flatMap((group) => group.rules)) {
    const name = rule.kind === 'alerting' ? rule.alert : rule.record;
    const labels = [...labelEntries(rule.labels)].map(([label, value]) => `\t${label}: ${value}\n`);
    const text = `Metric: ${name}\nLabel(s):\n${labels.join('')}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const found = [...counts].filter(([, count]) => count > 1).map(([text]) => text);
  if (found.length === 0) return null;
  const head = `lint error ${found.length} duplicate rule(s) found.\n`;
  return `${head}${found.sort().join('')}Might cause inconsistency while recording expressions`;
}
