import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { padTo8, putColumns } from '../../../shared/page-frame.ts';
import { startTestHearth, type TestHearth } from '../test-hearth.ts';

let hearth: TestHearth;
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'hearth-page-'));
  mkdirSync(path.join(dir, 'page/assets'), { recursive: true });
  writeFileSync(path.join(dir, 'page/index.html'), '<title>page</title>');
  writeFileSync(path.join(dir, 'page/assets/a.js'), 'let a;');
  writeFileSync(path.join(dir, 'secret.txt'), 'secret');
  hearth = await startTestHearth({ options: { pageDir: path.join(dir, 'page') } });
});

afterAll(async () => {
  await hearth[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

const url = () => hearth.url('prometheus');

function call(name: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url()}/hearth/call/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hearth': '1' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });
}

async function replyOf(response: Response): Promise<unknown> {
  const body = await response.arrayBuffer();
  const jsonLength = new DataView(body).getUint32(0, true);
  const plain: unknown = JSON.parse(new TextDecoder().decode(new Uint8Array(body, 4, jsonLength)));
  return putColumns(plain, body, padTo8(4 + jsonLength));
}

describe('files', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', '<title>page</title>', 'no-cache'],
    ['/alerts', 'text/html; charset=utf-8', '<title>page</title>', 'no-cache'],
    ['/graph?g0.expr=up', 'text/html; charset=utf-8', '<title>page</title>', 'no-cache'],
    ['/assets/a.js', 'text/javascript; charset=utf-8', 'let a;', 'public, max-age=31536000, immutable'],
  ])('%s', async (where, type, text, cache) => {
    const response = await fetch(url() + where);
    expect(await response.text()).toBe(text);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('cache-control')).toBe(cache);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    '/assets/no.js',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/api/v1/no',
    '/-/no',
    '/hearth/no',
  ])('%s does not lead out, nor to the page where there is an API', async (where) => {
    expect(await (await fetch(url() + where)).text()).not.toMatch(/secret$/);
    if (!where.includes('2')) expect((await fetch(url() + where)).status).toBe(404);
  });
});

describe('calls', () => {
  it('answer with their columns as bytes', async () => {
    hearth.write([[{ __name__: 'up', job: 'a' }, 1.5]]);
    const response = await call('query.instant', { query: 'up', timeMs: hearth.clock.nowMs() });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await replyOf(response)).toMatchObject({ value: { values: new Float64Array([1.5]) } });
  });

  it.each([
    ['no.such', {}, 404, 'not-found'],
    ['query.instant', {}, 400, 'bad-request'],
    ['query.instant', '{', 400, 'bad-request'],
    ['query.instant', { query: 'up{', timeMs: 0 }, 400, 'parse'],
    ['query.instant', { query: 'label_replace(up, "a", "b", "a", "(")', timeMs: 0 }, 422, 'execution'],
  ])('%s %j: %i %s', async (name, body, status, kind) => {
    const response = await call(name, body);
    expect(await response.json()).toMatchObject({ kind });
    expect(response.status).toBe(status);
  });

  it('of another site are refused', async () => {
    const plain = await call('status.get', {}, { headers: { 'content-type': 'text/plain' } });
    expect([plain.status, await plain.text()]).toEqual([400, expect.stringMatching('X-Hearth')]);
  });
});

it('tells events, and ends with the face', async () => {
  const own = await startTestHearth();
  const response = await fetch(`${own.url('prometheus')}/hearth/events`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe(': hearth\n\n');
  own.dispatcher.broadcast({ kind: 'changed', topic: 'alerts', revision: 3 });
  expect((await reader?.read())?.value).toBe('data: {"kind":"changed","topic":"alerts","revision":3}\n\n');
  const endedAt = performance.now();
  await own[Symbol.asyncDispose]();
  expect(performance.now() - endedAt).toBeLessThan(2000);
  await expect(reader?.read()).rejects.toThrow();
});
