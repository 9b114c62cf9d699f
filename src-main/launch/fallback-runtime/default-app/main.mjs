// What Electron runs when it is given a folder: `electron [-r MODULE]... FOLDER [ARGUMENTS]`.
// The last line is awaited, so that `ready` comes only when the application has been loaded.
import fs from 'node:fs';
import { Module } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const args = process.argv.slice(1);
const preloaded = [];
let target = null;
for (let i = 0; i < args.length && target === null; i++) {
  if (args[i] === '-r' || args[i] === '--require') preloaded.push(args[++i]);
  else if (args[i] === '-v' || args[i] === '--version') {
    process.stdout.write(`v${process.versions.electron}\n`);
    process.exit(0);
  } else if (!args[i].startsWith('-')) target = args[i];
}
if (preloaded.length > 0) Module._preloadModules(preloaded);

const folder = path.resolve(target ?? '.');
const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
app.setName(manifest.productName ?? manifest.name);
app.setVersion(manifest.version);
app.setAppPath(folder);
await import(pathToFileURL(path.join(folder, manifest.main)).href);
