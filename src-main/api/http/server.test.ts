import { request } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../model/log.ts';
import { createServer, listen, route } from './server.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** Headers as given, where fetch would set its own. */
function ask(url: string, method: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

const open: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

const fail = () => Promise.reject(new Error('what went wrong'));

async function serve(logged: unknown[] = []): Promise<string> {
  const app = createServer({ ...silentLogger, error: (fields) => logged.push(fields) });
  open.push(app);
  route(app, '/thing', {
    GET: async (_request, reply) => reply.type('text/plain').send('x'.repeat(5000)),
    POST: async (_request, reply) => reply.send('done'),
  });
  route(app, '/broken', { GET: fail });
  return (await listen(app, '127.0.0.1:0', false)).url;
}

describe('routes', () => {
  it('answer other methods with 405 and what they allow', async () => {
    const url = await serve();
    const answer = await ask(`${url}/thing`, 'DELETE');
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
    const preflight = await ask(`${url}/thing`, 'OPTIONS');
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, undefined]);
    const head = await ask(`${url}/thing`, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  it('are asked for again without empty parts', async () => {
    const answer = await ask(`${await serve()}//evil.example//x?a=//b`, 'GET');
    expect([answer.status, answer.headers.location]).toEqual([301, '/evil.example/x?a=//b']);
  });

  it('that fail are logged', async () => {
    const logged: unknown[] = [];
    expect((await ask(`${await serve(logged)}/broken?x=1`, 'GET')).status).toBe(500);
    expect(logged).toMatchObject([
      { method: 'GET', path: '/broken', answer: expect.stringMatching('what went wrong') },
    ]);
  });
});

describe('foreign requests', () => {
  it.each([
    ['GET', { host: 'evil.example' }, 403],
    ['GET', { host: 'localhost:1' }, 200],
    ['GET', { origin: 'http://evil.example' }, 200],
    ['POST', { origin: 'http://evil.example' }, 403],
    ['POST', { 'sec-fetch-site': 'cross-site' }, 403],
    ['POST', {}, 200],
  ] as const)('%s with %j: %i', async (method, headers, status) => {
    expect((await ask(`${await serve()}/thing`, method, headers)).status).toBe(status);
  });

  it('are never granted CORS', async () => {
    const answer = await ask(`${await serve()}/thing`, 'GET', { origin: 'http://evil.example' });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

it('compresses large answers when asked', async () => {
  const url = await serve();
  const packed = await ask(`${url}/thing`, 'GET', { 'accept-encoding': 'gzip' });
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(packed.body).length).toBe(5000);
  expect((await ask(`${url}/thing`, 'GET')).headers['content-encoding']).toBeUndefined();
});

describe('a taken port', () => {
  it('is left for the next one, or refused', async () => {
    const holder = createTcpServer();
    const port = await new Promise<number>((resolve) =>
      holder.listen(0, '127.0.0.1', () => {
        const address = holder.address();
        resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
      }),
    );
    try {
      const app = createServer(silentLogger);
      open.push(app);
      const listening = await listen(app, `127.0.0.1:${port}`, true);
      expect(listening.wantedPort).toBe(port);
      expect(listening.port).toBeGreaterThan(port);
      const other = createServer(silentLogger);
      open.push(other);
      await expect(listen(other, `127.0.0.1:${port}`, false)).rejects.toThrow('EADDRINUSE');
    } finally {
      holder.close();
    }
  });
});
