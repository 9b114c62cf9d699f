import type { Node } from 'yaml';
import { compileAnchored, type Regex, RegexError } from '../model/regex.ts';
import type { RelabelAction, RelabelRule } from '../model/relabel.ts';
import type { YamlMap } from './yaml-map.ts';

const KEYS = new Set(['source_labels', 'separator', 'regex', 'modulus', 'target_label', 'replacement', 'action']);
const ACTIONS: readonly RelabelAction[] = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
];
const DEFAULT_REGEX = '(.*)';
const DEFAULT_REPLACEMENT = '$1';
const DEFAULT_SEPARATOR = ';';

/** The rules under `key`; `what` names them in the refusal of an empty one (`target relabeling rule in scrape config`). */
export function readRelabelConfigs(section: YamlMap, key: string, what: string): readonly RelabelRule[] {
  const emptyReason = `empty or null ${what}`;
  return section.maps(key, { typeName: 'relabel.Config', keys: KEYS, emptyReason }).map(readRule);
}

function readRule(section: YamlMap): RelabelRule {
  const action = readAction(section);
  const rule: RelabelRule = {
    sourceLabels: section.strings('source_labels'),
    separator: section.has('separator') ? section.string('separator') : DEFAULT_SEPARATOR,
    regex: compileAt(section, section.has('regex') ? section.string('regex') : DEFAULT_REGEX, section.value('regex')),
    modulus: section.uint('modulus', 0),
    targetLabel: section.string('target_label'),
    replacement: section.has('replacement') ? section.string('replacement') : DEFAULT_REPLACEMENT,
    action,
  };
  checkRule(section, rule);
  return rule;
}

function compileAt(section: YamlMap, source: string, node: Node | null): Regex {
  try {
    return compileAnchored(source);
  } catch (error) {
    if (error instanceof RegexError) section.source.fail(node, error.message);
    throw error;
  }
}

/** In any case of letters, as upstream. */
function readAction(section: YamlMap): RelabelAction {
  if (!section.written('action')) return 'replace';
  if (!section.has('action')) return section.fail('action', 'relabel action cannot be empty');
  const text = section.string('action');
  const action = ACTIONS.find((candidate) => candidate === text.toLowerCase());
  return action ?? section.fail('action', `unknown relabel action "${text}"`);
}

/** Config.Validate of model/relabel/relabel.go. */
function checkRule(section: YamlMap, rule: RelabelRule): void {
  const { action } = rule;
  switch (action) {
    case 'keep':
    case 'drop':
      return;
    case 'labelmap':
      if (rule.replacement === '') section.fail('replacement', `"" is invalid 'replacement' for labelmap action`);
      return;
    case 'labeldrop':
    case 'labelkeep':
      checkOnly(section, ['action', 'regex'], `${action} action requires only 'regex', and no other fields`);
      return;
    case 'hashmod':
      if (rule.modulus === 0) section.fail('modulus', 'relabel configuration for hashmod requires non-zero modulus');
      requireTarget(section, rule);
      return;
    case 'replace':
      requireTarget(section, rule);
      return;
    case 'lowercase':
    case 'uppercase':
      requireTarget(section, rule);
      if (rule.replacement !== DEFAULT_REPLACEMENT)
        section.fail('replacement', `'replacement' can not be set for ${action} action`);
      return;
    case 'keepequal':
    case 'dropequal':
      requireTarget(section, rule);
      checkOnly(
        section,
        ['action', 'source_labels', 'target_label'],
        `${action} action requires only 'source_labels' and \`target_label\`, and no other fields`,
      );
  }
}

function requireTarget(section: YamlMap, rule: RelabelRule): void {
  if (rule.targetLabel === '')
    section.fail('target_label', `relabel configuration for ${rule.action} action requires 'target_label' value`);
}

function checkOnly(section: YamlMap, allowed: readonly string[], reason: string): void {
  const extra = section.keys().find((key) => !allowed.includes(key) && section.has(key) && !isDefault(section, key));
  if (extra !== undefined) section.fail(extra, reason);
}

function isDefault(section: YamlMap, key: string): boolean {
  const text = section.string(key);
  const defaults: Readonly<Record<string, string>> = {
    separator: DEFAULT_SEPARATOR,
    regex: DEFAULT_REGEX,
    replacement: DEFAULT_REPLACEMENT,
    modulus: '0',
    target_label: '',
  };
  return defaults[key] === text;
}
