import { createHash } from 'node:crypto';
import { getLabel, type Labels, labelEntries, withLabels } from './labels.ts';
import { expandTemplate, type Regex } from './regex.ts';

export type RelabelAction =
  | 'replace'
  | 'keep'
  | 'drop'
  | 'keepequal'
  | 'dropequal'
  | 'hashmod'
  | 'labelmap'
  | 'labeldrop'
  | 'labelkeep'
  | 'lowercase'
  | 'uppercase';

/** One entry of relabel_configs with every default applied (model/relabel/relabel.go). */
export interface RelabelRule {
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  readonly regex: Regex;
  readonly modulus: number;
  readonly targetLabel: string;
  readonly replacement: string;
  readonly action: RelabelAction;
}

export interface Relabelled {
  readonly labels: Labels;
  /** False: a rule dropped the target or sample; `labels` are those it had then. */
  readonly keep: boolean;
}

/** Applies the rules in order, stopping at the first that drops. */
export function relabel(labels: Labels, rules: readonly RelabelRule[]): Relabelled {
  let current = labels;
  for (const rule of rules) {
    const next = applyRule(current, rule);
    if (next === null) return { labels: current, keep: false };
    current = next;
  }
  return { labels: current, keep: true };
}

export interface RelabelStep extends Relabelled {
  readonly rule: RelabelRule;
}

/** What each rule left behind, for showing; ends with the rule that dropped. */
export function relabelSteps(labels: Labels, rules: readonly RelabelRule[]): readonly RelabelStep[] {
  const steps: RelabelStep[] = [];
  let current = labels;
  for (const rule of rules) {
    const next = applyRule(current, rule);
    current = next ?? current;
    steps.push({ rule, labels: current, keep: next !== null });
    if (next === null) break;
  }
  return steps;
}

/** Null: dropped. The same array when the rule changed nothing. */
function applyRule(labels: Labels, rule: RelabelRule): Labels | null {
  switch (rule.action) {
    case 'keep':
      return rule.regex.matches(sourceValue(labels, rule)) ? labels : null;
    case 'drop':
      return rule.regex.matches(sourceValue(labels, rule)) ? null : labels;
    case 'keepequal':
      return getLabel(labels, rule.targetLabel) === sourceValue(labels, rule) ? labels : null;
    case 'dropequal':
      return getLabel(labels, rule.targetLabel) === sourceValue(labels, rule) ? null : labels;
    case 'replace':
      return replace(labels, rule);
    case 'lowercase':
      return setLabel(labels, rule.targetLabel, sourceValue(labels, rule).toLowerCase());
    case 'uppercase':
      return setLabel(labels, rule.targetLabel, sourceValue(labels, rule).toUpperCase());
    case 'hashmod':
      return setLabel(labels, rule.targetLabel, hashMod(sourceValue(labels, rule), rule.modulus));
    case 'labelmap':
      return labelMap(labels, rule);
    case 'labeldrop':
      return filterNames(labels, (name) => !rule.regex.matches(name));
    case 'labelkeep':
      return filterNames(labels, (name) => rule.regex.matches(name));
  }
}

function sourceValue(labels: Labels, rule: RelabelRule): string {
  const { sourceLabels, separator } = rule;
  if (sourceLabels.length === 1) return getLabel(labels, sourceLabels[0] ?? '');
  return sourceLabels.map((name) => getLabel(labels, name)).join(separator);
}

function setLabel(labels: Labels, name: string, value: string): Labels {
  return getLabel(labels, name) === value ? labels : withLabels(labels, [[name, value]]);
}

function replace(labels: Labels, rule: RelabelRule): Labels {
  const submatches = rule.regex.submatches(sourceValue(labels, rule));
  if (submatches === null) return labels;
  const name = expandTemplate(rule.targetLabel, submatches);
  // A name made by a template may come out empty: upstream leaves the labels alone then.
  if (name === '') return labels;
  return setLabel(labels, name, expandTemplate(rule.replacement, submatches));
}

/** The last eight bytes of the MD5 sum, big-endian, modulo. */
function hashMod(value: string, modulus: number): string {
  const sum = createHash('md5').update(value, 'utf8').digest();
  return String(sum.readBigUInt64BE(8) % BigInt(modulus));
}

/** Every match looks at the labels as they came in, not at what earlier matches wrote. */
function labelMap(labels: Labels, rule: RelabelRule): Labels {
  const changes: [string, string][] = [];
  for (const [name, value] of labelEntries(labels)) {
    const submatches = rule.regex.submatches(name);
    if (submatches !== null) changes.push([expandTemplate(rule.replacement, submatches), value]);
  }
  return changes.length === 0 ? labels : withLabels(labels, changes);
}

function filterNames(labels: Labels, keep: (name: string) => boolean): Labels {
  const kept = [...labelEntries(labels)].filter(([name]) => keep(name)).flat();
  return kept.length === labels.length ? labels : kept;
}
