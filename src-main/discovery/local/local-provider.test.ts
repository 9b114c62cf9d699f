import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../model/fake-clock.ts';
import { labelsToRecord } from '../../model/labels.ts';
import type { TargetGroup } from '../../model/target-group.ts';
import { DiscoveryLog } from '../discovery-log.ts';
import { jobNameOf } from './job-name.ts';
import type { Listener } from './listener.ts';
import { LocalProvider } from './local-provider.ts';
import { parseLsof } from './lsof-listeners.ts';
import { looksLikeExposition } from './probe.ts';
import { parseProcNetTcp, procListeners } from './proc-listeners.ts';

/** Servers as they are found on a developer's machine; prints their ports. */
const SERVERS = `
const http = require('node:http'), net = require('node:net');
const metrics = '# HELP up_ Up.\\n# TYPE up_ gauge\\nup_ 1\\n';
const text = (at) => http.createServer((q, r) => {
  if (q.url === at) r.setHeader('content-type', 'text/plain; version=0.0.4').end(metrics);
  else r.writeHead(404).end('no');
});
const servers = {
  metrics: text('/metrics'),
  actuator: text('/actuator/prometheus'),
  page: http.createServer((q, r) => r.setHeader('content-type', 'text/html').end('<html># TYPE a gauge\\na 1\\n</html>')),
  json: http.createServer((q, r) => r.setHeader('content-type', 'application/json').end('{"ok":true}')),
  redirect: http.createServer((q, r) => r.writeHead(302, { location: '/login' }).end()),
  mute: net.createServer(() => {}),
  binary: net.createServer((s) => { s.on('error', () => {}); s.end(Buffer.from([0, 255, 10, 1])); }),
};
const want = JSON.parse(process.argv[1] ?? '{}');
(async () => {
  const ports = {};
  for (const [name, server] of Object.entries(servers))
    await new Promise((done) => server.listen(want[name] ?? 0, '127.0.0.1', () => { ports[name] = server.address().port; done(); }));
  console.log(JSON.stringify(ports));
})();
`;

