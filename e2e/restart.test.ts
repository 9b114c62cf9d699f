import { expect, test } from '@playwright/test';
import { ALERTMANAGER_YML, quickPrometheusYml, RULES_YML } from './configuration.ts';
import { ask, startHearth, UserData } from './hearth.ts';
import { expectMachineTiles, goTo, runQuery } from './window.ts';

const OLDEST = 'min(min_over_time(timestamp(up{job="node"})[1h:1s]))';
const COUNT = 'count_over_time(up{job="node"}[1h])';

test('quit and started again, all data is there', async () => {
  using userData = new UserData();
  userData.write('prometheus.yml', quickPrometheusYml());
  userData.write('rules.yml', RULES_YML);
  userData.write('alertmanager.yml', ALERTMANAGER_YML);

  const first = await startHearth(userData);
  await expectMachineTiles(first.page);
  await runQuery(first.page, 'node_load1');
  await goTo(first.page, 'Home');
  await expect.poll(() => ask(first.url, COUNT)).toBeGreaterThan(5);
  const oldest = await ask(first.url, OLDEST);
  const count = await ask(first.url, COUNT);
  await first.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 30, width: 1111, height: 777 }),
  );
  await first.page.waitForTimeout(1000);
  const before = Date.now();
  await first.quit();
  expect(Date.now() - before).toBeLessThan(5000);

  const second = await startHearth(userData);
  await expectMachineTiles(second.page);
  expect(await ask(second.url, OLDEST)).toBe(oldest);
  expect(await ask(second.url, COUNT)).toBeGreaterThanOrEqual(count ?? 0);
  const bounds = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds());
  expect(bounds).toMatchObject({ width: 1111, height: 777 });
  await goTo(second.page, 'Query');
  await expect(second.page.getByRole('tab', { name: /node_load1/ })).toBeVisible();
  await second.quit();
  expect([...first.complaints, ...second.complaints]).toEqual([]);
});

test('a killed Hearth loses nothing older than its last write', async () => {
  using userData = new UserData();
  userData.write('prometheus.yml', quickPrometheusYml());
  userData.write('rules.yml', RULES_YML);
  const first = await startHearth(userData);
  await expect.poll(() => ask(first.url, COUNT)).toBeGreaterThan(5);
  const count = await ask(first.url, COUNT);
  const exited = new Promise((resolve) => first.app.process().once('exit', resolve));
  first.app.process().kill('SIGKILL');
  await exited;

  const second = await startHearth(userData);
  expect(await ask(second.url, COUNT)).toBeGreaterThanOrEqual(count ?? 0);
  await second.quit();
  expect(second.complaints).toEqual([]);
});
