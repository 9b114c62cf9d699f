import { z } from 'zod';
import type { ConfigProblem } from '../../shared/status.ts';
import type { AlertmanagerConfig } from './alertmanager-config.ts';
import { ConfigError } from './errors.ts';
import { loadAlertmanagerConfig } from './load-alertmanager-config.ts';
import { type LoadedConfig, parseConfigTexts, readConfigFile, readConfigTexts } from './load-config-files.ts';
import { loadPrometheusConfig } from './load-prometheus-config.ts';
import type { RuleFileDefaults } from './load-rule-file.ts';
import type { PrometheusConfig } from './prometheus-config.ts';
import type { RuleGroupConfig } from './rule-file.ts';

export interface Configuration {
  readonly prometheus: PrometheusConfig;
  readonly ruleGroups: readonly RuleGroupConfig[];
  readonly alertmanager: AlertmanagerConfig;
}

export interface ActiveConfigOptions {
  readonly prometheusFile: string;
  readonly alertmanagerFile: string;
  /** Files that stand in when the ones named cannot be read and none was ever good. */
  readonly defaults: { readonly prometheus: string; readonly alertmanager: string };
  /** How rule files are read. */
  readonly rules: Pick<RuleFileDefaults, 'checkTemplate' | 'experimental'>;
  /** The last good files, kept between runs. */
  readonly remember: (name: string, text: string) => void;
  readonly recall: (name: string) => string | null;
}

const remembered = z.object({ prometheus: z.string(), ruleFiles: z.record(z.string(), z.string()) });

const PROMETHEUS_KEY = 'config.last-good.prometheus';
const ALERTMANAGER_KEY = 'config.last-good.alertmanager';

/**
 * The configuration in force. A file that is refused changes nothing: what ran goes on, at the start the last one that
 * was good, or the defaults; `problems()` says so until a load succeeds.
 */
export class ActiveConfig {
  readonly #options: ActiveConfigOptions;
  #prometheus: LoadedConfig | null = null;
  #alertmanager: AlertmanagerConfig | null = null;
  #problems: readonly ConfigProblem[] = [];

  constructor(options: ActiveConfigOptions) {
    this.#options = options;
  }

  get files(): { readonly prometheus: string; readonly alertmanager: string } {
    return { prometheus: this.#options.prometheusFile, alertmanager: this.#options.alertmanagerFile };
  }

  /** Throws when nothing was loaded yet. */
  current(): Configuration {
    if (this.#prometheus === null || this.#alertmanager === null)
      throw new Error('the configuration has not been loaded');
    return { ...this.#prometheus, alertmanager: this.#alertmanager };
  }

  problems(): readonly ConfigProblem[] {
    return this.#problems;
  }

  /** Reads all files. Resolves to what was refused; empty when all is in force. */
  async load(): Promise<readonly ConfigProblem[]> {
    this.#problems = [...(await this.#loadPrometheus()), ...(await this.#loadAlertmanager())];
    return this.#problems;
  }

  async #loadPrometheus(): Promise<ConfigProblem[]> {
    const { prometheusFile, defaults, rules, recall, remember } = this.#options;
    try {
      const texts = await readConfigTexts(prometheusFile);
      this.#prometheus = parseConfigTexts(texts, prometheusFile, rules);
      remember(PROMETHEUS_KEY, JSON.stringify(texts));
      return [];
    } catch (error) {
      const place = placeOf(error, prometheusFile);
      if (this.#prometheus !== null) return [{ ...place, running: 'last-good' }];
      const good = attempt(() =>
        parseConfigTexts(remembered.parse(JSON.parse(recall(PROMETHEUS_KEY) ?? '')), prometheusFile, rules),
      );
      this.#prometheus = good ?? {
        prometheus: loadPrometheusConfig(defaults.prometheus, prometheusFile),
        ruleGroups: [],
      };
      return [{ ...place, running: good === null ? 'defaults' : 'last-good' }];
    }
  }

  async #loadAlertmanager(): Promise<ConfigProblem[]> {
    const { alertmanagerFile, defaults, recall, remember } = this.#options;
    try {
      const text = await readConfigFile(alertmanagerFile);
      this.#alertmanager = loadAlertmanagerConfig(text, alertmanagerFile);
      remember(ALERTMANAGER_KEY, text);
      return [];
    } catch (error) {
      const place = placeOf(error, alertmanagerFile);
      if (this.#alertmanager !== null) return [{ ...place, running: 'last-good' }];
      const good = attempt(() => loadAlertmanagerConfig(recall(ALERTMANAGER_KEY) ?? '', alertmanagerFile));
      this.#alertmanager = good ?? loadAlertmanagerConfig(defaults.alertmanager, alertmanagerFile);
      return [{ ...place, running: good === null ? 'defaults' : 'last-good' }];
    }
  }
}

/** What is remembered may be older than this version's rules: then it is as if it were not there. */
function attempt<T>(load: () => T): T | null {
  try {
    return load();
  } catch {
    return null;
  }
}

function placeOf(
  error: unknown,
  file: string,
): { readonly file: string; readonly line: number; readonly column: number; readonly reason: string } {
  if (error instanceof ConfigError)
    return { file: error.file, line: error.line, column: error.column, reason: error.reason };
  return { file, line: 0, column: 0, reason: error instanceof Error ? error.message : String(error) };
}
