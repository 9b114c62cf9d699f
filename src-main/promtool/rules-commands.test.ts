/** `hearth test rules` and `hearth check rules|config` on promtool's own test data, and beside promtool itself. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../model/clock.ts';
import { checkConfigCommand } from './check-config.ts';
import { checkRulesCommand } from './check-rules.ts';
import { testRulesCommand } from './rule-test/test-rules-command.ts';

const corpus = process.env.HEARTH_CORPUS ?? path.resolve(import.meta.dirname, '../../../shared/corpus');
const folder = path.join(corpus, 'compliance/promtool-testdata');
const isThere = existsSync(folder);
if (!isThere) process.stdout.write(`skipped: there is no ${folder}\n`);
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function run(
  command: 'test rules' | 'check rules' | 'check config',
  args: readonly string[],
  input = '',
): Promise<Outcome> {
  let [out, err] = ['', ''];
  const terminal = {
    write: async (text: string) => {
      out += text;
    },
    complain: (line: string) => {
      err += `${line}\n`;
    },
  };
  const context = { terminal, readInput: async () => input };
  const status =
    command === 'test rules'
      ? await testRulesCommand(args, terminal, systemClock)
      : await (command === 'check rules' ? checkRulesCommand : checkConfigCommand)(args, context);
  return { status, out, err };
}

function promtool(command: string, args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync('promtool', [...command.split(' '), ...args], { encoding: 'utf8' });
  return { status: status ?? -1, out: stdout, err: stderr };
}

const inCorpus = (file: string) => path.join(folder, file);

describe.skipIf(!isThere)('test rules on the corpus', () => {
  it.each([
    ['unittest.yml', [], 0],
    ['long-period.yml', [], 0],
    ['start-time-test.yml', [], 0],
    ['at-modifier-test.yml', [], 0],
    ['negative-offset-test.yml', [], 0],
    ['rules_run_fuzzy.yml', [], 1],
    ['rules_run_fuzzy.yml', ['--run=correct'], 0],
    ['rules_run_no_fuzzy.yml', [], 1],
    ['rules_run.yml', [], 1],
    ['rules_run.yml', ['--run=correct'], 0],
    ['rules_run.yml', ['--run=correct', '--run=wrong'], 1],
    ['rules_run.yml', ['--run=nothing'], 0],
    ['rules_run_extrafields.yml', [], 1],
    ['rules_run_extrafields.yml', ['--ignore-unknown-fields'], 0],
    ['no-test-group-interval.yml', [], 0],
    ['bad-input-series.yml', [], 1],
    ['bad-promql.yml', [], 1],
    ['bad-rules-error-test.yml', [], 1],
    ['bad-rules-syntax-test.yml', [], 1],
    ['failing.yml', [], 1],
  ])('%s %j: exit %i', async (file, flags, expected) => {
    const { status, out, err } = await run('test rules', [...flags, inCorpus(file)]);
    expect([status, expected === 0 ? err : ''], err).toEqual([expected, '']);
    expect(out).toContain(`Unit Testing:  ${inCorpus(file)}\n`);
  });

  it('writes JUnit XML', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'hearth-junit-')), 'x.xml');
    await run('test rules', ['--junit', file, inCorpus('rules_run.yml')]);
    const xml = readFileSync(file, 'utf8');
    expect(xml).toContain('tests="2" failures="1"');
    expect(xml).toContain('<testcase name="correct test"></testcase><testcase name="wrong test"><failure');
  });
});

/** Both refuse these, ours with other words: places of mistakes are given for every file. */
const OTHER_WORDS = /yaml:|field .* not found|parse error|could not parse|1:\d+:|undefined variable/;

describe.skipIf(!isThere || !hasPromtool)('as promtool prints it', () => {
  it.each([
    'long-period.yml',
    'at-modifier-test.yml',
    'rules_run.yml',
    'bad-promql.yml',
    'bad-rules-error-test.yml',
    'failing.yml',
  ])('test rules %s', async (file) => {
    const theirs = promtool('test rules', [inCorpus(file)]);
    const ours = await run('test rules', [inCorpus(file)]);
    expect(ours.status).toBe(theirs.status);
    // 2.42 writes the blank line behind a failure to standard output.
    // Which of two equal series is named first is left to the storage's order.
    const lines = ({ out, err }: Outcome) =>
      [out, err].map((text) =>
        text
          .replace(/\[(\{.*?\}), (\{.*?\})\]/g, (_, a: string, b: string) => `[${[a, b].sort().join(', ')}]`)
          .split('\n')
          .filter((line) => line !== ''),
      );
    expect(lines(ours)).toEqual(lines(theirs));
  });

  it.each([
    ['rules.yml', []],
    ['rules-bad.yml', []],
    ['rules_duplicates.yml', []],
    ['rules_extrafields.yml', []],
    ['prometheus-rules.lint.yml', []],
    ['prometheus-rules.lint.yml', ['--lint-fatal']],
    ['prometheus-rules.lint.yml', ['--lint=none', '--lint-fatal']],
    ['bad-rules-syntax.yml', []],
    ['bad-rules-error.yml', []],
    ['rules_large.yml', []],
  ])('check rules %s %j', async (file, flags) => {
    const theirs = promtool('check rules', [...flags, inCorpus(file)]);
    const ours = await run('check rules', [...flags, inCorpus(file)]);
    expect([ours.status, ours.out]).toEqual([theirs.status, theirs.out]);
    if (OTHER_WORDS.test(theirs.err)) expect(ours.err).toMatch(/FAILED:\n.*\.yml: \d+:\d+: /);
    else expect(ours.err).toBe(theirs.err);
  });

  it.each([
    'prometheus-config.good.yml',
    'prometheus-config.bad.yml',
    'prometheus-config.lint.yml',
    'prometheus-config.rules.good.yml',
    'config_with_rule_files.yml',
    'authorization_credentials_file.bad.yml',
    'url_in_scrape_targetgroup_with_relabel_config.bad.yml',
  ])('check config %s', async (file) => {
    const theirs = promtool('check config', [inCorpus(file)]);
    const ours = await run('check config', [inCorpus(file)]);
    expect(ours.status, ours.err).toBe(theirs.status);
    if (theirs.status === 0)
      expect([ours.out, ours.err.replace(/\s+/g, ' ')]).toEqual([theirs.out, theirs.err.replace(/\s+/g, ' ')]);
  });
});

