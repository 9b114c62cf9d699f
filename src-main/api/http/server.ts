import { once } from 'node:events';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteHandlerMethod,
} from 'fastify';
import { z } from 'zod';
import type { Logger } from '../../model/log.ts';
import { isForeignHost, isForeignOrigin } from './origin.ts';

const gzipAsync = promisify(gzip);
const GZIP_FROM_BYTES = 1024;
/** What is compressed comes out in pieces of so many bytes: each costs a turn. */
const MIN_GZIP_CHUNK = 16 * 1024;
const MAX_GZIP_CHUNK = 256 * 1024;
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const MAX_CONNECTIONS = 512;
const PORTS_TO_TRY = 100;
const MAX_LOGGED_CHARS = 500;

const pathParameters = z.record(z.string(), z.string());

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const;
export type Method = (typeof METHODS)[number];

/** Adds a path: the methods that it knows, and 405 with `Allow` for the others. A GET serves HEAD too. */
export function route(app: FastifyInstance, path: string, handlers: Partial<Record<Method, RouteHandlerMethod>>): void {
  const known: Partial<Record<Method, RouteHandlerMethod>> =
    handlers.GET !== undefined ? { HEAD: handlers.GET, ...handlers } : handlers;
  const allow = METHODS.filter((method) => known[method] !== undefined).join(', ');
  const preflight: RouteHandlerMethod = async (_request, reply) => reply.code(204).header('allow', allow).send();
  for (const method of METHODS) {
    const refuse: RouteHandlerMethod = async (_request, reply) =>
      reply.code(405).header('allow', allow).type('text/plain').send('Method Not Allowed\n');
    app.route({
      method,
      url: path,
      exposeHeadRoute: false,
      handler: known[method] ?? (method === 'OPTIONS' ? preflight : refuse),
    });
  }
}

/**
 * An HTTP server with what every face of Hearth shares: requests under a foreign Host name (DNS rebinding) and state
 * changes from another site's page are refused, bodies and connections are bounded, large replies are compressed when asked.
 */
export function createServer(logger: Logger): FastifyInstance {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: 60_000,
    connectionTimeout: 300_000,
    keepAliveTimeout: 65_000,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 8192 },
    forceCloseConnections: true,
    exposeHeadRoutes: false,
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  app.server.headersTimeout = 10_000;
  app.addHook('onRequest', refuseForeign);
  app.addHook('onRequest', redirectUnclean);
  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode !== 500) return payload;
    const answer = typeof payload === 'string' ? payload.slice(0, MAX_LOGGED_CHARS) : '';
    logger.error({ method: request.method, path: pathOf(request), answer }, 'a request could not be answered');
    return payload;
  });
  app.addHook('onSend', compress);
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, parseJson(String(body))),
  );
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return app;
}

/** undefined for an empty body; a SyntaxError, not thrown, for what is no JSON: the handler words the refusal. */
function parseJson(body: string): unknown {
  if (body.trim() === '') return undefined;
  try {
    return JSON.parse(body);
  } catch (error) {
    return error;
  }
}

async function refuseForeign(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (isForeignHost(request.headers.host)) {
    await reply
      .code(403)
      .type('text/plain')
      .send(`Host ${JSON.stringify(request.headers.host ?? '')} is not one of this computer's names.\n`);
    return;
  }
  const readOnly = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
  if (!readOnly && isForeignOrigin(request.headers)) {
    await reply.code(403).type('text/plain').send('Requests of other sites may not change anything here.\n');
  }
}

/** As Go's router: a path with an empty part is asked for again without it. */
async function redirectUnclean(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const path = pathOf(request);
  if (!path.includes('//')) return;
  const location = `${path.replace(/\/{2,}/g, '/')}${request.url.slice(path.length)}`;
  await reply.code(301).header('location', location).send('');
}

/** The path as it was sent, without the query. */
export function pathOf(request: FastifyRequest): string {
  return request.url.replace(/[?#].*$/s, '');
}

/** One of the placeholders in the path of a route; '' when it has none of that name. */
export function pathParameter(request: FastifyRequest, name: string): string {
  const parsed = pathParameters.safeParse(request.params);
  return parsed.success ? (parsed.data[name] ?? '') : '';
}

async function compress(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload;
  const size = Buffer.byteLength(payload);
  const wanted = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (!wanted || size < GZIP_FROM_BYTES || reply.hasHeader('content-encoding')) return payload;
  reply.header('content-encoding', 'gzip').header('vary', 'Accept-Encoding').removeHeader('content-length');
  return gzipAsync(payload, { level: 1, chunkSize: Math.min(MAX_GZIP_CHUNK, Math.max(MIN_GZIP_CHUNK, size >> 2)) });
}

export interface Listening {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The port asked for when another was taken instead, else 0. */
  readonly wantedPort: number;
}

/** Listens on `host:port`; on a taken port tries the next ones when `nextFreePort`. Rejects with what the system said. */
export async function listen(app: FastifyInstance, address: string, nextFreePort: boolean): Promise<Listening> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  const wantedPort = Number(address.slice(colon + 1));
  await app.ready();
  for (let port = wantedPort; ; port++) {
    try {
      app.server.listen({ port, ...(host === '' ? {} : { host }) });
      await once(app.server, 'listening');
      break;
    } catch (error) {
      if (!nextFreePort || !isAddressInUse(error) || port - wantedPort >= PORTS_TO_TRY) throw error;
    }
  }
  const bound = app.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : wantedPort;
  const shownHost =
    host === '' || host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shownHost}:${port}`,
    host,
    port,
    wantedPort: wantedPort !== 0 && port !== wantedPort ? wantedPort : 0,
  };
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
