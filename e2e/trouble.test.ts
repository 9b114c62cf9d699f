import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@playwright/test';
import { quickPrometheusYml, RULES_YML } from './configuration.ts';
import { screenshot, startHearth, UserData } from './hearth.ts';
import { goTo } from './window.ts';

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
