/** Listening sockets on Linux: /proc/net/tcp{,6} joined with the descriptors of /proc/<pid>/fd (proc(5)). */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Listener, ListListeners } from './listener.ts';

const LISTEN = '0A';
const LOOPBACK_OR_ANY = new Map([
  ['00000000', '127.0.0.1'],
  ['0100007F', '127.0.0.1'],
  ['00000000000000000000000000000000', '127.0.0.1'],
  ['00000000000000000000000001000000', '[::1]'],
  ['0000000000000000FFFF00000100007F', '127.0.0.1'],
]);
/** Processes looked through before others get a turn on this thread. */
const PIDS_A_TURN = 16;

export interface ListeningSocket {
  readonly inode: string;
  readonly port: number;
  readonly host: string;
  readonly uid: number;
}

/** The listening rows of a /proc/net/tcp or tcp6, those reachable from this machine without leaving it. */
export function parseProcNetTcp(text: string): readonly ListeningSocket[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [address = '', hexPort = ''] = (fields[1] ?? '').split(':');
      const host = LOOPBACK_OR_ANY.get(address);
      if (fields[3] !== LISTEN || host === undefined) return [];
      return [{ inode: fields[9] ?? '', port: Number.parseInt(hexPort, 16), host, uid: Number(fields[7]) }];
    });
}

/**
 * Lists this user's listeners; every user's when it is root. The descriptors are searched only when a socket appears
 * that was not there before.
 */
export function procListeners(procFolder: string, uid: number): ListListeners {
  let known = new Map<string, Listener | null>();
  return async () => {
    const sockets = (await listeningSockets(procFolder)).filter((socket) => uid === 0 || socket.uid === uid);
    const fresh = sockets.filter((socket) => !known.has(socket.inode));
    const owners = fresh.length === 0 ? new Map<string, number>() : await socketOwners(procFolder, { uid, fresh });
    known = new Map(
      sockets.map((socket): [string, Listener | null] => {
        const before = known.get(socket.inode);
        if (before !== undefined) return [socket.inode, before];
        const pid = owners.get(socket.inode);
        return [socket.inode, pid === undefined ? null : listenerOf(procFolder, socket, pid)];
      }),
    );
    return onePerPort([...known.values()].filter((listener) => listener !== null));
  };
}

async function listeningSockets(procFolder: string): Promise<readonly ListeningSocket[]> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(path.join(procFolder, 'net', name), 'utf8').catch(() => '')),
  );
  return tables.flatMap(parseProcNetTcp);
}

/** A server often listens on both families: one is enough, IPv4 first. */
function onePerPort(listeners: readonly Listener[]): readonly Listener[] {
  const byPort = new Map<number, Listener>();
  for (const listener of listeners) if (!byPort.has(listener.port)) byPort.set(listener.port, listener);
  return [...byPort.values()];
}

/** Which process holds each of the fresh sockets. */
async function socketOwners(
  procFolder: string,
  wanted: { readonly uid: number; readonly fresh: readonly ListeningSocket[] },
): Promise<Map<string, number>> {
  const missing = new Map(wanted.fresh.map((socket) => [`socket:[${socket.inode}]`, socket.inode]));
  const owners = new Map<string, number>();
  const pids = readdirSync(procFolder).filter((name) => /^\d+$/.test(name));
  for (const [i, pid] of pids.entries()) {
    if (missing.size === 0) break;
    if (i % PIDS_A_TURN === 0) await turn();
    for (const link of descriptors(path.join(procFolder, pid), wanted.uid)) {
      const inode = missing.get(link);
      if (inode === undefined) continue;
      owners.set(inode, Number(pid));
      missing.delete(link);
    }
  }
  return owners;
}

/** What the descriptors of a process point at; none for a process that ended meanwhile or is not ours. */
function descriptors(pidFolder: string, uid: number): readonly string[] {
  try {
    if (uid !== 0 && statSync(pidFolder).uid !== uid) return [];
    const folder = path.join(pidFolder, 'fd');
    return readdirSync(folder).flatMap((fd) => linkTarget(path.join(folder, fd)) || []);
  } catch {
    return [];
  }
}

function linkTarget(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

function listenerOf(procFolder: string, socket: ListeningSocket, pid: number): Listener {
  const folder = path.join(procFolder, String(pid));
  const command = textOf(path.join(folder, 'cmdline'))
    .split('\0')
    .filter((word) => word !== '');
  const executable = linkTarget(path.join(folder, 'exe')).replace(/ \(deleted\)$/, '');
  return {
    id: `${pid}/${socket.inode}`,
    port: socket.port,
    host: socket.host,
    pid,
    executable: path.basename(executable || command[0] || textOf(path.join(folder, 'comm')).trim()),
    command,
    folder: linkTarget(path.join(folder, 'cwd')),
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
