import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { STARTER_ALERTMANAGER, STARTER_PROMETHEUS, STARTER_RULES } from './starter-text.ts';

const STARTER_FILES = [
  ['prometheus.yml', STARTER_PROMETHEUS],
  ['rules.yml', STARTER_RULES],
  ['alertmanager.yml', STARTER_ALERTMANAGER],
] as const;

/** Writes those of the starter files that are not in the folder yet, and answers with the paths of those written. */
export async function writeStarterFiles(folder: string): Promise<readonly string[]> {
  await mkdir(path.join(folder, 'targets'), { recursive: true });
  const written: string[] = [];
  for (const [name, text] of STARTER_FILES) {
    const file = path.join(folder, name);
    if (await writeNew(file, text)) written.push(file);
  }
  return written;
}

/** False when the file was there: it stays as it is. */
async function writeNew(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
