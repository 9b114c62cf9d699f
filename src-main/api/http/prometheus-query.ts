import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Expr } from '../../../shared/promql/ast.ts';
import { astJson } from '../../../shared/promql/ast-json.ts';
import { parsePromql } from '../../../shared/promql/parse.ts';
import { prettyPromql } from '../../../shared/promql/print.ts';
import type { QueryResult } from '../../promql/result.ts';
import type { ApiParts } from '../parts.ts';
import { ApiError, sendData, sendError, sendWritten } from './envelope.ts';
import {
  badParameter,
  durationParameter,
  limitParameter,
  parametersOf,
  requiredTime,
  timeParameter,
} from './params.ts';
import { expectedBytes, writeQueryData } from './result-json.ts';
import { route } from './server.ts';

const MAX_POINTS = 11_000;

/** /query, /query_range, /format_query, /parse_query. */
export function addQueryRoutes(app: FastifyInstance, parts: ApiParts): void {
  both(app, '/api/v1/query', (request, reply) => instantQuery(parts, request, reply));
  both(app, '/api/v1/query_range', (request, reply) => rangeQuery(parts, request, reply));
  both(app, '/api/v1/format_query', async (request, reply) =>
    sendData(reply, JSON.stringify(prettyPromql(queryOf(parametersOf(request), parts)))),
  );
  both(app, '/api/v1/parse_query', async (request, reply) =>
    sendData(reply, JSON.stringify(astJson(queryOf(parametersOf(request), parts)))),
  );
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Serves GET and POST alike; errors become the API's envelope. */
export function both(app: FastifyInstance, path: string, handler: Handler): void {
  const safe = guarded(handler);
  route(app, path, { GET: safe, POST: safe });
}

export function guarded(handler: Handler): Handler {
  return async (request, reply) => {
    try {
      return await handler(request, reply);
    } catch (error) {
      return sendError(reply, error);
    }
  };
}

function queryOf(parameters: URLSearchParams, parts: ApiParts): Expr {
  return parsePromql(parameters.get('query') ?? '', { experimental: parts.experimental });
}

async function instantQuery(parts: ApiParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const parameters = parametersOf(request);
  const limit = limitParameter(parameters);
  const timeMs = timeParameter(parameters, 'time', parts.clock.nowMs());
  const options = queryOptions(parameters, reply);
  const result = await parts.queryEngine.instant(parts.queryable, queryOf(parameters, parts), timeMs, options);
  return sendResult(reply, result, limit, parameters);
}

async function rangeQuery(parts: ApiParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const parameters = parametersOf(request);
  const limit = limitParameter(parameters);
  const startMs = requiredTime(parameters, 'start');
  const endMs = requiredTime(parameters, 'end');
  if (endMs < startMs) throw badParameter('end', 'end timestamp must not be before start time');
  const stepMs = durationParameter(parameters, 'step');
  if (stepMs <= 0)
    throw badParameter(
      'step',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  if ((endMs - startMs) / stepMs > MAX_POINTS) {
    throw new ApiError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  const options = queryOptions(parameters, reply);
  const expr = queryOf(parameters, parts);
  const result = await parts.queryEngine.range(parts.queryable, expr, { startMs, endMs, stepMs }, options);
  return sendResult(reply, result, limit, parameters);
}

/** The client going away cancels its query. */
function queryOptions(
  parameters: URLSearchParams,
  reply: FastifyReply,
): { readonly signal: AbortSignal; readonly text: string; readonly timeoutMs?: number; readonly lookbackMs?: number } {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) controller.abort();
  });
  return {
    signal: controller.signal,
    text: parameters.get('query') ?? '',
    ...(parameters.get('timeout') ? { timeoutMs: durationParameter(parameters, 'timeout') } : {}),
    ...(parameters.get('lookback_delta') ? { lookbackMs: durationParameter(parameters, 'lookback_delta') } : {}),
  };
}

function sendResult(
  reply: FastifyReply,
  result: QueryResult,
  limit: number,
  parameters: URLSearchParams,
): FastifyReply {
  return sendWritten(reply, expectedBytes(result.value), (out) => {
    const isTruncated = writeQueryData(out, result.value, limit, statsJson(result, parameters.get('stats') ?? ''));
    const warnings = isTruncated ? [...result.warnings, 'results truncated due to limit'] : result.warnings;
    return { warnings, infos: result.infos };
  });
}

function statsJson(result: QueryResult, wanted: string): string {
  if (wanted === '') return '';
  const { samplesRead, peakSamples, prepareMs, evalMs } = result.stats;
  const timings = {
    evalTotalTime: (prepareMs + evalMs) / 1000,
    resultSortTime: 0,
    queryPreparationTime: prepareMs / 1000,
    innerEvalTime: evalMs / 1000,
    execQueueTime: 0,
    execTotalTime: (prepareMs + evalMs) / 1000,
  };
  return `,"stats":${JSON.stringify({ timings, samples: { totalQueryableSamples: samplesRead, peakSamples, samplesRead } })}`;
}
