/** CPU a million samples, memory and engine stalls while all servers scrape the same targets. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type Server, startHearth, startPrometheus, startVictoria, usageOf } from './process.ts';

const SERIES_PER_TARGET = 5000;
const INTERVAL_SECONDS = 15;
const WARM_UP_SECONDS = 35;

export interface IngestOptions {
  /** Folder with exporter.mjs, or null for the built-in targets. */
  readonly suite: string | null;
  readonly work: string;
  readonly targets: number;
  readonly seconds: number;
  readonly configFile: (name: string, text: string) => string;
  readonly alertmanagerConfig: string;
}

interface Targets {
  readonly addresses: readonly string[];
  stop(): void;
}

export async function benchIngest(options: IngestOptions): Promise<void> {
  const targets =
    options.suite === null ? await ownTargets(options.targets) : await suiteTargets(options.suite, options);
  const config = options.configFile(
    'ingest.yml',
    `global:\n  scrape_interval: ${INTERVAL_SECONDS}s\nscrape_configs:\n- job_name: bench\n  static_configs:\n  - targets: [${targets.addresses.map((a) => `'${a}'`).join(', ')}]\n`,
  );
  const dir = (name: string) => {
    const made = path.join(options.work, `ingest-${name}`);
    mkdirSync(made);
    return made;
  };
  const servers = [
    await startPrometheus({ dir: dir('prometheus'), config }),
    await startVictoria({ dir: dir('victoria'), config }),
    await startHearth({ dir: dir('hearth'), config }, options.alertmanagerConfig),
  ];
  try {
    await sleep(WARM_UP_SECONDS * 1000);
    const before = servers.map((server) => usageOf(server.pid).cpuSeconds);
    await sleep(options.seconds * 1000);
    const millions = (options.targets * SERIES_PER_TARGET * options.seconds) / INTERVAL_SECONDS / 1e6;
    console.log(
      `\ningest: ${options.targets} targets x ${SERIES_PER_TARGET} series every ${INTERVAL_SECONDS} s, ${options.seconds} s`,
    );
    for (const [i, server] of servers.entries()) {
      const usage = usageOf(server.pid);
      console.log(
        `${server.name.padEnd(12)} ${((usage.cpuSeconds - (before[i] ?? 0)) / millions).toFixed(2)} CPU s a million samples, ${Math.round(usage.residentBytes / 2 ** 20)} MiB resident`,
      );
    }
    await printStalls(servers);
  } finally {
    for (const server of servers) await server.stop();
    targets.stop();
  }
}

/** Hearth measures the longest turns of its engine thread itself. */
async function printStalls(servers: readonly Server[]): Promise<void> {
  const hearth = servers.find((server) => server.name === 'hearth');
  if (hearth === undefined) return;
  const metrics = await (await fetch(`${hearth.url}/metrics`)).text();
  for (const line of metrics.split('\n').filter((l) => l.startsWith('hearth_engine_turn_'))) console.log(line);
}

async function suiteTargets(suite: string, options: IngestOptions): Promise<Targets> {
  const port = await freePort();
  const child: ChildProcess = spawn(
    process.execPath,
    [
      path.join(suite, 'exporter.mjs'),
      '--targets',
      String(options.targets),
      '--series',
      String(SERIES_PER_TARGET),
      '--port',
      String(port),
      '--seconds',
      String(options.seconds + 300),
    ],
    { stdio: 'ignore' },
  );
  const addresses = Array.from({ length: options.targets }, (_, i) => `127.0.0.1:${port + i}`);
  for (let tries = 0; tries < 200; tries++) {
    if ((await fetch(`http://${addresses.at(-1)}/metrics`).catch(() => null))?.ok === true) break;
    await sleep(100);
  }
  return { addresses, stop: () => void child.kill('SIGTERM') };
}

/** Targets of counters and gauges whose values move on every scrape. */
async function ownTargets(count: number): Promise<Targets> {
  const servers = await Promise.all(Array.from({ length: count }, (_, i) => ownTarget(i)));
  return {
    addresses: servers.map(({ address }) => address),
    stop: () => servers.forEach(({ server }) => void server.close()),
  };
}

async function ownTarget(index: number): Promise<{ readonly server: HttpServer; readonly address: string }> {
  let scrape = 0;
  const heads = Array.from(
    { length: SERIES_PER_TARGET },
    (_, i) => `bench_requests_total{handler="/h${i % 50}",code="${200 + (i % 4)}",shard="${i}"} `,
  );
  const server = createServer((_request, response) => {
    scrape++;
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(
      `# TYPE bench_requests_total counter\n${heads.map((head, i) => `${head}${scrape * ((i % 17) + index)}\n`).join('')}`,
    );
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, address: `127.0.0.1:${port}` };
}
