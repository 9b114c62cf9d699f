import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadAlertmanagerConfig } from './load-alertmanager-config.ts';
import { parseConfigTexts, readConfigTexts } from './load-config-files.ts';
import { writeStarterFiles } from './starter.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'hearth-starter-'));
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool) process.stdout.write('skipped: promtool is not installed\n');

describe('the starter files', () => {
  it('are written once and then left alone', async () => {
    expect((await writeStarterFiles(folder)).map((file) => path.basename(file))).toEqual([
      'prometheus.yml',
      'rules.yml',
      'alertmanager.yml',
    ]);
    expect(await writeStarterFiles(folder)).toEqual([]);
    const mine = mkdtempSync(path.join(tmpdir(), 'hearth-starter-'));
    writeFileSync(path.join(mine, 'rules.yml'), 'groups: []');
    expect(await writeStarterFiles(mine)).toHaveLength(2);
    expect(readFileSync(path.join(mine, 'rules.yml'), 'utf8')).toBe('groups: []');
  });

  it('load', async () => {
    await writeStarterFiles(folder);
    const file = path.join(folder, 'prometheus.yml');
    const { prometheus, ruleGroups } = parseConfigTexts(await readConfigTexts(file), file, {
      checkTemplate: () => null,
    });
    expect(prometheus.scrapeConfigs.map((job) => job.jobName)).toEqual(['node', 'hearth', 'local', 'files']);
    expect(ruleGroups.flatMap((group) => group.rules).length).toBeGreaterThan(10);
    const alertmanager = path.join(folder, 'alertmanager.yml');
    expect(loadAlertmanagerConfig(readFileSync(alertmanager, 'utf8'), alertmanager)).toMatchObject({
      route: { receiver: 'desktop', groupBy: ['alertname', 'job'] },
      receivers: [{ name: 'desktop', integrations: [{ kind: 'desktop', config: { sendResolved: true } }] }],
    });
  });

  it.skipIf(!hasPromtool)('have rules that promtool accepts', async () => {
    await writeStarterFiles(folder);
    const run = spawnSync('promtool', ['check', 'rules', path.join(folder, 'rules.yml')], { encoding: 'utf8' });
    expect(`${run.stdout}${run.stderr}`).toMatch(/SUCCESS: \d+ rules found/);
    expect(run.status).toBe(0);
  });
});
