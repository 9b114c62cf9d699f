import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import type { ScrapeConfig } from '../../config/scrape-config.ts';
import { systemClock } from '../../model/clock.ts';
import { labelsFromRecord } from '../../model/labels.ts';
import { silentLogger } from '../../model/log.ts';
import { newScrapeCounters } from '../counters.ts';
import { IngestTurns } from '../ingest-turns.ts';
import { IntervalLengths } from '../interval-lengths.ts';
import { MemoryStorage } from '../memory-storage.ts';
import type { LoopDeps } from '../scrape-deps.ts';
import type { ScrapeTarget } from '../target.ts';
import { TargetScraper } from '../target-scraper.ts';
import { testConfig } from '../test-config.ts';
import { BodyBuffers } from './body-buffer.ts';

const TEXT = { 'Content-Type': 'text/plain; version=0.0.4' };
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(handler: RequestListener, path?: string): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) =>
    path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve),
  );
  const address = server.address();
  return typeof address === 'string' ? address : `http://127.0.0.1:${(address as AddressInfo).port}`;
}

class Bench {
  readonly storage = new MemoryStorage();
  readonly counters = newScrapeCounters();
  readonly scraper: TargetScraper;

  constructor(url: string, changes: Partial<ScrapeConfig> = {}, target: Partial<ScrapeTarget> = {}) {
    const config = testConfig({ scrapeTimeoutMs: 400, ...changes });
    const deps: LoopDeps = {
      appendable: this.storage,
      clock: systemClock,
      logger: silentLogger,
      collectBuiltin: async (name) => Buffer.from(`builtin{name="${name}"} 1\n`),
      version: '0.0.0',
      hostName: 'here',
      openingMs: 0,
      turns: new IngestTurns(),
      intervalLengths: new IntervalLengths(),
      extraScrapeMetrics: true,
      ingestFeatures: { metadata: false, createdZeros: false },
      counters: this.counters,
      buffers: new BodyBuffers(),
      receiveBuffer: Buffer.alloc(64 * 1024),
      changed: () => {},
      retire: () => {},
    };
    const full: ScrapeTarget = {
      id: 'test',
      key: url,
      url,
      labels: labelsFromRecord({ job: 'test' }),
      discoveredLabels: [],
      intervalMs: config.scrapeIntervalMs,
      timeoutMs: config.scrapeTimeoutMs,
      builtinExporter: '',
      unixSocket: '',
      histograms: {},
      ...target,
    };
    this.scraper = new TargetScraper(full, config, deps);
  }

  /** Returns the error's message, '' when there is none. */
  async scrape(): Promise<string> {
    await this.scraper.scrape(Date.now(), '');
    return this.scraper.state.last?.error ?? 'not scraped';
  }

  last(name: string): unknown {
    return this.storage.samples(`${name}{job="test"}`).at(-1)?.[1];
  }
}

test('a body is scraped, the connection is kept, the report tells', async () => {
  const sockets = new Set<Socket>();
  const seen: IncomingMessage['headers'][] = [];
  const url = await listen((request, reply) => {
    sockets.add(request.socket);
    seen.push(request.headers);
    reply.writeHead(200, TEXT).end('a 1\nb 2\n');
  });
  const bench = new Bench(`${url}/metrics`);
  expect([await bench.scrape(), await bench.scrape()]).toEqual(['', '']);
  bench.scraper.close();
  expect(sockets.size).toBe(1);
  expect(bench.last('up')).toBe(1);
  expect(bench.last('scrape_samples_scraped')).toBe(2);
  expect(bench.last('scrape_timeout_seconds')).toBe(0.4);
  expect(bench.last('scrape_body_size_bytes')).toBe(8);
  expect(seen[0]).toMatchObject({
    accept:
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,' +
      'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    'accept-encoding': 'gzip',
    'user-agent': 'Hearth/0.0.0',
    'x-prometheus-scrape-timeout-seconds': '0.4',
  });
});

function endless(reply: ServerResponse, line: string): void {
  const push = () => {
    while (!reply.destroyed && reply.write(line));
    if (!reply.destroyed) reply.once('drain', push);
  };
  push();
}

type Case = [name: string, handler: RequestListener, changes: Partial<ScrapeConfig>, error: RegExp];
const bomb = gzipSync(Buffer.alloc(100_000_000, 0x78));

