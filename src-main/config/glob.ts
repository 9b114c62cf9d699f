import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * The files that a pattern names, sorted: `*`, `?` and `[...]` in its last element, as Go's filepath.Glob takes them.
 * Nothing that matches, and a folder that is not there, are no errors: the list is empty.
 */
export async function expandGlob(pattern: string): Promise<readonly string[]> {
  const name = path.basename(pattern);
  if (!/[*?[]/.test(name)) return (await isFile(pattern)) ? [pattern] : [];
  const folder = path.dirname(pattern);
  const matches = globExpression(name);
  const names = (await readFolder(folder)).filter((candidate) => matches.test(candidate));
  const paths = names.sort().map((candidate) => path.join(folder, candidate));
  const files = await Promise.all(paths.map(isFile));
  return paths.filter((_, i) => files[i]);
}

/** Whether the name of a file fits the last element of the pattern. */
export function globMatches(pattern: string, file: string): boolean {
  return (
    path.dirname(pattern) === path.dirname(file) && globExpression(path.basename(pattern)).test(path.basename(file))
  );
}

function globExpression(name: string): RegExp {
  let source = '';
  for (let i = 0; i < name.length; i++) {
    const char = name[i] ?? '';
    const close = char === '[' ? name.indexOf(']', i + 2) : -1;
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (close > 0) {
      const members = name.slice(i + 1, close).replace(/[\\\]]/g, '\\$&');
      source += `[${members}]`;
      i = close;
    } else source += char.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  }
  return new RegExp(`^${source}$`, 's');
}

async function readFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function isFile(file: string): Promise<boolean> {
  try {
    return !(await stat(file)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
