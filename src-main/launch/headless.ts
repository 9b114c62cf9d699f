/** `npm run headless` and the command line tools: the built engine in this very process, built first where it is missing. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildAll } from './build.ts';
import { endWithNpm } from './end-with-npm.ts';
import { cachedFallback } from './fallback-electron.ts';
import { mainDir } from './places.ts';
import { launch } from './say.ts';

const entry = path.join(mainDir, 'headless.js');

await launch(async () => {
  endWithNpm();
  if (!existsSync(entry)) await buildAll(cachedFallback());
  await import(pathToFileURL(entry).href);
  return null;
});
