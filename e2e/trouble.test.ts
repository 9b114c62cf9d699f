import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { quickPrometheusYml, RULES_YML } from './configuration.ts';
import { ask, screenshot, startHearth, UserData } from './hearth.ts';
import { expectMachineTiles, goTo } from './window.ts';

test('a broken configuration at the start: the window says where and runs on the defaults', async () => {
  using userData = new UserData();
  userData.write(
    'prometheus.yml',
    quickPrometheusYml().replace('  evaluation_interval: 1s', '  evaluation_intervall: 1s'),
  );
  userData.write('rules.yml', RULES_YML);
  const hearth = await startHearth(userData);
  const notice = hearth.page.getByRole('status').filter({ hasText: 'was refused' });
  await expect(notice).toContainText(/prometheus\.yml:3:\d+/);
  await expect(notice).toContainText('evaluation_intervall');
  await expect(notice).toContainText(/in force/);
  await screenshot(hearth.page, 'configuration-refused');
  await goTo(hearth.page, 'Targets');
  await expect(hearth.page.getByRole('row').filter({ hasText: 'node' }).first()).toBeVisible();
  await hearth.quit();
  expect(hearth.complaints).toEqual([]);
});

test('port 9090 taken: the next free one, said in the window', async () => {
  using userData = new UserData();
  const squatter = createServer().listen(9090, '127.0.0.1');
  // Somebody else having it already is as good.
  await Promise.race([once(squatter, 'listening'), once(squatter, 'error')]).catch(() => undefined);
  const hearth = await startHearth(userData);
  expect(hearth.url).toMatch(/^http:\/\/127\.0\.0\.1:9\d\d\d$/);
  expect(hearth.url).not.toBe('http://127.0.0.1:9090');
  await expect(hearth.page.getByRole('status').filter({ hasText: 'Port 9090 was taken' })).toContainText(hearth.url);
  await hearth.quit();
  squatter.close();
  expect(hearth.complaints).toEqual([]);
});

test('the engine crashes: the window stays, the engine comes back with its data', async () => {
  using userData = new UserData();
  userData.write('prometheus.yml', quickPrometheusYml());
  userData.write('rules.yml', RULES_YML);
  const hearth = await startHearth(userData, ['-r', path.join(import.meta.dirname, 'keep-workers.cjs')]);
  await expectMachineTiles(hearth.page);
  await expect.poll(() => ask(hearth.url, 'count_over_time(up{job="node"}[1h])')).toBeGreaterThan(3);
  const before = await ask(hearth.url, 'count_over_time(up{job="node"}[1h])');
  await hearth.app.evaluate(() => Reflect.get(globalThis, 'hearthThreads')[0].terminate());

  // The port may be another one: it is what the new engine says last.
  await expect.poll(() => hearth.output().match(/^prometheus: /gm)?.length).toBe(2);
  const url = [...hearth.output().matchAll(/^prometheus: (http:\S+)$/gm)].at(-1)?.[1] ?? '';
  await expect.poll(() => ask(url, 'count_over_time(up{job="node"}[1h])')).toBeGreaterThan(before ?? 0);
  await goTo(hearth.page, 'Targets');
  await expect(hearth.page.getByRole('row').filter({ hasText: 'hearth' }).first()).toContainText(/up/i);
  await expect(hearth.page.getByText('The engine does not answer')).toHaveCount(0);
  await hearth.quit();
  expect(hearth.complaints).toEqual([]);
});
