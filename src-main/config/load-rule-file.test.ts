import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { labelsToRecord } from '../model/labels.ts';
import { ConfigError } from './errors.ts';
import { loadRuleFile } from './load-rule-file.ts';

const defaults = {
  evaluationIntervalMs: 15_000,
  ruleQueryOffsetMs: 0,
  checkTemplate: (text: string) => (text.includes('{{ bad') ? 'function "bad" not defined' : null),
};

function load(text: string) {
  return loadRuleFile(text, '/etc/hearth/rules.yml', defaults);
}

function refusal(rules: string): string {
  try {
    load(rules);
  } catch (error) {
    if (error instanceof ConfigError) return `${error.line}:${error.column}: ${error.reason}`;
    throw error;
  }
  return 'accepted';
}

/** A group with one rule, given as lines below `- `. */
function rule(...lines: string[]): string {
  return `groups:\n- name: g\n  rules:\n  - ${lines.join('\n    ')}\n`;
}

describe('loadRuleFile', () => {
  it('reads both kinds of rule', () => {
    const [group] = load(
      [
        'groups:',
        '- name: laptop',
        '  interval: 5s',
        '  limit: 10',
        '  labels: {team: home, severity: none}',
        '  rules:',
        '  - record: job:up:sum',
        '    expr: sum by (job) (up)',
        '  - alert: Down',
        '    expr: up == 0',
        '    for: 1m',
        '    keep_firing_for: 30s',
        '    labels: {severity: page}',
        '    annotations: {summary: "{{ $labels.instance }} is down"}',
      ].join('\n'),
    );
    expect(group).toMatchObject({ name: 'laptop', intervalMs: 5_000, limit: 10, queryOffsetMs: 0 });
    expect(group?.rules).toMatchObject([
      { kind: 'recording', record: 'job:up:sum', query: 'sum by (job) (up)', expr: { kind: 'aggregate' } },
      { kind: 'alerting', alert: 'Down', forMs: 60_000, keepFiringForMs: 30_000 },
    ]);
    expect(group?.rules.map((r) => labelsToRecord(r.labels))).toEqual([
      { team: 'home', severity: 'none' },
      { team: 'home', severity: 'page' },
    ]);
  });

  it.each([
    ['groups:\n- name: ""', '2:9: Groupname must not be empty'],
    ['groups:\n- name: a\n- name: a', '3:9: groupname: "a" is repeated in the same file'],
    ['grups: []', '1:1: field grups not found in type rulefmt.RuleGroups'],
    [
      rule('record: a', 'alert: b', 'expr: 1'),
      `5:12: group "g", rule 1, "a": only one of 'record' and 'alert' must be set`,
    ],
    [rule('expr: 1'), `4:5: group "g", rule 1, "": one of 'record' or 'alert' must be set`],
    [rule('alert: a'), `4:5: group "g", rule 1, "a": field 'expr' must be set in rule`],
    [rule('record: a', 'expr: 1', 'for: 1m'), `6:5: group "g", rule 1, "a": invalid field 'for' in recording rule`],
    [
      rule('record: a{b="c"}', 'expr: 1'),
      '4:13: group "g", rule 1, "a{b="c"}": braces present in the recording rule name; should it be in expr?: a{b="c"}',
    ],
    [
      rule('record: a', 'expr: 1', 'labels: {__name__: x}'),
      '6:14: group "g", rule 1, "a": invalid label name: __name__',
    ],
    [
      rule('alert: a', 'expr: 1', 'annotations: {summary: "{{ bad }}"}'),
      '6:28: group "g", rule 1, "a": annotation "summary": function "bad" not defined',
    ],
    [rule('alert: a', 'expr: 1', 'annotation: {}'), '6:5: field annotation not found in type rulefmt.Rule'],
  ])('%j', (text, expected) => {
    expect(refusal(text)).toBe(expected);
  });

  it.each([
    ['plain', rule('alert: a', 'expr: up + rate(hi)'), '5:21'],
    ['double-quoted', rule('alert: a', 'expr: "up{a=\\"b\\"} + rate(hi)"'), '5:31'],
    ['literal block', rule('alert: a', 'expr: |', '  up', '  +', '  rate(hi)'), '8:12'],
    ['folded block', rule('alert: a', 'expr: >-', '  up', '  + rate(hi)'), '7:14'],
    ['end of text', rule('alert: a', 'expr: up +'), '5:15'],
  ])('places a mistake in a %s expression', (_style, text, place) => {
    expect(refusal(text)).toMatch(new RegExp(`^${place}: group "g", rule 1, "a": could not parse expression: `));
  });
});

const corpus = process.env.HEARTH_CORPUS ?? path.resolve(import.meta.dirname, '../../../shared/corpus');
const rulefmt = path.join(corpus, 'compliance/prometheus-rulefmt-testdata');
const samples = path.join(corpus, 'samples/rules');
if (!existsSync(corpus)) process.stdout.write(`skipped: no corpus at ${corpus}\n`);

/** Refused only when names are held to the older character set. */
const LEGACY_ONLY = new Set(['legacy_validation_annotation.bad.yaml']);

describe.skipIf(!existsSync(rulefmt))("Prometheus's own rule files", () => {
  it.each(existsSync(rulefmt) ? readdirSync(rulefmt) : [])('%s', (name) => {
    const read = () => loadRuleFile(readFileSync(path.join(rulefmt, name), 'utf8'), name, defaults);
    if (name.includes('.bad.') && !LEGACY_ONLY.has(name)) expect(read).toThrow(ConfigError);
    else expect(read).not.toThrow();
  });
});

function yamlFilesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name));
}

describe.skipIf(!existsSync(samples))('rules in the wild', () => {
  it.each(existsSync(samples) ? yamlFilesBelow(samples) : [])('%s', (name) => {
    expect(() => loadRuleFile(readFileSync(path.join(samples, name), 'utf8'), name, defaults)).not.toThrow();
  });
});
