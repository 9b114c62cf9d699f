import os from 'node:os';
import type { FastifyInstance, FastifyReply, RouteHandlerMethod } from 'fastify';
import { formatDurationMs } from '../../config/duration.ts';
import { effectiveText } from '../../config/effective-text.ts';
import { compareStrings, METRIC_NAME } from '../../model/labels.ts';
import type { ApiParts } from '../parts.ts';
import { ApiError, sendData } from './envelope.ts';
import { limitParameter, parametersOf } from './params.ts';
import { guarded } from './prometheus-query.ts';
import { route } from './server.ts';

const DEFAULT_TOP = 10;
const MAX_TOP = 10_000;

/** /api/v1/status/*, and the management routes of Prometheus. */
export function addStatusRoutes(app: FastifyInstance, parts: ApiParts): void {
  const get = (path: string, data: () => unknown) =>
    route(app, path, { GET: guarded(async (_request, reply) => sendData(reply, JSON.stringify(data()))) });
  get('/api/v1/status/config', () => ({ yaml: effectiveText(parts.configuration().prometheus) }));
  get('/api/v1/status/flags', () => parts.options.flags);
  get('/api/v1/status/buildinfo', () => parts.build);
  get('/api/v1/status/runtimeinfo', () => runtimeInfo(parts));
  get('/api/v1/status/walreplay', () => ({ min: 0, max: 0, current: 0 }));
  get('/api/v1/status/tsdb/blocks', () => ({ blocks: parts.tsdb.blocks() }));
  route(app, '/api/v1/status/tsdb', {
    GET: guarded(async (request, reply) => {
      const limit = limitParameter(parametersOf(request)) || DEFAULT_TOP;
      if (limit > MAX_TOP) throw new ApiError('bad_data', `limit must not exceed ${MAX_TOP}`);
      return sendData(reply, JSON.stringify(cardinality(parts, limit)));
    }),
  });
  addManagementRoutes(app, parts);
}

function addManagementRoutes(app: FastifyInstance, parts: ApiParts): void {
  const text =
    (body: string): RouteHandlerMethod =>
    async (_request, reply) =>
      reply.type('text/plain; charset=utf-8').send(body);
  route(app, '/-/healthy', { GET: text('Prometheus Server is Healthy.\n') });
  route(app, '/-/ready', { GET: text('Prometheus Server is Ready.\n') });
  route(app, '/version', {
    GET: async (_request, reply) => reply.type('application/json').send(JSON.stringify(parts.build)),
  });
  route(app, '/metrics', {
    GET: async (_request, reply) =>
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(await parts.ownMetrics()),
  });
  const reload = lifecycle(parts, async (reply) => {
    const problems = await parts.reload();
    if (problems.length === 0) return reply.send('');
    const reasons = problems.map((p) => `${p.file}:${p.line}:${p.column}: ${p.reason}`).join('; ');
    return reply.code(500).type('text/plain').send(`failed to reload config: ${reasons}\n`);
  });
  const quit = lifecycle(parts, async (reply) => {
    reply.raw.once('finish', parts.requestStop);
    return reply.type('text/plain').send('Requesting termination... Goodbye!');
  });
  const onlyPost: RouteHandlerMethod = async (_request, reply) =>
    reply.code(405).type('text/plain').send('Only POST or PUT requests allowed');
  route(app, '/-/reload', { GET: onlyPost, POST: reload, PUT: reload });
  route(app, '/-/quit', { GET: onlyPost, POST: quit, PUT: quit });
}

function lifecycle(parts: ApiParts, action: (reply: FastifyReply) => Promise<FastifyReply>): RouteHandlerMethod {
  return async (_request, reply) =>
    parts.options.enableLifecycle
      ? action(reply)
      : reply.code(403).type('text/plain').send('Lifecycle API is not enabled.');
}

function runtimeInfo(parts: ApiParts): Record<string, unknown> {
  const { retentionMs, retentionBytes } = parts.options;
  const retention = [
    retentionMs === 0 ? '' : formatDurationMs(retentionMs),
    retentionBytes === 0 ? '' : `${retentionBytes}B`,
  ].filter((part) => part !== '');
  return {
    startTime: new Date(parts.startedMs).toISOString(),
    CWD: process.cwd(),
    hostname: os.hostname(),
    serverTime: new Date(parts.clock.nowMs()).toISOString(),
    reloadConfigSuccess: parts.configProblems().length === 0,
    lastConfigTime: new Date(parts.configuredMs()).toISOString(),
    corruptionCount: parts.tsdb.problems().length,
    goroutineCount: 0,
    GOMAXPROCS: os.availableParallelism(),
    GOMEMLIMIT: 0,
    GOGC: '',
    GODEBUG: '',
    storageRetention: retention.join(' or '),
  };
}

interface Count {
  readonly name: string;
  readonly value: number;
}

function cardinality(parts: ApiParts, limit: number): Record<string, unknown> {
  const head = parts.tsdb.headStats();
  const querier = parts.queryable.querier(head.minTimeMs, head.maxTimeMs);
  try {
    const set = querier.select([]);
    const seriesByMetric = new Map<string, number>();
    const seriesByPair = new Map<string, number>();
    const valuesByName = new Map<string, Set<string>>();
    const bump = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
    for (let i = 0; i < set.length; i++) {
      const labels = set.labels(i);
      for (let k = 0; k < labels.length; k += 2) {
        const name = labels[k] ?? '';
        const value = labels[k + 1] ?? '';
        if (name === METRIC_NAME) bump(seriesByMetric, value);
        bump(seriesByPair, `${name}=${value}`);
        const values = valuesByName.get(name) ?? new Set();
        valuesByName.set(name, values.add(value));
      }
    }
    const sizes = [...valuesByName].map(([name, values]): Count => ({ name, value: values.size }));
    const bytes = [...valuesByName].map(
      ([name, values]): Count => ({ name, value: [...values].reduce((sum, value) => sum + value.length, 0) }),
    );
    return {
      headStats: {
        numSeries: head.series,
        numLabelPairs: head.labelPairs,
        chunkCount: head.chunks,
        minTime: finiteOr0(head.minTimeMs),
        maxTime: finiteOr0(head.maxTimeMs),
      },
      seriesCountByMetricName: top(countsOf(seriesByMetric), limit),
      labelValueCountByLabelName: top(sizes, limit),
      memoryInBytesByLabelName: top(bytes, limit),
      seriesCountByLabelValuePair: top(countsOf(seriesByPair), limit),
    };
  } finally {
    querier.close();
  }
}

/** JSON has no infinities, which an empty head has for its times. */
function finiteOr0(timeMs: number): number {
  return Number.isFinite(timeMs) ? timeMs : 0;
}

function countsOf(counts: ReadonlyMap<string, number>): Count[] {
  return [...counts].map(([name, value]) => ({ name, value }));
}

function top(counts: readonly Count[], limit: number): Count[] {
  return [...counts].sort((a, b) => b.value - a.value || compareStrings(a.name, b.name)).slice(0, limit);
}
