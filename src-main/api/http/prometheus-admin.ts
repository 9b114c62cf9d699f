import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Tsdb } from '../../tsdb/tsdb.ts';
import { ApiError, sendData } from './envelope.ts';
import { badParameter, parametersOf, selectorParameters, timeParameter } from './params.ts';
import { guarded } from './prometheus-query.ts';
import { route } from './server.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Go's strconv.ParseBool. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
]);

/** /admin/tsdb/*: refused unless they were enabled by flag. */
export function addAdminRoutes(app: FastifyInstance, tsdb: Tsdb, isEnabled: boolean): void {
  const admin = (name: string, handler: Handler) => addRoute(app, name, isEnabled ? handler : refuse);
  admin('delete_series', async (request, reply) => {
    const parameters = parametersOf(request);
    const selectors = selectorParameters(parameters, 'match[]');
    if (selectors.length === 0) throw new ApiError('bad_data', 'no match[] parameter provided');
    const startMs = timeParameter(parameters, 'start', Number.MIN_SAFE_INTEGER);
    const endMs = timeParameter(parameters, 'end', Number.MAX_SAFE_INTEGER);
    await tsdb.delete(startMs, endMs, selectors);
    return reply.code(204).send();
  });
  admin('clean_tombstones', async (_request, reply) => {
    await tsdb.cleanTombstones();
    return reply.code(204).send();
  });
  admin('snapshot', async (request, reply) => {
    const name = await tsdb.snapshot(skipsHead(parametersOf(request)));
    return sendData(reply, JSON.stringify({ name }));
  });
}

async function refuse(): Promise<never> {
  throw new ApiError('unavailable', 'admin APIs disabled');
}

function addRoute(app: FastifyInstance, name: string, handler: Handler): void {
  const safe = guarded(handler);
  route(app, `/api/v1/admin/tsdb/${name}`, { POST: safe, PUT: safe });
}

function skipsHead(parameters: URLSearchParams): boolean {
  const text = parameters.get('skip_head') ?? '';
  if (text === '') return false;
  const value = BOOLEANS.get(text);
  if (value !== undefined) return value;
  const reason = `unable to parse boolean: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw badParameter('skip_head', reason);
}
