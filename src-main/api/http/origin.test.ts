import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { isForeignHost, isForeignOrigin } from './origin.ts';

describe('isForeignHost', () => {
  it.each([
    'localhost',
    'localhost:9090',
    'LOCALHOST:9090',
    'app.localhost:9090',
    '127.0.0.1:9090',
    '192.168.1.7',
    '[::1]:9090',
    '[::1]',
    `${os.hostname()}:9090`,
    `${os.hostname()}.local`,
    'host.docker.internal:9090',
  ])('takes %s as this machine', (host) => expect(isForeignHost(host)).toBe(false));

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:9090',
    'localhost.evil.example',
    'localhost@evil.example',
    'evil.example#localhost',
    '127.0.0.1.evil.example',
    'a b',
    '::1',
    '[::1',
    'localhost:123456',
  ])('refuses %s', (host) => expect(isForeignHost(host)).toBe(true));
});

describe('isForeignOrigin', () => {
  it.each([
    ['a tool', {}, false],
    ['the page itself', { origin: 'http://127.0.0.1:9090' }, false],
    ['the page itself, named', { origin: 'http://127.0.0.1:9090', 'sec-fetch-site': 'same-origin' }, false],
    ['another port', { origin: 'http://127.0.0.1:3000' }, true],
    ['another site', { origin: 'http://evil.example' }, true],
    ['a file or a sandbox', { origin: 'null' }, true],
    ['no URL', { origin: 'evil' }, true],
    ['a form of another site', { 'sec-fetch-site': 'cross-site' }, true],
  ])('%s', (_, headers, foreign) => expect(isForeignOrigin({ host: '127.0.0.1:9090', ...headers })).toBe(foreign));
});
