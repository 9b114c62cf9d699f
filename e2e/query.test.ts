import { expect, test } from '@playwright/test';
import { quickPrometheusYml, RULES_YML } from './configuration.ts';
import { screenshot, startHearth, UserData } from './hearth.ts';
import { freePort, startNodeExporter } from './programs.ts';
import { expectChart, goTo, runQuery, waitForPoints } from './window.ts';

test('a query is typed and drawn; a wrong one says where', async () => {
  using userData = new UserData();
  userData.write('prometheus.yml', quickPrometheusYml());
  userData.write('rules.yml', RULES_YML);
  const hearth = await startHearth(userData);
  const { page } = hearth;
  await waitForPoints(hearth.url, 'node');

  await runQuery(page, 'sum by (mode) (rate(node_cpu_seconds_total[5s]))');
  await expectChart(page, /^sum by \(mode\).* [4-9] series\..*mode/);
  await screenshot(page, 'query-graph');

  await page.getByRole('tabpanel').getByRole('application').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText(/idle/).first()).toBeVisible();

  await page.getByText('Table', { exact: true }).click();
  await expect(page.getByRole('grid', { name: 'Result' }).getByRole('gridcell', { name: 'idle' })).toBeVisible();
  await screenshot(page, 'query-table');

  await runQuery(page, 'rate(node_cpu_seconds_total)');
  await expect(page.getByRole('tabpanel').getByRole('alert')).toContainText(/range vector|instant vector/);
  await screenshot(page, 'query-error');
  await hearth.quit();
  expect(hearth.complaints).toEqual([]);
});

test("Debian's node_exporter is added as a target and graphed", async () => {
  using userData = new UserData();
  userData.write('prometheus.yml', quickPrometheusYml());
  userData.write('rules.yml', RULES_YML);
  const hearth = await startHearth(userData);
  const { page } = hearth;
  const port = await freePort();
  await using _exporter = await startNodeExporter(port);
  userData.write('targets/debian.yml', `- targets: ['127.0.0.1:${port}']\n  labels: {job: debian}\n`);

  await goTo(page, 'Targets');
  const row = page.getByRole('row').filter({ hasText: `127.0.0.1:${port}` });
  await expect(row).toContainText(/up/i);
  await screenshot(page, 'targets');
  await expect(row).toContainText('debian');

  await waitForPoints(hearth.url, 'debian');
  await runQuery(page, 'rate(node_cpu_seconds_total{job="debian",mode="idle"}[5s])');
  await expectChart(page, /series\..*last [\d.]/);
  await hearth.quit();
  expect(hearth.complaints).toEqual([]);
});
