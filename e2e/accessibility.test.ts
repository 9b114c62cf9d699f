import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { ALERTMANAGER_YML, quickPrometheusYml, RULES_YML } from './configuration.ts';
import { screenshot, startHearth, UserData } from './hearth.ts';
import { expectChart, expectMachineTiles, goTo, type PageName, runQuery, waitForPoints } from './window.ts';

const PAGES: readonly PageName[] = ['Home', 'Query', 'Targets', 'Alerts', 'Silences', 'Settings'];

async function violations(page: Page): Promise<string[]> {
  // Electron cannot open the second page that axe otherwise collects its results in.
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return found.map(
    (each) => `${each.impact} ${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`,
  );
}

test('axe finds nothing on any page, light or dark', async () => {
  test.setTimeout(180_000);
  using userData = new UserData();
  userData.write('prometheus.yml', quickPrometheusYml());
  userData.write('rules.yml', RULES_YML);
  userData.write('alertmanager.yml', ALERTMANAGER_YML.replace('repeat_interval: 3s', 'repeat_interval: 1h'));
  const hearth = await startHearth(userData);
  const { page } = hearth;
  await expectMachineTiles(page);
  await waitForPoints(hearth.url, 'node');
  await runQuery(page, 'sum by (mode) (rate(node_cpu_seconds_total[5s]))');
  await expectChart(page, /series\./);
  for (const theme of ['Light', 'Dark'] as const) {
    await goTo(page, 'Settings');
    await page.getByRole('radiogroup', { name: 'Theme' }).getByText(theme).click();
    for (const name of PAGES) {
      await test.step(`${name}, ${theme.toLowerCase()}`, async () => {
        await goTo(page, name);
        await page.waitForTimeout(700);
        await screenshot(page, `${name.toLowerCase()}-${theme.toLowerCase()}`);
        expect.soft(await violations(page), `${name}, ${theme}`).toEqual([]);
      });
    }
  }
  await hearth.quit();
  expect(hearth.complaints).toEqual([]);
});
