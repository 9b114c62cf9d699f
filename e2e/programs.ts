/** Other programs that the tests need: exporters, the desktop's notification daemon and what it is told. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from '@playwright/test';

export class Program {
  readonly #child: ChildProcess;
  readonly #output: string[] = [];

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (chunk) => this.#output.push(String(chunk)));
    this.#child.stderr?.on('data', (chunk) => this.#output.push(String(chunk)));
  }

  get output(): string {
    return this.#output.join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export async function startNodeExporter(port: number): Promise<Program> {
  const program = new Program('prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${port}`]);
  await expect
    .poll(() =>
      fetch(`http://127.0.0.1:${port}/metrics`).then(
        (answer) => answer.status,
        () => 0,
      ),
    )
    .toBe(200);
  return program;
}

/** Listens to what is sent to the notification daemon. */
export function listenToNotifications(): Program {
  return new Program('dbus-monitor', ['--session', "interface='org.freedesktop.Notifications',member='Notify'"]);
}

/** How many notifications with this text were sent. */
export function notified(monitor: Program, text: string): number {
  return monitor.output.split('member=Notify').filter((message) => message.includes(text)).length;
}

/** Clicks the notification on top, as a user would. */
export function clickNotification(): void {
  const { status, stderr } = spawnSync('dunstctl', ['action', '0'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`dunstctl action 0: ${stderr}`);
}

export function closeNotifications(): void {
  spawnSync('dunstctl', ['close-all']);
}
