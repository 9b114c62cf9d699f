/** Rule files as model/rulefmt/rulefmt.go reads them. */
import { type Expr, PromqlParseError } from '../../shared/promql/ast.ts';
import { parsePromql } from '../../shared/promql/parse.ts';
import { compareStrings, type Labels, labelEntries, labelsOf, METRIC_NAME, NO_LABELS } from '../model/labels.ts';
import type { RuleConfig, RuleGroupConfig } from './rule-file.ts';
import { type KnownKeys, rootMap, type YamlMap } from './yaml-map.ts';
import { YamlSource } from './yaml-source.ts';

const ROOT_KEYS = new Set(['groups']);
const GROUP_KEYS = new Set(['name', 'interval', 'query_offset', 'limit', 'rules', 'labels']);
const RULE_KEYS = new Set(['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations']);

export interface RuleFileDefaults {
  readonly evaluationIntervalMs: number;
  readonly ruleQueryOffsetMs: number;
  /** What is wrong with the template of a label or annotation; null when nothing is. */
  readonly checkTemplate: (text: string) => string | null;
  /** Keys that nobody knows are passed over; else they are refused. */
  readonly ignoreUnknownFields?: boolean;
  /** Whether experimental functions of PromQL may be used. */
  readonly experimental?: boolean;
}

const ANY_KEY: KnownKeys = { has: () => true };

/** Reads a rule file; `file` is its absolute path. Throws ConfigError with the place of the first mistake. */
export function loadRuleFile(text: string, file: string, defaults: RuleFileDefaults): readonly RuleGroupConfig[] {
  const source = new YamlSource(text, file);
  const known = (keys: KnownKeys) => (defaults.ignoreUnknownFields === true ? ANY_KEY : keys);
  const root = rootMap(source, { typeName: 'rulefmt.RuleGroups', keys: known(ROOT_KEYS) });
  const names = new Set<string>();
  const groups = root.maps('groups', {
    typeName: 'rulefmt.RuleGroup',
    keys: known(GROUP_KEYS),
    emptyReason: 'Groupname must not be empty',
  });
  return groups.map((group) => {
    const name = group.string('name');
    if (name === '') group.fail('name', 'Groupname must not be empty');
    if (names.has(name)) group.fail('name', `groupname: "${name}" is repeated in the same file`);
    names.add(name);
    return readGroup(group, name, defaults);
  });
}

function readGroup(group: YamlMap, name: string, defaults: RuleFileDefaults): RuleGroupConfig {
  const groupLabels = readLabels(group, 'labels', (reason) => `group "${name}": ${reason}`);
  const rules = group.maps('rules', {
    typeName: 'rulefmt.Rule',
    keys: defaults.ignoreUnknownFields === true ? ANY_KEY : RULE_KEYS,
    emptyReason: `group "${name}": empty rule`,
  });
  return {
    name,
    file: group.source.file,
    intervalMs: group.durationMs('interval', 0) || defaults.evaluationIntervalMs,
    queryOffsetMs: group.durationMs('query_offset', defaults.ruleQueryOffsetMs),
    limit: group.uint('limit', 0),
    rules: rules.map((rule, i) => readRule(rule, { name, groupLabels, number: i + 1, defaults })),
  };
}

interface RuleContext {
  readonly name: string;
  readonly groupLabels: Labels;
  readonly number: number;
  readonly defaults: RuleFileDefaults;
}

function readRule(rule: YamlMap, group: RuleContext): RuleConfig {
  const record = rule.string('record');
  const alert = rule.string('alert');
  const say = (reason: string) => `group "${group.name}", rule ${group.number}, "${record || alert}": ${reason}`;
  if (record !== '' && alert !== '') rule.fail('alert', say("only one of 'record' and 'alert' must be set"));
  if (record === '' && alert === '') rule.fail('record', say("one of 'record' or 'alert' must be set"));
  const query = rule.string('expr');
  if (query.trim() === '') rule.fail('expr', say("field 'expr' must be set in rule"));
  const expr = readExpr(rule, query, { say, experimental: group.defaults.experimental === true });
  const own = readLabels(rule, 'labels', say);
  const labels = ruleLabels([...labelEntries(group.groupLabels), ...labelEntries(own)]);
  if (record !== '') {
    checkRecording(rule, record, say);
    return { kind: 'recording', record, query, expr, labels };
  }
  checkTemplates(rule, say, group.defaults.checkTemplate);
  return {
    kind: 'alerting',
    alert,
    query,
    expr,
    labels,
    forMs: rule.durationMs('for', 0),
    keepFiringForMs: rule.durationMs('keep_firing_for', 0),
    annotations: rule.has('annotations') ? readAnnotations(rule, say) : NO_LABELS,
  };
}

type Say = (reason: string) => string;

/** The place of a mistake in the expression is found back in the file, through folding and indentation. */
function readExpr(
  rule: YamlMap,
  query: string,
  { say, experimental }: { readonly say: Say; readonly experimental: boolean },
): Expr {
  try {
    return parsePromql(query, { experimental });
  } catch (error) {
    if (!(error instanceof PromqlParseError)) throw error;
    const offset = rule.source.offsetInside(rule.value('expr'), error.diagnostics[0]?.span.from ?? 0);
    return rule.source.failAt(offset, say(`could not parse expression: ${error.message}`));
  }
}

function checkRecording(rule: YamlMap, record: string, say: Say): void {
  for (const key of ['annotations', 'for', 'keep_firing_for'] as const)
    if (isSet(rule, key)) rule.failKey(key, say(`invalid field '${key}' in recording rule`));
  if (/[{}]/.test(record))
    rule.fail('record', say(`braces present in the recording rule name; should it be in expr?: ${record}`));
}

/** `for: 0s` counts as not set, as upstream. */
function isSet(rule: YamlMap, key: string): boolean {
  return key === 'annotations' ? rule.pairs(key).length > 0 : rule.durationMs(key, 0) !== 0;
}

/** Sorted by name, the last of a name wins. An empty value stays: in a rule it removes the label. */
function ruleLabels(entries: readonly (readonly [string, string])[]): Labels {
  return [...new Map(entries)].sort(([a], [b]) => compareStrings(a, b)).flat();
}

function readLabels(section: YamlMap, key: string, say: Say): Labels {
  return ruleLabels(
    section.pairs(key).map((pair): [string, string] => {
      if (pair.name === '' || pair.name === METRIC_NAME)
        section.source.fail(pair.key, say(`invalid label name: ${pair.name}`));
      return [pair.name, section.source.string(pair.value)];
    }),
  );
}

function readAnnotations(rule: YamlMap, say: Say): Labels {
  return labelsOf(
    rule.pairs('annotations').map((pair): [string, string] => {
      if (pair.name === '') rule.source.fail(pair.key, say(`invalid annotation name: ${pair.name}`));
      return [pair.name, rule.source.string(pair.value)];
    }),
  );
}

function checkTemplates(rule: YamlMap, say: Say, check: RuleFileDefaults['checkTemplate']): void {
  for (const [key, what] of [
    ['labels', 'label'],
    ['annotations', 'annotation'],
  ] as const) {
    for (const { name, value } of rule.pairs(key)) {
      const wrong = check(rule.source.string(value));
      if (wrong !== null) rule.source.fail(value, say(`${what} "${name}": ${wrong}`));
    }
  }
}
