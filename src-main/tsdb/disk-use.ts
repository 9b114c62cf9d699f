import fs from 'node:fs';
import path from 'node:path';

/** What the files below a directory take; 0 when there is none. */
export function directoryBytes(dir: string): number {
  let bytes = 0;
  if (!fs.existsSync(dir)) return bytes;
  for (const entry of fs.readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    bytes += fs.statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