test.each<Case>([
  ['nothing at all', () => {}, {}, /^Get "http:.*": context deadline exceeded$/],
  ['headers and then nothing', (_, s) => s.writeHead(200, TEXT).flushHeaders(), {}, /context deadline exceeded$/],
  [
    'a slow drip',
    (q, s) => {
      s.writeHead(200, TEXT);
      const timer = setInterval(() => s.write('d'), 20);
      q.on('close', () => clearInterval(timer));
    },
    {},
    /^context deadline exceeded$/,
  ],
  ['a reset', (q) => q.socket.destroy(), {}, /^Get "http:.*": (EOF|read: connection reset by peer)$/],
  [
    'a body cut short',
    (q, s) => {
      s.writeHead(200, { ...TEXT, 'Content-Length': '1000' }).write('a 1\n');
      setTimeout(() => q.socket.destroy(), 20);
    },
    {},
    /^unexpected EOF$/,
  ],
  ['a redirect in a loop', (q, s) => s.writeHead(302, { Location: q.url }).end(), {}, /stopped after 10 redirects$/],
  ['a redirect to nowhere', (_, s) => s.writeHead(302, { Location: 'gopher://x' }).end(), {}, /Location/],
  ['a redirect not wanted', (_, s) => s.writeHead(302, { Location: '/b' }).end(), noRedirects(), /status 302 Found$/],
  [
    'an error page',
    (_, s) => s.writeHead(500).end('oops'),
    {},
    /^server returned HTTP status 500 Internal Server Error$/,
  ],
  [
    'a status of its own',
    (_, s) => s.writeHead(404, 'Gone Fishing').end(),
    {},
    /^server returned HTTP status 404 Gone Fishing$/,
  ],
  ['no content', (_, s) => s.writeHead(204).end(), {}, /^server returned HTTP status 204 No Content$/],
  ['an endless error page', (_, s) => endless(s.writeHead(503), 'x'.repeat(10_000)), {}, /status 503/],
  [
    'garbage',
    (_, s) => s.writeHead(200, TEXT).end('\0\x01\x02{{{\n'),
    {},
    /^expected a valid start token.*\(line 1\)$/,
  ],
  [
    'no content type',
    (_, s) => s.writeHead(200).end('a 1\n'),
    {},
    /^non-compliant scrape target sending blank Content-Type/,
  ],
  [
    'a web page',
    (_, s) => s.writeHead(200, { 'Content-Type': 'text/html' }).end('a 1\n'),
    {},
    /^received unsupported Content-Type "text\/html"/,
  ],
  [
    'gzip that is none',
    (_, s) => s.writeHead(200, { ...TEXT, 'Content-Encoding': 'gzip' }).end('no'),
    {},
    /incorrect header check/,
  ],
  [
    'a bomb',
    (_, s) => s.writeHead(200, { ...TEXT, 'Content-Encoding': 'gzip' }).end(bomb),
    { bodySizeLimitBytes: 1_000_000, scrapeTimeoutMs: 5000 },
    /^body size limit exceeded$/,
  ],
  [
    'more than allowed',
    (_, s) => endless(s.writeHead(200, TEXT), `a{x="${'y'.repeat(10_000)}"} 1\n`),
    { bodySizeLimitBytes: 1_000_000, scrapeTimeoutMs: 5000 },
    /^body size limit exceeded$/,
  ],
  [
    'a length beyond what is allowed',
    (_, s) => s.writeHead(200, { ...TEXT, 'Content-Length': '1000000000' }).write('a 1\n'),
    { bodySizeLimitBytes: 1_000_000 },
    /^body size limit exceeded$/,
  ],
  ['large headers', (_, s) => s.writeHead(200, { ...TEXT, 'X-Big': 'h'.repeat(100_000) }).end('a 1\n'), {}, /^$/],
])('a target that sends %s', async (_name, handler, changes, error) => {
  const bench = new Bench(`${await listen(handler)}/metrics`, changes);
  const said = await bench.scrape();
  expect(said).toMatch(error);
  expect(bench.last('up')).toBe(said === '' ? 1 : 0);
  if (said.startsWith('body size')) expect(bench.last('scrape_body_size_bytes')).toBe(-1);
  bench.scraper.close();
});

function noRedirects(): Partial<ScrapeConfig> {
  return { http: { ...testConfig().http, followRedirects: false } };
}

test('a gigabyte without any limit configured ends at the default one', { timeout: 30_000 }, async () => {
  const line = `a{x="${'y'.repeat(60_000)}"} 1\n`;
  const url = await listen((_, s) => endless(s.writeHead(200, TEXT), line));
  const bench = new Bench(url, { scrapeTimeoutMs: 25_000, scrapeIntervalMs: 25_000 });
  expect(await bench.scrape()).toBe('body size limit exceeded');
  expect(bench.last('up')).toBe(0);
  bench.scraper.close();
});

test('a refused connection and an unknown host have their reasons', async () => {
  expect(await new Bench('http://127.0.0.1:1/m').scrape()).toBe(
    'Get "http://127.0.0.1:1/m": dial tcp 127.0.0.1:1: connect: connection refused',
  );
  expect(await new Bench('http://no.such.host.invalid/', { scrapeTimeoutMs: 5000 }).scrape()).toMatch(
    /^Get "http:\/\/no.such.host.invalid\/": dial tcp: lookup no.such.host.invalid: /,
  );
});

