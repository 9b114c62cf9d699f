import { expect, test } from '@playwright/test';
import { ALERTMANAGER_YML, quickPrometheusYml, RULES_YML } from './configuration.ts';
import { type Hearth, screenshot, startHearth, UserData } from './hearth.ts';
import { clickNotification, closeNotifications, listenToNotifications, notified } from './programs.ts';
import { goTo } from './window.ts';

const SUMMARY = 'MachineIsUp';

function windowIsVisible({ app }: Hearth): Promise<boolean> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false);
}

test('a rule fires, arrives at the desktop, its click opens the alert, and a silence stops it', async () => {
  using userData = new UserData();
  userData.write('prometheus.yml', quickPrometheusYml());
  userData.write('rules.yml', RULES_YML);
  userData.write('alertmanager.yml', ALERTMANAGER_YML);
  closeNotifications();
  await using desktop = listenToNotifications();
  const hearth = await startHearth(userData);
  const { app, page } = hearth;

  await test.step('the notification arrives and takes no focus', async () => {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    const before = notified(desktop, SUMMARY);
    await expect.poll(() => notified(desktop, SUMMARY), { timeout: 30_000 }).toBeGreaterThan(before);
    expect(await windowIsVisible(hearth)).toBe(false);
  });

  await test.step('its click opens the alert', async () => {
    clickNotification();
    await expect.poll(() => windowIsVisible(hearth)).toBe(true);
    await expect(page).toHaveURL(/\/alerts\?.*fingerprint=/);
    const details = page.getByRole('complementary', { name: 'Details' });
    await expect(details.getByRole('heading', { name: 'MachineIsUp' })).toBeVisible();
    await expect(details).toContainText(/firing/i);
    await screenshot(page, 'alert');
  });

  await test.step('a silence made from it ends the reminders', async () => {
    await page.getByRole('complementary', { name: 'Details' }).getByRole('button', { name: 'Silence' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'New silence' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Preview' })).toContainText(/Silences 1 of \d+ alert/);
    await page.getByRole('textbox', { name: 'Your name' }).fill('e2e');
    await page.getByRole('textbox', { name: 'Comment' }).fill('seen it');
    await screenshot(page, 'silence-new');
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await expect(page).toHaveURL(/\/silences/);
    await expect(page.getByRole('grid', { name: 'Silences' })).toContainText('seen it');
    await screenshot(page, 'silences');
    await goTo(page, 'Alerts');
    await page.waitForTimeout(2000);
    const sent = notified(desktop, SUMMARY);
    await page.waitForTimeout(8000);
    expect(notified(desktop, SUMMARY)).toBe(sent);
  });

  closeNotifications();
  await hearth.quit();
  expect(hearth.complaints).toEqual([]);
});
