import fs from 'node:fs';
import path from 'node:path';
import { threadId } from 'node:worker_threads';
import { DirectoryLockedError } from './errors.ts';

/**
 * `<data>/lock`: holds the process id, and the time that process began where the system tells it, so that a lock left
 * by a dead process is known for what it is. On Linux the advisory lock of a running Prometheus is respected too.
 */
export class DirectoryLock {
  readonly #file: string;
  readonly #content: string;

  constructor(file: string, content: string) {
    this.#file = file;
    this.#content = content;
  }

  release(): void {
    if (readIfThere(this.#file) === this.#content) fs.rmSync(this.#file, { force: true });
  }
}

/** Throws DirectoryLockedError when a living process holds the directory. */
export function lockDirectory(dir: string): DirectoryLock {
  const file = path.join(dir, 'lock');
  const content = `${process.pid} ${startOf(process.pid)} ${threadId}\n`;
  for (let attempt = 0; attempt < 3; attempt++) {
    const held = readIfThere(file);
    if (held !== null) {
      const holder = livingHolder(held) ?? advisoryHolder(file);
      if (holder !== null) throw new DirectoryLockedError(`${dir} is already open in process ${holder}`);
      fs.rmSync(file, { force: true });
    }
    if (createExclusively(file, content)) return new DirectoryLock(file, content);
  }
  throw new DirectoryLockedError(`${dir} is being opened by another process`);
}

function createExclusively(file: string, content: string): boolean {
  try {
    fs.writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function livingHolder(content: string): number | null {
  const [pidText = '', start = '', thread = ''] = content.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
  // A process runs one engine at a time: another thread's lock was left by an engine that crashed.
  if (pid === process.pid && thread !== String(threadId)) return null;
  return start === startOf(pid) ? pid : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Clock ticks since boot at which a process began, '' where /proc does not say. A zombie holds nothing: 'ended'. */
function startOf(pid: number): string {
  const stat = readIfThere(`/proc/${pid}/stat`) ?? '';
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
}

/** The process that holds flock(2) on the file. */
function advisoryHolder(file: string): number | null {
  const inode = String(fs.statSync(file).ino);
  for (const line of (readIfThere('/proc/locks') ?? '').split('\n')) {
    const [, kind, , , pid, place] = line.trim().split(/\s+/);
    if (kind === 'FLOCK' && place?.split(':')[2] === inode) return Number(pid);
  }
  return null;
}

function readIfThere(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null; // not there, or not ours to read: then nothing is known
  }
}