test('gzip, redirects, credentials and headers', async () => {
  const elsewhere = await listen((q, s) => s.writeHead(200, TEXT).end(`told{auth="${q.headers.authorization}"} 1\n`));
  const url = await listen((q, s) => {
    if (q.url === '/away') s.writeHead(302, { Location: `${elsewhere.replace('127.0.0.1', 'localhost')}/x` }).end();
    else if (q.url === '/near') s.writeHead(301, { Location: 'metrics' }).end();
    else {
      const line = `told{auth="${q.headers.authorization}",own="${q.headers['x-own']}"} 1\n`;
      s.writeHead(200, { ...TEXT, 'Content-Encoding': 'gzip' }).end(gzipSync(line));
    }
  });
  const http = { ...testConfig().http, basicAuth: { username: 'u', password: 'p' }, headers: { 'X-Own': 'yes' } };
  const near = new Bench(`${url}/near`, { http });
  expect(await near.scrape()).toBe('');
  expect(near.storage.values()).toHaveProperty(['told{auth="Basic dTpw", job="test", own="yes"}']);
  near.scraper.close();
  const away = new Bench(`${url}/away`, { http });
  expect(await away.scrape()).toBe('');
  expect(away.storage.values()).toHaveProperty(['told{auth="undefined", job="test"}']);
  away.scraper.close();
});

test('a kept connection that the server has closed is no failure', async () => {
  let drop = false;
  const url = await listen((q, s) => {
    if (drop) {
      drop = false;
      q.socket.destroy();
    } else s.writeHead(200, TEXT).end('a 1\n');
  });
  const bench = new Bench(url);
  expect(await bench.scrape()).toBe('');
  drop = true;
  expect(await bench.scrape()).toBe('');
  bench.scraper.close();
});

test('a unix socket is dialled', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hearth-scrape-'));
  const path = await listen((_, s) => s.writeHead(200, TEXT).end('a 1\n'), join(dir, 'socket'));
  const bench = new Bench('http://localhost/metrics', {}, { unixSocket: path });
  expect(await bench.scrape()).toBe('');
  bench.scraper.close();
  rmSync(dir, { recursive: true });
});

test('a batch that the storage refuses is the error of its target, and the next may be taken', async () => {
  const url = await listen((_, s) => s.writeHead(200, TEXT).end('a 1\n'));
  const bench = new Bench(url);
  bench.storage.refusal = 'no space left on device';
  await expect(bench.scrape()).rejects.toThrow('no space left');
  expect(bench.scraper.state.last?.error).toBe('no space left on device');
  bench.storage.refusal = '';
  expect(await bench.scrape()).toBe('');
  bench.scraper.close();
});

test('an exporter within the process is collected, and may be late', async () => {
  const bench = new Bench('http://localhost/metrics', {}, { builtinExporter: 'host' });
  expect(await bench.scrape()).toBe('');
  expect(bench.storage.values()).toHaveProperty(['builtin{job="test", name="host"}']);
});

test.skipIf(!hasOpenssl())('certificates are checked as configured (skipped without openssl)', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hearth-tls-'));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const names = 'subjectAltName=IP:127.0.0.1,DNS:fake.example';
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-subj', '/CN=fake'];
  execFileSync('openssl', [...request, '-addext', names], { stdio: 'ignore' });
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, s) =>
    s.writeHead(200, TEXT).end('a 1\n'),
  );
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  const said = async (tls: Partial<ScrapeConfig['http']['tls']>) => {
    const { http } = testConfig();
    const bench = new Bench(url, { scrapeTimeoutMs: 5000, http: { ...http, tls: { ...http.tls, ...tls } } });
    const error = await bench.scrape();
    bench.scraper.close();
    return error;
  };
  expect(await said({ caFile: cert })).toBe('');
  expect(await said({ insecureSkipVerify: true })).toBe('');
  expect(await said({ caFile: cert, serverName: 'fake.example' })).toBe('');
  expect(await said({})).toMatch(/self.signed certificate/);
  expect(await said({ caFile: cert, serverName: 'other.example' })).toMatch(/other.example/);
  expect(await said({ caFile: join(dir, 'none.pem') })).toMatch(/unable to read CA cert: ENOENT/);
  rmSync(dir, { recursive: true });
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('a scrape that is given up leaves no trace', async () => {
  const bench = new Bench(await listen(() => {}));
  const scraped = bench.scrape();
  bench.scraper.close();
  expect(await scraped).toBe('not scraped');
  expect(bench.storage.values()).toEqual({});
});

test('after a failure the next scrape is as good as new', async () => {
  let hang = false;
  const url = await listen((_, s) => {
    if (!hang) s.writeHead(200, TEXT).end('a 1\n');
  });
  const bench = new Bench(url, { scrapeTimeoutMs: 100 });
  const said: string[] = [];
  for (hang of [false, true, false]) said.push(await bench.scrape());
  expect(said).toEqual(['', expect.stringContaining('deadline'), '']);
  expect(bench.storage.samples('a{job="test"}').map(([, v]) => v)).toEqual([1, 'stale', 1]);
  bench.scraper.close();
});
