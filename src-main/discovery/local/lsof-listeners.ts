/** Listening sockets on macOS: the field output of lsof(8). */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Listener, ListListeners } from './listener.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 5_000;

/** Lists this user's listeners; every user's when it is root. */
export function lsofListeners(uid: number): ListListeners {
  const onlyOwn = uid === 0 ? [] : ['-a', '-u', String(uid)];
  return async () => {
    try {
      const { stdout } = await run('lsof', ['-nP', '-iTCP', '-sTCP:LISTEN', ...onlyOwn, '-F', 'pcn'], {
        timeout: TIMEOUT_MS,
      });
      return parseLsof(stdout);
    } catch (error) {
      // Nothing listens: lsof ends with 1 and says nothing.
      if (error instanceof Error && 'stdout' in error && error.stdout === '' && 'code' in error && error.code === 1)
        return [];
      throw error;
    }
  };
}

/** Lines `p<pid>`, `c<command>`, `n<address>:<port>`, one field a line. */
export function parseLsof(text: string): readonly Listener[] {
  const byPort = new Map<number, Listener>();
  let pid = 0;
  let executable = '';
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) pid = Number(value);
    else if (line.startsWith('c')) executable = path.basename(value);
    else if (line.startsWith('n')) {
      const place = placeOf(value);
      if (place === null || byPort.has(place.port)) continue;
      byPort.set(place.port, { id: `${pid}/${place.port}`, ...place, pid, executable, command: [], folder: '' });
    }
  }
  return [...byPort.values()];
}

function placeOf(name: string): { readonly host: string; readonly port: number } | null {
  const match = /^(\*|127\.0\.0\.1|\[::1\]|\[::\]|0\.0\.0\.0):(\d+)$/.exec(name);
  if (match === null) return null;
  return { host: match[1] === '[::1]' ? '[::1]' : '127.0.0.1', port: Number(match[2]) };
}
