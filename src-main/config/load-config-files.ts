import { readFile } from 'node:fs/promises';
import { ConfigError, errorText } from './errors.ts';
import { expandGlob } from './glob.ts';
import { loadPrometheusConfig } from './load-prometheus-config.ts';
import { loadRuleFile, type RuleFileDefaults } from './load-rule-file.ts';
import type { PrometheusConfig } from './prometheus-config.ts';
import type { RuleGroupConfig } from './rule-file.ts';

export interface LoadedConfig {
  readonly config: PrometheusConfig;
  /** Of every rule file, in the order of the globs, then of the files' names, then as written. */
  readonly ruleGroups: readonly RuleGroupConfig[];
}

/** Reads a prometheus.yml and all rule files that it names. Throws ConfigError; nothing is taken over in part. */
export async function loadConfigFiles(
  file: string,
  checkTemplate: RuleFileDefaults['checkTemplate'],
): Promise<LoadedConfig> {
  const config = loadPrometheusConfig(await readConfigFile(file), file);
  const { evaluationIntervalMs, ruleQueryOffsetMs } = config.global;
  const defaults = { evaluationIntervalMs, ruleQueryOffsetMs, checkTemplate };
  const ruleGroups: RuleGroupConfig[] = [];
  for (const ruleFile of await ruleFilesOf(config)) {
    ruleGroups.push(...loadRuleFile(await readConfigFile(ruleFile), ruleFile, defaults));
  }
  return { config, ruleGroups };
}

/** The rule files that are there now; each once. */
export async function ruleFilesOf(config: PrometheusConfig): Promise<readonly string[]> {
  const lists = await Promise.all(config.ruleFiles.map(expandGlob));
  return [...new Set(lists.flat())];
}

/** Throws ConfigError when the file cannot be read. */
export async function readConfigFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError({ file, line: 0, column: 0 }, `cannot be read: ${errorText(error)}`);
  }
}
