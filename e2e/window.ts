import { expect, type Page } from '@playwright/test';
import { ask } from './hearth.ts';

const TILES = ['Processor', 'Memory', 'Disk', 'Network'];
/** A rate needs two scrapes and a step of the graph behind them. */
const FIRST_FIGURES_LIMIT_MS = 30_000;

/** Home with the four charts of this machine, each with a last value. */
export async function expectMachineTiles(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { name: 'This machine' })).toBeVisible();
  for (const tile of TILES) {
    await expect(
      page.getByRole('application', { name: new RegExp(`^${tile}\\. \\d+ series\\..*last [\\d.]`) }),
    ).toBeVisible({ timeout: FIRST_FIGURES_LIMIT_MS });
  }
}

export type PageName = 'Home' | 'Query' | 'Targets' | 'Alerts' | 'Silences' | 'Settings';

/** By the navigation, as a user does. */
export async function goTo(page: Page, name: PageName): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Pages' })
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeAttached();
}

/** Until a graph of the last hour, whose steps are 10 s apart, has points to draw. */
export async function waitForPoints(url: string, job: string): Promise<void> {
  await expect.poll(() => ask(url, `count_over_time(up{job="${job}"}[1h])`), { timeout: 40_000 }).toBeGreaterThan(15);
}

/** Types a query into the editor and runs it. */
export async function runQuery(page: Page, query: string): Promise<void> {
  await goTo(page, 'Query');
  const editor = page.getByRole('textbox', { name: /^Query\./ });
  await editor.focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(query, { delay: 5 });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Run' }).click();
}

export async function expectChart(page: Page, summary: RegExp): Promise<void> {
  await expect(page.getByRole('tabpanel').getByRole('application', { name: summary })).toBeVisible();
}
