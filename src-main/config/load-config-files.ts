import { readFile } from 'node:fs/promises';
import { ConfigError, errorText } from './errors.ts';
import { expandGlob } from './glob.ts';
import { loadPrometheusConfig } from './load-prometheus-config.ts';
import { loadRuleFile, type RuleFileDefaults } from './load-rule-file.ts';
import type { PrometheusConfig } from './prometheus-config.ts';
import type { RuleGroupConfig } from './rule-file.ts';

export interface LoadedConfig {
  readonly prometheus: PrometheusConfig;
  /** Of every rule file, in the order of the globs, then of the files' names, then as written. */
  readonly ruleGroups: readonly RuleGroupConfig[];
}

/** A prometheus.yml and the rule files that it names, as text: file name -> content. */
export interface ConfigTexts {
  readonly prometheus: string;
  readonly ruleFiles: Readonly<Record<string, string>>;
}

/** Reads a prometheus.yml and all rule files that it names. Throws ConfigError. */
export async function readConfigTexts(file: string): Promise<ConfigTexts> {
  const prometheus = await readConfigFile(file);
  const names = ruleFilesOf(loadPrometheusConfig(prometheus, file));
  const texts = await Promise.all(names.map(async (name) => [name, await readConfigFile(name)] as const));
  return { prometheus, ruleFiles: Object.fromEntries(texts) };
}

/** Throws ConfigError; nothing is taken over in part. */
export function parseConfigTexts(
  texts: ConfigTexts,
  file: string,
  rules: Pick<RuleFileDefaults, 'checkTemplate' | 'experimental'>,
): LoadedConfig {
  const prometheus = loadPrometheusConfig(texts.prometheus, file);
  const { evaluationIntervalMs, ruleQueryOffsetMs } = prometheus.global;
  const defaults = { ...rules, evaluationIntervalMs, ruleQueryOffsetMs };
  const ruleGroups = Object.entries(texts.ruleFiles).flatMap(([name, text]) => loadRuleFile(text, name, defaults));
  return { prometheus, ruleGroups };
}

/** The rule files that are there now; each once. */
export function ruleFilesOf(config: PrometheusConfig): readonly string[] {
  return [...new Set(config.ruleFiles.flatMap(expandGlob))];
}

/** Throws ConfigError when the file cannot be read. */
export async function readConfigFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError({ file, line: 0, column: 0 }, `cannot be read: ${errorText(error)}`);
  }
}
