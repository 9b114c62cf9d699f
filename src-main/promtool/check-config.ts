/** `hearth check config`: what `promtool check config` does, with its output and exit codes. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { formatDuration } from '../../shared/promql/duration.ts';
import { expandGlob } from '../config/glob.ts';
import { loadPrometheusConfig } from '../config/load-prometheus-config.ts';
import type { PrometheusConfig } from '../config/prometheus-config.ts';
import type { DiscoveryConfig, HttpClientConfig } from '../config/scrape-config.ts';
import { type Arguments, type CommandSpec, UsageError } from './arguments.ts';
import {
  type CheckContext,
  checkRuleFile,
  exitCode,
  lintSettings,
  RULE_FLAGS,
  reasonOf,
  type Verdict,
  withUsage,
} from './check-rules.ts';

const LINTS = ['all', 'duplicate-rules', 'none', 'too-long-scrape-interval'];
/** Of a server that is not told otherwise: samples further apart leave gaps. */
const LOOKBACK_MS = 5 * 60_000;

const SPEC: CommandSpec = {
  name: 'check config',
  help: 'Check if the config files are valid or not.',
  flags: {
    ...RULE_FLAGS,
    lint: { kind: 'text', initial: 'duplicate-rules', help: `What to look for: ${LINTS.join(', ')}.` },
    'syntax-only': { kind: 'boolean', help: 'Only check the config file syntax, not the files that it refers to.' },
  },
  positional: [{ name: 'config-files', required: true, help: 'The config files to check.', repeated: true }],
};

/** Resolves to the exit code. */
export async function checkConfigCommand(args: readonly string[], context: CheckContext): Promise<number> {
  return withUsage(args, SPEC, context, async (parsed) => {
    const missing = parsed.positional.find((file) => !existsSync(file));
    if (missing !== undefined) throw new UsageError(`path '${missing}' does not exist`);
    const verdicts: Verdict[] = [];
    for (const file of parsed.positional) verdicts.push(...(await checkConfigFile(file, parsed, context)));
    return exitCode(verdicts, parsed);
  });
}

async function checkConfigFile(file: string, args: Arguments, context: CheckContext): Promise<Verdict[]> {
  const { terminal } = context;
  const lints = lintSettings(args, LINTS);
  await terminal.write(`Checking ${file}\n`);
  const checked = await load(file, args);
  if (checked instanceof Error) {
    terminal.complain(`  FAILED: ${reasonOf(checked, file)}`);
    await terminal.write('\n');
    return ['broken'];
  }
  const { config, ruleFiles, warnings } = checked;
  for (const warning of warnings) await terminal.write(`  WARNING: ${warning}\n`);
  if (ruleFiles.length > 0) await terminal.write(`  SUCCESS: ${ruleFiles.length} rule files found\n`);
  await terminal.write(` SUCCESS: ${file} is valid prometheus config file syntax\n\n`);
  if (args.has('syntax-only')) return [];
  const verdicts: Verdict[] = [];
  if (lints.has('too-long-scrape-interval')) verdicts.push(...lintIntervals(config, context));
  for (const ruleFile of ruleFiles) {
    const source = { file: shown(ruleFile, file), read: () => readFile(ruleFile, 'utf8') };
    verdicts.push(await checkRuleFile(source, args, lints, context));
  }
  return verdicts;
}

/** As it is found from where the configuration was named. */
function shown(ruleFile: string, configFile: string): string {
  const relative = path.relative(path.dirname(path.resolve(configFile)), ruleFile);
  return path.isAbsolute(configFile) ? ruleFile : path.join(path.dirname(configFile), relative);
}

interface Checked {
  readonly config: PrometheusConfig;
  readonly ruleFiles: readonly string[];
  readonly warnings: readonly string[];
}

async function load(file: string, args: Arguments): Promise<Checked | Error> {
  try {
    const config = loadPrometheusConfig(await readFile(file, 'utf8'), path.resolve(file));
    if (args.has('syntax-only')) return { config, ruleFiles: [], warnings: [] };
    const ruleFiles = config.ruleFiles.flatMap((pattern) => ruleFilesOf(pattern, file));
    for (const scrape of config.scrapeConfigs) checkTlsFiles(scrape.http);
    return { config, ruleFiles, warnings: missingTargetFiles(config) };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** A pattern may match nothing, a plain name may not. */
function ruleFilesOf(pattern: string, file: string): string[] {
  const found = [...expandGlob(pattern)];
  if (found.length > 0 || /[*?[]/.test(pattern)) return found;
  throw new Error(`${JSON.stringify(shown(pattern, file))} does not point to an existing file`);
}

function checkTlsFiles({ tls }: HttpClientConfig): void {
  const files = [
    ['client cert', tls.certFile],
    ['client key', tls.keyFile],
  ] as const;
  for (const [what, file] of files) {
    if (file !== null && !existsSync(file))
      throw new Error(`error checking ${what} file ${JSON.stringify(file)}: no such file or directory`);
  }
}

function missingTargetFiles({ scrapeConfigs }: PrometheusConfig): string[] {
  return scrapeConfigs.flatMap(({ jobName, discovery }) =>
    missingFiles(discovery).map(
      (file) => `file ${JSON.stringify(file)} for file_sd in scrape job ${JSON.stringify(jobName)} does not exist`,
    ),
  );
}

function missingFiles(discovery: readonly DiscoveryConfig[]): string[] {
  return discovery.flatMap((each) =>
    each.kind === 'file' ? each.config.files.filter((file) => !file.includes('*') && !existsSync(file)) : [],
  );
}

function lintIntervals({ scrapeConfigs }: PrometheusConfig, { terminal }: CheckContext): Verdict[] {
  const tooLong = scrapeConfigs.filter(({ scrapeIntervalMs }) => scrapeIntervalMs >= LOOKBACK_MS);
  for (const { jobName, scrapeIntervalMs } of tooLong) {
    const interval = formatDuration(scrapeIntervalMs);
    terminal.complain(
      `  FAILED: too long scrape interval found, data point will be marked as stale - job: ${jobName}, interval: ${interval}`,
    );
  }
  return tooLong.map(() => 'suspicious');
}
