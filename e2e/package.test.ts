import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { chromium, expect, test } from '@playwright/test';
import { electronSwitches, packagedProgram } from './environment.ts';
import { ask, collect, screenshot, UserData, waitForLine, watch } from './hearth.ts';
import { expectMachineTiles } from './window.ts';

test('the first run of the packaged application shows this machine with data', async () => {
  test.skip(packagedProgram === '', 'no packaged application: the tests were started with --no-package');
  using userData = new UserData();
  // The packaged executable refuses Node's inspector, by fuse: only the page can be looked at.
  const app = spawn(packagedProgram, [
    ...electronSwitches,
    '--remote-debugging-port=0',
    `--user-data-dir=${userData.dir}`,
  ]);
  const output = collect(app);
  const exited = once(app, 'exit');
  try {
    const browser = await chromium.connectOverCDP(await waitForLine(output, /DevTools listening on (ws:\S+)/));
    const url = await waitForLine(output, /^prometheus: (http:\S+)$/m);
    const [page] = browser.contexts().flatMap((context) => context.pages());
    if (page === undefined) throw new Error('the packaged application has no window');
    const complaints: string[] = [];
    watch(page, complaints);
    await expectMachineTiles(page);
    await expect.poll(() => ask(url, 'count(up{job="node"} == 1)')).toBe(1);
    await screenshot(page, 'packaged-first-run');
    expect(complaints).toEqual([]);
  } finally {
    app.kill('SIGTERM');
  }
  expect((await exited)[0]).toBe(0);
});

test('the fuses of the packaged executable are set', async () => {
  test.skip(packagedProgram === '', 'no packaged application: the tests were started with --no-package');
  const wire = await getCurrentFuseWire(packagedProgram);
  const off = [
    FuseV1Options.RunAsNode,
    FuseV1Options.EnableNodeOptionsEnvironmentVariable,
    FuseV1Options.EnableNodeCliInspectArguments,
    FuseV1Options.GrantFileProtocolExtraPrivileges,
  ];
  for (const fuse of off) expect(wire[fuse], FuseV1Options[fuse]).toBe(FuseState.DISABLE);
  for (const fuse of [FuseV1Options.OnlyLoadAppFromAsar, FuseV1Options.EnableCookieEncryption]) {
    expect(wire[fuse], FuseV1Options[fuse]).toBe(FuseState.ENABLE);
  }
});
