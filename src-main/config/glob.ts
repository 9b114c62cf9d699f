import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * The files that a pattern names, sorted: `*`, `?` and `[...]` in its last element, as Go's filepath.Glob takes them.
 * Nothing that matches, and a folder that is not there, are no errors: the list is empty.
 */
export function expandGlob(pattern: string): readonly string[] {
  const name = path.basename(pattern);
  if (!/[*?[]/.test(name)) return isFile(pattern) ? [pattern] : [];
  const folder = path.dirname(pattern);
  const matches = globExpression(name);
  const names = readFolder(folder).filter((candidate) => matches.test(candidate));
  return names
    .sort()
    .map((candidate) => path.join(folder, candidate))
    .filter(isFile);
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

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isFile(file: string): boolean {
  try {
    return !statSync(file).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
