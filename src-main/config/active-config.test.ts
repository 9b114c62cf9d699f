import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ActiveConfig } from './active-config.ts';

let dir: string;
let kept: Map<string, string>;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'hearth-config-'));
  kept = new Map();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFileSync(path.join(dir, name), text);
const jobs = (names: string) => `rule_files: [rules.yml]\nscrape_configs: [${names}]\n`;
const RULES = 'groups: [{name: g, rules: [{record: a, expr: b}]}]';
const ALERTMANAGER = 'route: {receiver: mine}\nreceivers: [{name: mine}]\n';

/** As at a new start: what was remembered is all that is left. */
function open(): ActiveConfig {
  return new ActiveConfig({
    prometheusFile: path.join(dir, 'prometheus.yml'),
    alertmanagerFile: path.join(dir, 'alertmanager.yml'),
    defaults: {
      prometheus: 'scrape_configs: [{job_name: default}]',
      alertmanager: 'route: {receiver: default}\nreceivers: [{name: default}]\n',
    },
    rules: { checkTemplate: (text) => (text.includes('{{') ? 'no template' : null) },
    remember: (name, text) => kept.set(name, text),
    recall: (name) => kept.get(name) ?? null,
  });
}

function inForce(config: ActiveConfig): string {
  const { prometheus, ruleGroups, alertmanager } = config.current();
  const names = [...prometheus.scrapeConfigs.map((job) => job.jobName), ...ruleGroups.map((group) => group.name)];
  return `${names.join()}/${alertmanager.route.receiver}`;
}

function writeGood(): void {
  put('prometheus.yml', jobs('{job_name: one}'));
  put('rules.yml', RULES);
  put('alertmanager.yml', ALERTMANAGER);
}

it('has nothing before the first load', () => expect(() => open().current()).toThrow('has not been loaded'));

it('takes what is good', async () => {
  writeGood();
  const config = open();
  expect(await config.load()).toEqual([]);
  expect(inForce(config)).toBe('one,g/mine');
});

/** A file, what is wrong with it, where. */
const broken = [
  ['prometheus.yml', 'scrape_configs: [{job_name: x, bad: 1}]', 1, /bad/],
  ['prometheus.yml', 'a:\n\t- b', 2, /yaml/],
  ['rules.yml', 'groups:\n- name: g\n  rules: [{record: a, expr: "sum("}]', 3, /parse error/],
  ['rules.yml', 'groups: [{name: g, rules: [{alert: a, expr: b, labels: {c: "{{"}}]}]', 1, /no template/],
  ['alertmanager.yml', 'route: {receiver: gone}', 1, /gone|receiver/],
] as const;

describe.each(broken)('%s with %j', (file, text, line, reason) => {
  const problem = (running: string) => ({ line, reason: expect.stringMatching(reason), running });

  it('changes nothing while it runs, and is well again when repaired', async () => {
    writeGood();
    const config = open();
    await config.load();
    put(file, text);
    expect(await config.load()).toMatchObject([{ ...problem('last-good'), file: path.join(dir, file) }]);
    expect(inForce(config)).toBe('one,g/mine');
    expect(config.problems()).toHaveLength(1);
    writeGood();
    expect(await config.load()).toEqual([]);
    expect(config.problems()).toEqual([]);
  });

  it('is passed over at the start for the last good one', async () => {
    writeGood();
    await open().load();
    put(file, text);
    const config = open();
    expect(await config.load()).toMatchObject([problem('last-good')]);
    expect(inForce(config)).toBe('one,g/mine');
  });

  it('is passed over at the first start for the defaults', async () => {
    writeGood();
    put(file, text);
    const config = open();
    expect(await config.load()).toMatchObject([problem('defaults')]);
    expect(inForce(config)).toBe(file === 'alertmanager.yml' ? 'one,g/default' : 'default/mine');
  });
});

it('says each file that cannot be read', async () => {
  const config = open();
  expect(await config.load()).toMatchObject([
    { file: path.join(dir, 'prometheus.yml'), running: 'defaults', reason: expect.stringMatching(/cannot be read/) },
    { file: path.join(dir, 'alertmanager.yml'), running: 'defaults', reason: expect.stringMatching(/cannot be read/) },
  ]);
  expect(inForce(config)).toBe('default/default');
});

it.each(['{', '{}', '{"prometheus":"a: b","ruleFiles":{}}'])(
  'takes nothing from a memory that is no more: %s',
  async (text) => {
    kept.set('config.last-good.prometheus', text);
    put('alertmanager.yml', ALERTMANAGER);
    const config = open();
    expect(await config.load()).toMatchObject([{ running: 'defaults' }]);
    expect(inForce(config)).toBe('default/mine');
  },
);
