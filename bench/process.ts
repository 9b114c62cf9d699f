/** Servers under measurement: started on loopback, watched through /proc, ended by their own id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const TICKS_PER_SECOND = 100;
const READY_WITHIN_MS = 180_000;

export interface Usage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** CPU used so far and resident memory of one process (Linux). */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const resident = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    residentBytes: Number(resident?.[1] ?? 0) * 1024,
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

export class Server {
  readonly name: string;
  readonly url: string;
  readonly #child: ChildProcess;
  #log = '';

  constructor(name: string, url: string, command: readonly string[]) {
    this.name = name;
    this.url = url;
    const [program = '', ...args] = command;
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (data: Buffer) => {
      this.#log = (this.#log + data.toString('latin1')).slice(-20_000);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when `path` answers 200. Rejects with the end of its log when it ends or takes too long. */
  async ready(path: string): Promise<number> {
    const startedMs = performance.now();
    while (performance.now() - startedMs < READY_WITHIN_MS && this.#child.exitCode === null) {
      const answer = await fetch(this.url + path).catch(() => null);
      if (answer?.status === 200) return performance.now() - startedMs;
      await sleep(5);
    }
    throw new Error(`${this.name} did not become ready:\n${this.#log.slice(-2000)}`);
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** As a crash does it. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill(signal);
    await ended;
  }
}

export interface PeerPaths {
  readonly dir: string;
  readonly config: string;
}

export async function startPrometheus({ dir, config }: PeerPaths): Promise<Server> {
  const port = await freePort();
  const server = new Server('prometheus', `http://127.0.0.1:${port}`, [
    'prometheus',
    `--config.file=${config}`,
    `--storage.tsdb.path=${dir}`,
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ]);
  await server.ready('/-/ready');
  return server;
}

export async function startHearth({ dir, config }: PeerPaths, alertmanagerConfig: string): Promise<Server> {
  const port = await freePort();
  const server = new Server('hearth', `http://127.0.0.1:${port}`, [
    process.execPath,
    'dist/main/headless.js',
    `--config.file=${config}`,
    `--alertmanager.config.file=${alertmanagerConfig}`,
    `--user-data-dir=${dir}-user`,
    `--storage.tsdb.path=${dir}`,
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=127.0.0.1:${port}`,
    '--alertmanager.web.listen-address=',
    '--pushgateway.web.listen-address=',
    '--log.level=warn',
  ]);
  await server.ready('/-/ready');
  return server;
}

export async function startVictoria({ dir, config }: PeerPaths): Promise<Server> {
  const port = await freePort();
  const server = new Server('victoria', `http://127.0.0.1:${port}`, [
    'victoria-metrics',
    `-promscrape.config=${config}`,
    `-storageDataPath=${dir}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-retentionPeriod=100y',
    '-search.latencyOffset=0s',
    '-loggerLevel=ERROR',
  ]);
  await server.ready('/health');
  return server;
}
