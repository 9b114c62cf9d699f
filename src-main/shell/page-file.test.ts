import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageFile } from './page-file.ts';

const dir = path.resolve('/srv/page');

describe('pageFile', () => {
  it.each([
    ['app://hearth', 'index.html', 'text/html; charset=utf-8'],
    ['app://hearth/', 'index.html', 'text/html; charset=utf-8'],
    ['app://hearth/alerts?fingerprint=ab', 'index.html', 'text/html; charset=utf-8'],
    ['app://hearth/query/deep', 'index.html', 'text/html; charset=utf-8'],
    ['app://hearth/assets/a%20b.js', 'assets/a b.js', 'text/javascript; charset=utf-8'],
    ['app://hearth/inter.woff2', 'inter.woff2', 'font/woff2'],
    ['app://hearth/what.bin', 'what.bin', 'application/octet-stream'],
  ])('answers %s with %s', (url, file, type) => {
    expect(pageFile(url, dir)).toEqual({ file: path.join(dir, file), type });
  });

  it.each([
    'app://elsewhere/index.html',
    'app://hearthside/index.html',
    'http://hearth/index.html',
    'app://hearth/..%2f..%2fetc/passwd.js',
    'app://hearth/%2e%2e%2f%2e%2e%2fsecret.json',
    'app://hearth/%00.js',
    'app://hearth/%E0%A4%A.js',
  ])('refuses %s', (url) => {
    expect(pageFile(url, dir)).toBeNull();
  });
});
