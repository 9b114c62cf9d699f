/** A desktop nobody sees: an X server, a session bus and a notification daemon, for the end-to-end tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { endChild } from './command.ts';
import { LaunchError } from './say.ts';

const START_LIMIT_MS = 15_000;
const SCREEN = '1440x900x24';
/** A test that looks at a notification decides itself when it has seen enough. */
const DUNST_CONFIG =
  '[global]\nmonitor = 0\nidle_threshold = 0\n[urgency_low]\ntimeout = 0\n[urgency_normal]\ntimeout = 0\n';

export class VirtualDesktop {
  readonly #folder: string;
  readonly #children: readonly ChildProcess[];
  /** What a program needs in its environment to live on this desktop. */
  readonly env: Readonly<Record<string, string>>;

  constructor(folder: string, children: readonly ChildProcess[], env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#children = children;
    this.env = env;
  }

  async stop(): Promise<void> {
    for (const child of this.#children.toReversed()) await endChild(child);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export async function startVirtualDesktop(): Promise<VirtualDesktop> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'hearth-desktop-'));
  const children: ChildProcess[] = [];
  try {
    const screen = ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp'];
    const x = spawn('Xvfb', screen, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    children.push(x);
    const display = `:${await firstLine(x, x.stdio[3], 'Xvfb')}`;
    const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, DISPLAY: display },
    });
    children.push(bus);
    const env = {
      DISPLAY: display,
      WAYLAND_DISPLAY: '',
      DBUS_SESSION_BUS_ADDRESS: await firstLine(bus, bus.stdout, 'dbus-daemon'),
      XDG_RUNTIME_DIR: folder,
      // No accessibility bus: Playwright reads the page's own tree.
      NO_AT_BRIDGE: '1',
    };
    const config = path.join(folder, 'dunstrc');
    await writeFile(config, DUNST_CONFIG);
    children.push(spawn('dunst', ['-config', config], { stdio: 'ignore', env: { ...process.env, ...env } }));
    return new VirtualDesktop(folder, children, env);
  } catch (error) {
    await new VirtualDesktop(folder, children, {}).stop();
    throw error;
  }
}

async function firstLine(child: ChildProcess, stream: unknown, name: string): Promise<string> {
  if (!isReadable(stream)) throw new LaunchError(`${name} gives no address`);
  const limit = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
  try {
    for await (const line of createInterface({ input: stream })) return line.trim();
  } finally {
    clearTimeout(limit);
  }
  throw new LaunchError(`${name} did not start`);
}

function isReadable(stream: unknown): stream is Readable {
  return typeof stream === 'object' && stream !== null && 'read' in stream;
}
