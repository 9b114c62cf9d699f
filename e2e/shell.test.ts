import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@playwright/test';
import { applicationDir, electronProgram, electronSwitches } from './environment.ts';
import { type Hearth, startHearth, UserData } from './hearth.ts';

let userData: UserData;
let hearth: Hearth;

test.beforeAll(async () => {
  userData = new UserData();
  hearth = await startHearth(userData);
});

test.afterAll(async () => {
  await hearth.quit();
  userData[Symbol.dispose]();
  // Chromium says so itself when a page is refused a file.
  expect(hearth.complaints.filter((text) => !text.includes('Not allowed to load local resource'))).toEqual([]);
});

/** Starts Hearth once more on the same data, as a user does or a link. */
async function launchAgain(...args: readonly string[]): Promise<void> {
  const all = [...electronSwitches, '--log-level=3', applicationDir, `--user-data-dir=${userData.dir}`, ...args];
  const child = spawn(electronProgram, all, { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

function isVisible(): Promise<boolean> {
  return hearth.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false);
}

test('a second launch brings the window of the first to the front', async () => {
  await hearth.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  expect(await isVisible()).toBe(false);
  await launchAgain();
  await expect.poll(isVisible).toBe(true);
});

test('a link opens its page in the window', async () => {
  await launchAgain('hearth://silences/new?m=alertname%3D%22X%22');
  await expect(hearth.page).toHaveURL('app://hearth/#/silences/new?m=alertname%3D%22X%22');
  await expect(hearth.page.getByRole('heading', { level: 1, name: 'New silence' })).toBeVisible();
  await launchAgain('hearth://silences/..%2f..%2fetc');
  await expect(hearth.page).toHaveURL(/silences\/new/);
});

test('the page cannot leave, open windows, reach Node or ask for devices', async () => {
  const { page, app } = hearth;
  expect(await page.evaluate(() => ['require', 'process', 'module'].filter((name) => name in window))).toEqual([]);
  expect(await page.evaluate(() => Object.keys(Object(Reflect.get(window, 'hearth'))))).toEqual(['platform']);
  await page.evaluate(() => {
    location.href = 'file:///etc/passwd';
  });
  await page.evaluate(() => window.open('file:///etc/passwd'));
  await page.waitForTimeout(500);
  expect(page.url()).toMatch(/^app:\/\/hearth\//);
  expect(app.windows()).toHaveLength(1);
  const granted = await page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state);
  expect(granted).toBe('denied');
});

test('closing the window keeps Hearth running once that was chosen', async () => {
  const { app } = hearth;
  await app.evaluate(({ BrowserWindow, Menu }) => {
    const item = Menu.getApplicationMenu()
      ?.items.flatMap((menu) => menu.submenu?.items ?? [])
      .find((each) => each.label.startsWith('Keep Running'));
    // Unticked and ticked again: the choice is made, not asked for.
    item?.click();
    item?.click();
    BrowserWindow.getAllWindows()[0]?.close();
  });
  await expect.poll(isVisible).toBe(false);
  expect((await fetch(`${hearth.url}/-/ready`)).status).toBe(200);
  await launchAgain();
  await expect.poll(isVisible).toBe(true);
});
