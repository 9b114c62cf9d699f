/** alertmanager.yml as Alertmanager's config/config.go reads it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readMatchers, readRootRoute } from './alert-route.ts';
import type { AlertmanagerConfig, InhibitRule, TemplateFile } from './alertmanager-config.ts';
import { errorText } from './errors.ts';
import { expandGlob } from './glob.ts';
import { GLOBAL_KEYS } from './receivers/global-receivers.ts';
import { readReceivers } from './receivers/read-receivers.ts';
import { readTimeIntervals } from './time-interval.ts';
import { refuse } from './unsupported.ts';
import { mapAt, rootMap, type YamlMap } from './yaml-map.ts';
import { YamlSource } from './yaml-source.ts';

const ROOT_KEYS = new Set([
  'global',
  'templates',
  'route',
  'receivers',
  'inhibit_rules',
  'time_intervals',
  'mute_time_intervals',
  'tracing',
  'event_recorder',
]);
const TRACING_KEYS = new Set([
  'client_type',
  'endpoint',
  'sampling_fraction',
  'insecure',
  'tls_config',
  'headers',
  'compression',
  'timeout',
]);
const INHIBIT_KEYS = new Set([
  'name',
  'source_match',
  'source_match_re',
  'source_matchers',
  'target_match',
  'target_match_re',
  'target_matchers',
  'equal',
]);
const DEFAULT_RESOLVE_TIMEOUT_MS = 300_000;

/**
 * Reads an alertmanager.yml; `file` is its absolute path, templates are taken from its folder. Throws ConfigError with
 * the place of what is wrong; a receiver that Hearth has not is wrong too.
 */
export function loadAlertmanagerConfig(text: string, file: string): AlertmanagerConfig {
  const source = new YamlSource(text, file);
  const root = rootMap(source, { typeName: 'config.plain', keys: ROOT_KEYS });
  root.map('tracing', 'tracing.TracingConfig', TRACING_KEYS); // Hearth has no traces of its own
  refuse(root, 'event_recorder');
  const resolveTimeoutMs = readGlobal(root);
  const receivers = readReceivers(root);
  const timeIntervals = readTimeIntervals(root);
  const route = readRootRoute(root, {
    receivers: new Set(receivers.map((receiver) => receiver.name)),
    timeIntervals: new Set(timeIntervals.map((interval) => interval.name)),
  });
  return {
    resolveTimeoutMs,
    route,
    receivers,
    inhibitRules: readInhibitRules(root),
    timeIntervals,
    templates: readTemplates(root),
    text: source.redacted(),
  };
}

function readGlobal(root: YamlMap): number {
  const global = root.map('global', 'config.GlobalConfig', GLOBAL_KEYS);
  return global.durationMs('resolve_timeout', DEFAULT_RESOLVE_TIMEOUT_MS);
}

/** A null entry is a rule without matchers, which inhibits nothing. */
function readInhibitRules(root: YamlMap): readonly InhibitRule[] {
  return root.items('inhibit_rules', 'config.InhibitRule').map((item) => {
    const rule = mapAt(root.source, item, { typeName: 'config.InhibitRule', keys: INHIBIT_KEYS });
    const equal = rule.strings('equal');
    if (equal.includes('')) rule.fail('equal', 'invalid label name "" in equal list');
    return {
      sourceMatchers: readMatchers(rule, {
        equal: 'source_match',
        regex: 'source_match_re',
        list: 'source_matchers',
      }),
      targetMatchers: readMatchers(rule, {
        equal: 'target_match',
        regex: 'target_match_re',
        list: 'target_matchers',
      }),
      equal,
    };
  });
}

/** A glob that matches nothing is no mistake. */
function readTemplates(root: YamlMap): readonly TemplateFile[] {
  const folder = path.dirname(root.source.file);
  return root.items('templates', 'string').flatMap((item) =>
    expandGlob(path.resolve(folder, root.source.string(item))).map((file) => {
      try {
        return { path: file, text: readFileSync(file, 'utf8') };
      } catch (error) {
        return root.source.fail(item, `${file} cannot be read: ${errorText(error)}`);
      }
    }),
  );
}
