/** `snapshots/<name>/`: a data directory of its own that shares the files of the blocks (tsdb/db.go, Snapshot). */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { syncDirectory } from './block/output-file.ts';

export interface SnapshotParts {
  readonly dataDir: string;
  readonly nowMs: number;
  readonly blockDirs: readonly string[];
  /** Puts what else belongs into the snapshot into its directory. */
  readonly addTo: (dir: string) => Promise<void>;
}

/** Built as `<name>.tmp`, then renamed; on failure nothing remains. Returns the name. */
export async function writeSnapshot(parts: SnapshotParts): Promise<string> {
  const name = snapshotName(parts.nowMs);
  const all = path.join(parts.dataDir, 'snapshots');
  const building = path.join(all, `${name}.tmp`);
  await fs.promises.mkdir(building, { recursive: true });
  try {
    for (const dir of parts.blockDirs) await linkBlock(dir, path.join(building, path.basename(dir)));
    await parts.addTo(building);
    syncDirectory(building);
    await fs.promises.rename(building, path.join(all, name));
    syncDirectory(all);
  } catch (error) {
    await fs.promises.rm(building, { recursive: true, force: true });
    throw error;
  }
  return name;
}

/** `20261124T030852Z-673a071df75915b9` */
function snapshotName(nowMs: number): string {
  const second = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const random = randomBytes(8);
  random[0] = random[0]! & 0x7f;
  return `${second}-${random.toString('hex')}`;
}

async function linkBlock(from: string, to: string): Promise<void> {
  await fs.promises.mkdir(path.join(to, 'chunks'), { recursive: true });
  const chunks = await fs.promises.readdir(path.join(from, 'chunks'));
  const files = ['meta.json', 'index', 'tombstones', ...chunks.map((chunk) => path.join('chunks', chunk))];
  for (const file of files) await linkFile(path.join(from, file), path.join(to, file));
  syncDirectory(path.join(to, 'chunks'));
  syncDirectory(to);
}

/** Files of blocks are replaced, never changed: a link stays what it is. Copied where there are no links. */
async function linkFile(from: string, to: string): Promise<void> {
  try {
    await fs.promises.link(from, to);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' && path.basename(from) === 'tombstones') return;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EMLINK' && code !== 'ENOSYS') throw error;
    await fs.promises.copyFile(from, to);
  }
}

/** Removes what a death left half made. */
export function removeHalfSnapshots(dataDir: string): void {
  const all = path.join(dataDir, 'snapshots');
  if (!fs.existsSync(all)) return;
  for (const name of fs.readdirSync(all)) {
    if (/^\d{8}T\d{6}Z-[0-9a-f]{16}\.tmp$/.test(name))
      fs.rmSync(path.join(all, name), { recursive: true, force: true });
  }
}
