import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { formatGoFloat } from '../../exposition/format-float.ts';
import { labelsToRecord } from '../../model/labels.ts';
import { PushError } from '../../pushgateway/errors.ts';
import type { Family, Metric, PushFormat } from '../../pushgateway/families.ts';
import { withInfinity } from '../../pushgateway/gather.ts';
import { parseGroupingKey } from '../../pushgateway/grouping-key.ts';
import type { PushGroup } from '../../pushgateway/groups.ts';
import type { Pushgateway } from '../../pushgateway/pushgateway.ts';
import type { BuildInfo } from '../parts.ts';
import type { PushMetrics } from '../push-metrics.ts';
import { route } from './server.ts';

const gunzipAsync = promisify(gunzip);
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;
const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

export interface PushgatewayFace {
  readonly pushgateway: Pushgateway;
  readonly build: BuildInfo;
  readonly startedMs: number;
  readonly flags: Readonly<Record<string, string>>;
  readonly metrics: PushMetrics;
}

/** The Pushgateway's HTTP API (spec: pushgateway's README and handler/*.go). */
export function addPushgatewayRoutes(app: FastifyInstance, face: PushgatewayFace): void {
  app.removeContentTypeParser(['application/x-www-form-urlencoded', 'application/json', 'text/plain']);
  for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/plain']) {
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  }
  app.addHook('onResponse', async (request, reply) => {
    const isPush = request.routeOptions.url === '/metrics/*' && /^P(?:U|OS)T$/.test(request.method);
    const handler = handlerName(request.method, request.routeOptions.url);
    if (handler !== null) face.metrics.count(handler, reply.statusCode, request.method);
    if (isPush)
      face.metrics.push(request.method, Number(request.headers['content-length'] ?? 0), reply.elapsedTime / 1000);
  });
  const ok: RouteHandlerMethod = async (_request, reply) => reply.type('text/plain; charset=utf-8').send('OK');
  route(app, '/-/healthy', { GET: ok });
  route(app, '/-/ready', { GET: ok });
  route(app, '/metrics', {
    GET: async (_request, reply) =>
      reply.type(TEXT_FORMAT).send((await face.metrics.text()) + face.pushgateway.exposition()),
  });
  route(app, '/metrics/*', {
    PUT: pushHandler(face, true),
    POST: pushHandler(face, false),
    DELETE: deleteHandler(face),
  });
  route(app, '/api/v1/metrics', {
    GET: async (_request, reply) => sendJson(reply, [...face.pushgateway.groups().values()].map(groupJson)),
  });
  route(app, '/api/v1/status', {
    GET: async (_request, reply) =>
      sendJson(reply, {
        build_information: face.build,
        flags: face.flags,
        start_time: new Date(face.startedMs).toISOString(),
      }),
  });
}

/** Under which name a request is counted; null when it is not: scrapes, and paths that there are not. */
function handlerName(method: string, url: string | undefined): string | null {
  switch (url) {
    case '/metrics/*':
      return method === 'DELETE' ? 'delete' : 'push';
    case undefined:
    case '/metrics':
      return null;
    default:
      return url.replace(/^\/(?:-\/)?/, '');
  }
}

function sendJson(reply: FastifyReply, data: unknown): FastifyReply {
  return reply
    .header('cache-control', 'no-cache, no-store, must-revalidate')
    .type('application/json')
    .send(JSON.stringify({ status: 'success', data }));
}

function pushHandler(face: PushgatewayFace, replace: boolean): RouteHandlerMethod {
  return async (request, reply) =>
    misplaced(request)?.(reply) ??
    answering(reply, 200, async () =>
      face.pushgateway.push(groupingOf(request), await unpacked(request), replace, formatOf(request)),
    );
}

/** Exactly this says protobuf; anything else is text. */
function formatOf(request: FastifyRequest): PushFormat {
  const [type, ...parameters] = String(request.headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim());
  const isFamilies = parameters.includes('proto=io.prometheus.client.MetricFamily');
  const isProtobuf = type === 'application/vnd.google.protobuf' && isFamilies;
  return isProtobuf && parameters.includes('encoding=delimited') ? 'protobuf' : 'text';
}