const children: ChildProcess[] = [];
const providers: LocalProvider[] = [];
afterEach(async () => {
  for (const provider of providers.splice(0)) provider.stop();
  for (const child of children.splice(0)) await end(child);
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function serve(ports: Record<string, number> = {}) {
  const child = spawn(process.execPath, ['-e', SERVERS, JSON.stringify(ports)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line');
  return { child, ports: JSON.parse(String(line)) };
}

const linux = process.platform === 'linux';

describe.skipIf(!linux)('LocalProvider', () => {
  it('finds what exposes metrics, and nothing else; gone is told, and back at once', async () => {
    const { child, ports } = await serve();
    const clock = new FakeClock(1_000_000);
    const log = new DiscoveryLog(clock);
    const list = procListeners('/proc', process.getuid?.() ?? 0);
    const mine = new Set<number>(Object.values(ports));
    let told: readonly TargetGroup[] = [];
    const provider = new LocalProvider(
      { refreshIntervalMs: 10_000 },
      {
        job: 'local',
        clock,
        log,
        // The machine runs other things too.
        listListeners: async () => (await list()).filter((listener) => mine.has(listener.port)),
        looksLikeMetrics: looksLikeExposition,
        isOwnPort: () => false,
      },
    );
    providers.push(provider);
    const round = async (done: () => void) => {
      await clock.advance(10_000);
      await vi.waitFor(done, 5_000);
      // The round ends by asking for the next one.
      await new Promise((resolve) => setTimeout(resolve, 800));
    };
    provider.start((groups) => {
      told = groups;
    });
    await round(() => expect(told).toHaveLength(2));
    const found = told.map((group) => [labelsToRecord(group.targets[0] ?? []), labelsToRecord(group.labels)]);
    expect(found).toEqual(
      expect.arrayContaining([
        [
          { __address__: `127.0.0.1:${ports.metrics}` },
          expect.objectContaining({ __metrics_path__: '/metrics', __meta_local_pid: String(child.pid) }),
        ],
        [
          { __address__: `127.0.0.1:${ports.actuator}` },
          expect.objectContaining({ __metrics_path__: '/actuator/prometheus', __meta_local_executable: 'node' }),
        ],
      ]),
    );
    const verdicts = () => log.entries().map((entry) => entry.verdict);
    expect(verdicts().filter((verdict) => verdict === 'rejected')).toHaveLength(5);

    // Asked again after one minute and two, then no more.
    const rejected = () => verdicts().filter((verdict) => verdict === 'rejected').length;
    for (let i = 0; i < 200 && rejected() < 15; i++) {
      await clock.advance(10_000);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await clock.advance(600_000);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(rejected()).toBe(15);

    await end(child);
    await round(() => expect(told).toEqual([]));
    expect(verdicts().slice(-2)).toEqual(['gone', 'gone']);
    await serve(ports);
    await round(() => expect(told).toHaveLength(2));
    expect(log.entries().filter((entry) => entry.reason.startsWith('back again'))).toHaveLength(2);
  }, 60_000);

  it('does not ask Hearth itself', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked++;
      response.end('# TYPE a gauge\na 1\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address satisfies AddressInfo | null)?.port : 0;
    const clock = new FakeClock(1_000_000);
    const log = new DiscoveryLog(clock);
    const list = procListeners('/proc', process.getuid?.() ?? 0);
    const provider = new LocalProvider(
      { refreshIntervalMs: 10_000 },
      {
        job: 'local',
        clock,
        log,
        listListeners: async () => (await list()).filter((listener) => listener.port === port),
        looksLikeMetrics: looksLikeExposition,
        isOwnPort: () => false,
      },
    );
    providers.push(provider);
    provider.start(() => {});
    await clock.advance(10);
    await vi.waitFor(() => expect(log.entries()).toMatchObject([{ verdict: 'skipped' }]), 3_000);
    expect(asked).toBe(0);
    server.close();
  });
});

describe('parseProcNetTcp', () => {
  it('takes listeners on loopback and any address', () => {
    const text = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0 100 0',
      '   1: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0',
      '   2: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 333 1 0 100 0',
      '   3: 0A01A8C0:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 444 1 0 100 0',
      '',
    ].join('\n');
    expect(parseProcNetTcp(text)).toEqual([
      { inode: '111', port: 8080, host: '127.0.0.1', uid: 1000 },
      { inode: '222', port: 22, host: '127.0.0.1', uid: 0 },
    ]);
  });
});

describe('parseLsof', () => {
  it('takes one listener a port, loopback and any address only', () => {
    const text = 'p501\ncnode\nf21\nn*:3000\nf22\nn[::1]:3000\np77\ncPostgres\nf5\nn[::1]:5432\nf6\nn192.168.1.5:80\n';
    expect(parseLsof(text).map(({ pid, port, host, executable }) => [pid, port, host, executable])).toEqual([
      [501, 3000, '127.0.0.1', 'node'],
      [77, 5432, '[::1]', 'Postgres'],
    ]);
  });
});

describe('jobNameOf', () => {
  const listener = (fields: Partial<Listener>): Listener => ({
    id: '1/1',
    port: 3000,
    host: '127.0.0.1',
    pid: 1,
    executable: '',
    command: [],
    folder: '/home/ann/shop',
    ...fields,
  });
  it.each([
    [{ port: 9187, executable: 'anything' }, 'postgres'],
    [{ executable: 'my-service' }, 'my-service'],
    [{ executable: 'node', command: ['node', 'dist/checkout.js'] }, 'checkout'],
    [{ executable: 'node', command: ['node', '--inspect', 'server.js'] }, 'shop'],
    [{ executable: 'python3.11', command: ['python3', '-m', 'http.server'] }, 'http.server'],
    [{ executable: 'java', command: ['java', '-Xmx1g', '-jar', 'target/orders-1.2.jar'] }, 'orders-1.2'],
    [{ executable: 'node', folder: '' }, 'node'],
  ])('%j', (fields, expected) => {
    expect(jobNameOf(listener(fields))).toBe(expected);
  });
});

describe('looksLikeExposition', () => {
  it.each([
    ['# TYPE a counter\na_total{x="y"} 1\n', 'text/plain; version=0.0.4', true],
    ['# TYPE a gauge\na 1.5e3 1700000000000\n', '', true],
    ['# TYPE a gauge\na +Inf\n# EOF\n', 'application/openmetrics-text; version=1.0.0', true],
    ['a 1\n', 'text/plain', false],
    ['# TYPE a gauge\n', 'text/plain', false],
    ['# TYPE a gauge\na 1\n', 'text/html', false],
    ['hello', 'text/plain', false],
    ['# TYPE script\nnot really\n', 'text/plain', false],
  ])('%j as %s', (body, contentType, expected) => {
    expect(looksLikeExposition(body, contentType)).toBe(expected);
  });
});
