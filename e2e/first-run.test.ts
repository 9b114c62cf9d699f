import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { ask, screenshot, startHearth, UserData } from './hearth.ts';
import { expectMachineTiles } from './window.ts';

test('the first run on an empty directory shows this machine with data', async () => {
  using userData = new UserData();
  const startedMs = Date.now();
  const hearth = await startHearth(userData);
  await expectMachineTiles(hearth.page);
  const tilesMs = Math.round(Date.now() - startedMs);
  console.log(`window after ${hearth.windowMs} ms, figures of this machine after ${tilesMs} ms`);
  expect(hearth.windowMs).toBeLessThan(5000);
  for (const file of ['prometheus.yml', 'rules.yml', 'alertmanager.yml']) {
    expect(existsSync(path.join(userData.dir, file)), file).toBe(true);
  }
  await expect.poll(() => ask(hearth.url, 'count(up{job="node"} == 1)')).toBe(1);
  await screenshot(hearth.page, 'first-run');
  // Loaded once more with the console watched from its first line, and given a new port to the engine.
  await hearth.page.reload();
  await expectMachineTiles(hearth.page);
  await hearth.quit();
  expect(hearth.complaints).toEqual([]);
});