describe('test rules', () => {
  const work = mkdtempSync(path.join(tmpdir(), 'hearth-rule-test-'));
  const rules = `groups:
- name: late
  rules:
  - {record: late, expr: early + 1}
- name: first
  rules:
  - {record: early, expr: 'sum(up) * 2'}
  - {record: hist, expr: h}
  - alert: Down
    expr: up == 0
    for: 5m
    keep_firing_for: 3m
    labels: {sev: '{{ $labels.job }}-{{ $externalLabels.region }}'}
    annotations: {a: '{{ $value }} {{ externalURL }}'}
`;
  writeFileSync(path.join(work, 'rules.yml'), rules);

  async function judge(body: string, head = ''): Promise<Outcome> {
    const file = path.join(work, 'test.yml');
    writeFileSync(file, `rule_files: [rules.yml]\n${head}\ntests:\n- interval: 1m\n${body}`);
    return run('test rules', [file]);
  }

  it('follows `for` and `keep_firing_for`, with templates', async () => {
    const { status, err } = await judge(`
  input_series: [{series: 'up{job="x"}', values: '1 0x5 1x10'}]
  external_labels: {region: eu}
  external_url: http://h
  alert_rule_test:
  - {eval_time: 5m, alertname: Down, exp_alerts: []}
  - eval_time: 6m
    alertname: Down
    exp_alerts: [{exp_labels: {job: x, sev: x-eu}, exp_annotations: {a: '0 http://h'}}]
  - eval_time: 9m30s
    alertname: Down
    exp_alerts: [{exp_labels: {job: x, sev: x-eu}, exp_annotations: {a: '0 http://h'}}]
  - {eval_time: 10m, alertname: Down}
`);
    expect([status, err]).toEqual([0, '']);
  });

  it('evaluates groups in the order asked for, and histograms', async () => {
    const body = `
  input_series: [{series: up, values: '1x5'}, {series: h, values: '{{schema:0 sum:1 count:2 buckets:[1 1]}}x5'}]
  promql_expr_test:
  - {expr: late, eval_time: 0s, exp_samples: [{labels: late, value: 3}]}
  - {expr: hist, eval_time: 2m, exp_samples: [{labels: hist, histogram: '{{count:2 sum:1 counter_reset_hint:not_reset buckets:[1 1]}}'}]}
`;
    expect((await judge(body, 'group_eval_order: [first, late]')).err).toBe('');
    expect((await judge(body, 'group_eval_order: [late, first]')).err).toContain('got: nil');
  });

  it.each([
    ['  tests: 1\n', '5:3: field tests not found in type main.tests'],
    ['  alert_rule_test: [{eval_time: 1m}]\n', 'misses required attribute alertname at eval_time 1m'],
    ['  input_series: [{series: "a{", values: "1"}]\n', 'expected a string'],
    ['  start_timestamp: soon\n', 'cannot parse "soon" to a valid timestamp'],
  ])('refuses %j', async (body, reason) => {
    const { status, err } = await judge(body);
    expect(status).toBe(1);
    expect(err).toContain(reason);
  });

  it('says when a pattern matches nothing', async () => {
    const file = path.join(work, 'none.yml');
    writeFileSync(file, 'rule_files: [absent*.yml]\n');
    const { status, err } = await run('test rules', [file]);
    expect([status, err]).toEqual([0, '  WARNING: no file match pattern absent*.yml\n']);
  });
});

describe('check rules', () => {
  it('reads standard input, and wants experimental functions enabled', async () => {
    const text = 'groups: [{name: a, rules: [{record: x, expr: \'sort_by_label(up, "a")\'}]}]';
    expect((await run('check rules', [], text)).status).toBe(1);
    const allowed = await run('check rules', ['--enable-feature=promql-experimental-functions'], text);
    expect(allowed).toEqual({ status: 0, out: 'Checking standard input\n  SUCCESS: 1 rules found\n\n', err: '' });
  });
});
