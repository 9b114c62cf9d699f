import { expect, type Page } from '@playwright/test';

/** Home with the four tiles of this machine, each with a number in it. */
export async function expectMachineTiles(page: Page): Promise<void> {
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
}
