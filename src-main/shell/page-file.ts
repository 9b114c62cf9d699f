/** Which file answers a request of the window, and as what. */
import path from 'node:path';

export const PAGE_SCHEME = 'app';
export const PAGE_ORIGIN = 'app://hearth';

/** Monaco sets styles from scripts; nothing else may come from elsewhere than the page itself. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

export interface PageFile {
  readonly file: string;
  readonly type: string;
}

/** Routes of the window (no file extension) are answered with index.html. null: not ours, or out of the folder. */
export function pageFile(url: string, pageDir: string): PageFile | null {
  if (!isPageUrl(url)) return null;
  const name = decoded(new URL(url).pathname);
  if (name === null || name.includes('\0')) return null;
  const extension = path.posix.extname(name);
  const file = path.join(pageDir, extension === '' ? 'index.html' : name);
  if (!file.startsWith(pageDir + path.sep)) return null;
  return { file, type: TYPES[extension === '' ? '.html' : extension] ?? 'application/octet-stream' };
}

export function isPageUrl(url: string): boolean {
  return url === PAGE_ORIGIN || url.startsWith(`${PAGE_ORIGIN}/`);
}

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null;
  }
}
