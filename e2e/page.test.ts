import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { chromium, expect, test } from '@playwright/test';
import { electronSwitches, repository } from './environment.ts';
import { collect, screenshot, UserData, waitForLine, watch } from './hearth.ts';
import { expectChart, expectMachineTiles, goTo, runQuery } from './window.ts';

test("the same window as a page in Debian's Chromium, from the engine without a window", async () => {
  using userData = new UserData();
  const engine = spawn(
    process.execPath,
    [path.join(repository, 'dist', 'main', 'headless.js'), `--user-data-dir=${userData.dir}`],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const url = await waitForLine(collect(engine), /^prometheus: (http:\S+)$/m);
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: [...electronSwitches] });
  const complaints: string[] = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    watch(page, complaints);
    await page.goto(url);
    await expectMachineTiles(page);
    await screenshot(page, 'page-in-chromium');
    await runQuery(page, 'node_memory_MemAvailable_bytes');
    await expectChart(page, /1 series\./);
    await goTo(page, 'Targets');
    await expect(page.getByRole('grid', { name: 'Targets' })).toContainText('node');
  } finally {
    await browser.close();
    const exited = once(engine, 'exit');
    engine.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
  }
  expect(complaints).toEqual([]);
});