function deleteHandler(face: PushgatewayFace): RouteHandlerMethod {
  return async (request, reply) =>
    misplaced(request)?.(reply) ?? answering(reply, 202, async () => face.pushgateway.delete(groupingOf(request)));
}

/** Paths that Go's router answers itself: an empty job, and those that do not begin with the job. */
function misplaced(request: FastifyRequest): ((reply: FastifyReply) => FastifyReply) | null {
  const path = request.url.replace(/[?#].*$/, '');
  if (/^\/metrics\/job(?:@base64)?\/$/.test(path))
    return (reply) => reply.code(307).header('location', path.slice(0, -1)).send('');
  if (!/^\/metrics\/job(?:@base64)?\/./.test(path))
    return (reply) => reply.code(404).type('text/plain; charset=utf-8').send('404 page not found\n');
  return null;
}

async function answering(reply: FastifyReply, success: number, action: () => Promise<void>): Promise<FastifyReply> {
  try {
    await action();
    return reply.code(success).send('');
  } catch (error) {
    if (!(error instanceof PushError)) throw error;
    return reply.code(400).type('text/plain; charset=utf-8').send(`${error.message}\n`);
  }
}

function groupingOf(request: FastifyRequest): ReturnType<typeof parseGroupingKey> {
  const raw = request.url.replace(/[?#].*$/, '').slice('/metrics/'.length);
  try {
    return parseGroupingKey(decodeURIComponent(raw));
  } catch (error) {
    throw error instanceof URIError ? new PushError(`invalid URL escape in ${JSON.stringify(raw)}`) : error;
  }
}

async function unpacked(request: FastifyRequest): Promise<Uint8Array> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  if (String(request.headers['content-encoding'] ?? '').toLowerCase() !== 'gzip') return body;
  try {
    return await gunzipAsync(body, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    throw new PushError(error instanceof Error ? error.message : String(error));
  }
}

function groupJson(group: PushGroup): Record<string, unknown> {
  const grouping = labelsToRecord(group.labels);
  const own = (name: string, help: string, ms: number) => ({
    [name]: {
      time_stamp: goTime(ms),
      type: 'GAUGE',
      help,
      metrics: [{ labels: { instance: '', ...grouping }, value: formatGoFloat(ms / 1000) }],
    },
  });
  const families = [...group.families.values()].map(
    ({ family, pushedAtMs }) =>
      [
        family.name,
        {
          time_stamp: goTime(pushedAtMs),
          type: family.type,
          ...(family.help === '' ? {} : { help: family.help }),
          metrics: family.metrics.map((metric) => metricJson(family, metric)),
        },
      ] as const,
  );
  return {
    labels: grouping,
    last_push_successful: group.failureTimeMs <= group.pushTimeMs,
    ...Object.fromEntries(families),
    ...own(
      'push_time_seconds',
      'Last Unix time when changing this group in the Pushgateway succeeded.',
      group.pushTimeMs,
    ),
    ...own(
      'push_failure_time_seconds',
      'Last Unix time when changing this group in the Pushgateway failed.',
      group.failureTimeMs,
    ),
  };
}

/** Go's zero time stands for never. */
function goTime(ms: number): string {
  return ms === 0 ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString();
}

function metricJson(family: Family, metric: Metric): Record<string, unknown> {
  const labels = { instance: '', ...labelsToRecord(metric.labels) };
  const points = (pairs: Metric['points']) =>
    Object.fromEntries(pairs.map(([key, value]) => [formatGoFloat(key), formatGoFloat(value)]));
  const totals = { count: formatGoFloat(metric.count), sum: formatGoFloat(metric.value) };
  switch (family.type) {
    case 'SUMMARY':
      return { labels, quantiles: points(metric.points), ...totals };
    case 'HISTOGRAM':
      return { labels, buckets: points(withInfinity(metric)), ...totals };
    case 'COUNTER':
    case 'GAUGE':
    case 'UNTYPED':
      return { labels, value: formatGoFloat(metric.value) };
  }
}
