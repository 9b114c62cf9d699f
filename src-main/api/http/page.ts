import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { WireError } from '../../../shared/contract.ts';
import { type Column, padTo8, takeColumns } from '../../../shared/page-frame.ts';
import type { Dispatcher } from '../dispatcher.ts';
import { pathOf, pathParameter, route } from './server.ts';

/** Everything that the window loads is its own; Monaco needs inline styles. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.json': 'application/json',
  '.map': 'application/json',
};

const ERROR_STATUS: Readonly<Record<WireError['kind'], number>> = {
  'bad-request': 400,
  parse: 400,
  'not-found': 404,
  execution: 422,
  cancelled: 499,
  timeout: 503,
  unavailable: 503,
  internal: 500,
};

const MAX_EVENT_STREAMS = 32;
/** A page that does not read is cut off; it connects again and asks for everything anew. */
const MAX_UNREAD_BYTES = 256 * 1024;
const HEARTBEAT_MS = 30_000;
/** Clients of the event stream are numbered from here, apart from the windows of the shell. */
const FIRST_PAGE_CLIENT = 1_000_000;

/** The window as a page of a browser: its files, its calls (POST /hearth/call/<name>) and its events (GET /hearth/events). */
export function addPageRoutes(app: FastifyInstance, pageDir: string, dispatcher: Dispatcher): void {
  let nextClient = FIRST_PAGE_CLIENT;
  let streams = 0;

  route(app, '/hearth/call/:name', {
    POST: async (request, reply) => {
      // A header of our own cannot be set by another site's page without a preflight, which is never granted.
      if (request.headers['x-hearth'] !== '1')
        return sendWireError(reply, { kind: 'bad-request', message: 'the header X-Hearth: 1 is missing' });
      if (request.body instanceof SyntaxError)
        return sendWireError(reply, { kind: 'bad-request', message: `the body is no JSON: ${request.body.message}` });
      const controller = new AbortController();
      reply.raw.once('close', () => {
        if (!reply.raw.writableEnded) controller.abort();
      });
      const outcome = await dispatcher.call(pathParameter(request, 'name'), request.body ?? {}, controller.signal);
      if ('error' in outcome) return sendWireError(reply, outcome.error);
      return reply
        .header('cache-control', 'no-store')
        .type('application/octet-stream')
        .send(encodeReply(outcome.reply));
    },
  });

  route(app, '/hearth/events', {
    GET: async (request, reply) => {
      if (request.method === 'HEAD') return reply.type('text/event-stream').send('');
      if (streams >= MAX_EVENT_STREAMS)
        return sendWireError(reply, { kind: 'unavailable', message: `at most ${MAX_EVENT_STREAMS} pages at once` });
      streams++;
      const client = nextClient++;
      reply.hijack();
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      reply.raw.write(': hearth\n\n');
      const heartbeat = setInterval(() => reply.raw.write(':\n\n'), HEARTBEAT_MS);
      dispatcher.open(client, (frame) => {
        if (frame.kind !== 'event') return;
        reply.raw.write(`data: ${JSON.stringify(frame.event)}\n\n`);
        if (reply.raw.writableLength > MAX_UNREAD_BYTES) reply.raw.destroy();
      });
      reply.raw.once('close', () => {
        streams--;
        clearInterval(heartbeat);
        dispatcher.close(client);
      });
      return reply;
    },
  });

  app.setNotFoundHandler(async (request, reply) => {
    const pathname = pathOf(request);
    if (request.method === 'OPTIONS' && pathname.startsWith('/api/v1/')) return reply.code(204).send();
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return reply.code(404).type('text/plain').send('404 page not found\n');
    if (/^\/(?:api|hearth|-)(?:\/|$)/.test(pathname))
      return reply.code(404).type('text/plain').send('404 page not found\n');
    return sendPageFile(reply, pageDir, pathname);
  });
}

/** A file of the built page, or its index for any other path (the page routes by itself). */
async function sendPageFile(reply: FastifyReply, pageDir: string, pathname: string): Promise<FastifyReply> {
  const asset = /^\/[\w./-]+\.\w+$/.test(pathname) && !pathname.includes('..') ? pathname : '/index.html';
  const isAsset = asset !== '/index.html';
  const file = path.join(pageDir, asset);
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true)
    return reply
      .code(404)
      .type('text/plain')
      .send(isAsset ? '404 page not found\n' : 'The page has not been built: npm run build.\n');
  return reply
    .header('content-security-policy', CONTENT_SECURITY_POLICY)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('content-length', found.size)
    .type(CONTENT_TYPES[path.extname(asset)] ?? 'application/octet-stream')
    .send(createReadStream(file));
}

function sendWireError(reply: FastifyReply, error: WireError): FastifyReply {
  return reply.code(ERROR_STATUS[error.kind]).type('application/json').send(JSON.stringify(error));
}

/** See shared/page-frame.ts for the layout. */
export function encodeReply(reply: unknown): Buffer {
  const { plain, columns } = takeColumns(reply);
  const json = Buffer.from(JSON.stringify(plain), 'utf8');
  const columnsAt = padTo8(4 + json.length);
  const body = Buffer.alloc(columns.reduce((size, column) => size + padTo8(column.byteLength), columnsAt));
  body.writeUInt32LE(json.length, 0);
  json.copy(body, 4);
  columns.reduce((at, column) => at + writeColumn(body, at, column), columnsAt);
  return body;
}

function writeColumn(body: Buffer, at: number, column: Column): number {
  body.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
  return padTo8(column.byteLength);
}
