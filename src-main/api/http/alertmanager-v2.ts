import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { z } from 'zod';
import { silenceMatcher } from '../../../shared/alerts.ts';
import { SilenceError } from '../../alertmanager/errors.ts';
import { MatcherList } from '../../alertmanager/matchers.ts';
import type { SilenceView } from '../../alertmanager/silences.ts';
import type { AlertFilter, AlertView } from '../../alertmanager/views.ts';
import { MatcherError, parseMatcher } from '../../config/alert-matchers.ts';
import type { RouteMatcher } from '../../config/alertmanager-config.ts';
import { labelsFromRecord, labelsToRecord } from '../../model/labels.ts';
import { compileAnchored, RegexError } from '../../model/regex.ts';
import type { ApiParts } from '../parts.ts';
import { parametersOf, parseTimeMs } from './params.ts';
import { pathOf, pathParameter, route } from './server.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A refusal with the status and the body that Alertmanager answers with. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** What is sent as JSON: a bare string of a handler, or `{code, message}` of the request's validation. */
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

const time = z.string().refine((text) => text === '' || parseTimeMs(text) !== null);
const labelSet = z.record(z.string(), z.string());
const postedAlerts = z.array(
  z.object({
    labels: labelSet,
    annotations: labelSet.nullish(),
    startsAt: time.nullish(),
    endsAt: time.nullish(),
    generatorURL: z.string().nullish(),
  }),
);
const postedSilence = z.object({
  id: z.string().nullish(),
  matchers: z.array(silenceMatcher.extend({ isRegex: z.boolean(), isEqual: z.boolean().default(true) })),
  startsAt: time,
  endsAt: time,
  createdBy: z.string(),
  comment: z.string(),
});

/** Alertmanager's HTTP API version 2, and its management routes. */
export function addAlertmanagerRoutes(app: FastifyInstance, parts: ApiParts): void {
  const { alertmanager } = parts;
  route(app, '/api/v2/status', { GET: answering(async (_request, reply) => sendJson(reply, statusJson(parts))) });
  route(app, '/api/v2/receivers', {
    GET: answering(async (_request, reply) =>
      sendJson(
        reply,
        alertmanager.receivers().map((name) => ({ name })),
      ),
    ),
  });
  route(app, '/api/v2/alerts', {
    GET: answering(async (request, reply) =>
      sendJson(reply, alertmanager.listAlerts(filterOf(request)).map(alertJson)),
    ),
    POST: answering(async (request, reply) => {
      const problems = alertmanager.putAlerts((bodyOf(request, postedAlerts.nullable(), 'alerts') ?? []).map(alertOf));
      if (problems.length > 0) throw new Refusal(400, problems.join('; '));
      return reply.send('');
    }),
  });
  route(app, '/api/v2/alerts/groups', {
    GET: answering(async (request, reply) =>
      sendJson(reply, alertmanager.alertGroups(filterOf(request)).map(groupJson)),
    ),
  });
  route(app, '/api/v2/silences', {
    GET: answering(async (request, reply) =>
      sendJson(reply, wantedSilences(parts, parametersOf(request)).map(silenceJson)),
    ),
    POST: answering(async (request, reply) =>
      sendJson(reply, { silenceID: setSilence(parts, bodyOf(request, postedSilence, 'silence')) }),
    ),
  });
  route(app, '/api/v2/silence/:id', {
    GET: answering(async (request, reply) => {
      const found = alertmanager.silence(uuidOf(request));
      return found === null ? reply.code(404).send('') : sendJson(reply, silenceJson(found));
    }),
    DELETE: answering(async (request, reply) => {
      alertmanager.expireSilence(uuidOf(request));
      return reply.send('');
    }),
  });
  addManagementRoutes(app, parts);
}

function addManagementRoutes(app: FastifyInstance, parts: ApiParts): void {
  const ok: RouteHandlerMethod = async (_request, reply) => reply.type('text/plain; charset=utf-8').send('OK');
  route(app, '/-/healthy', { GET: ok });
  route(app, '/-/ready', { GET: ok });
  route(app, '/metrics', {
    GET: async (_request, reply) =>
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(await parts.ownMetrics()),
  });
  route(app, '/-/reload', {
    POST: async (_request, reply) => {
      const problems = await parts.reload();
      if (problems.length === 0) return reply.send('');
      return reply
        .code(500)
        .type('text/plain')
        .send(
          `failed to reload config: ${problems.map((p) => `${p.file}:${p.line}:${p.column}: ${p.reason}`).join('; ')}\n`,
        );
    },
  });
  app.setNotFoundHandler(async (request, reply) => {
    return reply
      .code(404)
      .type('application/json')
      .send(JSON.stringify({ code: 404, message: `path ${pathOf(request)} was not found` }));
  });
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

function answering(handler: Handler): Handler {
  return async (request, reply) => {
    reply.header('cache-control', 'no-store');
    try {
      return await handler(request, reply);
    } catch (error) {
      const refusal = refusalOf(error);
      return reply.code(refusal.status).type('application/json').send(JSON.stringify(refusal.body));
    }
  };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof SilenceError) return new Refusal(error.kind === 'not-found' ? 404 : 400, error.message);
  if (error instanceof MatcherError || error instanceof RegexError) return new Refusal(400, error.message);
  return new Refusal(500, error instanceof Error ? error.message : String(error));
}

function sendJson(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.type('application/json').send(JSON.stringify(body));
}

function bodyOf<T>(request: FastifyRequest, shape: z.ZodType<T>, name: string): T {
  const type = String(request.headers['content-type'] ?? '').split(';')[0] ?? '';
  if (type !== 'application/json')
    throw new Refusal(415, {
      code: 415,
      message: `unsupported media type "${type}", only [application/json] are allowed`,
    });
  const { body } = request;
  if (body instanceof SyntaxError) {
    throw new Refusal(400, { code: 400, message: `parsing ${name} body from "" failed, because ${body.message}` });
  }
  if (body === undefined) throw new Refusal(422, { code: 602, message: `${name} in body is required` });
  const parsed = shape.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = (issue?.path ?? []).join('.');
  const isMissing = issue?.code === 'invalid_type' && /received undefined/.test(issue.message);
  if (isMissing) throw new Refusal(422, { code: 602, message: `${at === '' ? name : at} in body is required` });
  throw new Refusal(400, {
    code: 400,
    message: `parsing ${name} body from "" failed, because ${at === '' ? '' : `${at}: `}${issue?.message ?? ''}`,
  });
}

function alertOf(
  posted: z.infer<typeof postedAlerts>[number],
  index: number,
): Parameters<ApiParts['alertmanager']['putAlerts']>[0][number] {
  const ms = (text: string | null | undefined) => (text ? zeroTime(parseTimeMs(text) ?? 0) : 0);
  const generatorUrl = posted.generatorURL ?? '';
  if (generatorUrl !== '' && !URL.canParse(generatorUrl))
    throw new Refusal(422, {
      code: 601,
      message: `${index}.generatorURL in body must be of type uri: ${JSON.stringify(generatorUrl)}`,
    });
  return {
    labels: labelsFromRecord(posted.labels),
    annotations: labelsFromRecord(posted.annotations ?? {}),
    startsAtMs: ms(posted.startsAt),
    endsAtMs: ms(posted.endsAt),
    generatorUrl,
  };
}

/** Go's zero time means that there is none. */
function zeroTime(ms: number): number {
  return Math.max(0, ms);
}

function filterOf(request: FastifyRequest): AlertFilter {
  const parameters = parametersOf(request);
  const matchers = matchersOf(parameters);
  const isOn = (name: string) => /^(?:1|t|T|true|TRUE|True)$/.test(parameters.get(name) ?? 'true');
  const receiver = parameters.get('receiver');
  const list = new MatcherList(matchers);
  return {
    matches: (labels) => list.matches(labels),
    ...(receiver ? { receiver: receiverFilter(receiver) } : {}),
    active: isOn('active'),
    silenced: isOn('silenced'),
    inhibited: isOn('inhibited'),
    muted: isOn('muted'),
  };
}

function receiverFilter(pattern: string): (name: string) => boolean {
  try {
    const regex = compileAnchored(pattern);
    return (name) => regex.matches(name);
  } catch (error) {
    if (error instanceof RegexError) throw new Refusal(400, `failed to parse receiver param: ${error.message}`);
    throw error;
  }
}

/** Each `filter` parameter is one matcher; all must hold. */
function matchersOf(parameters: URLSearchParams): readonly RouteMatcher[] {
  return parameters.getAll('filter').map((text) => {
    if (!isUtf8(Buffer.from(text))) throw new Refusal(400, `bad matcher format: ${text}`);
    return parseMatcher(text);
  });
}

function wantedSilences(parts: ApiParts, parameters: URLSearchParams): SilenceView[] {
  const isOff = (name: string) => /^(?:0|f|F|false|FALSE|False)$/.test(parameters.get(name) ?? '');
  return parts.alertmanager.silences(matchersOf(parameters)).filter((silence) => !isOff(silence.state));
}

function setSilence(parts: ApiParts, posted: z.infer<typeof postedSilence>): string {
  if (posted.matchers.length === 0)
    throw new Refusal(422, { code: 612, message: 'matchers in body should have at least 1 items' });
  return parts.alertmanager.setSilence({
    id: posted.id ? posted.id : null,
    matchers: posted.matchers,
    startsAtMs: zeroTime(parseTimeMs(posted.startsAt) ?? 0),
    endsAtMs: zeroTime(parseTimeMs(posted.endsAt) ?? 0),
    createdBy: posted.createdBy,
    comment: posted.comment,
  });
}

function uuidOf(request: FastifyRequest): string {
  const id = pathParameter(request, 'id');
  if (!UUID.test(id))
    throw new Refusal(422, { code: 601, message: `silenceID in path must be of type uuid: ${JSON.stringify(id)}` });
  return id;
}

function alertJson(alert: AlertView): Record<string, unknown> {
  return {
    annotations: labelsToRecord(alert.annotations),
    endsAt: new Date(alert.endsAtMs).toISOString(),
    fingerprint: alert.fingerprint,
    receivers: alert.receivers.map((name) => ({ name })),
    startsAt: new Date(alert.startsAtMs).toISOString(),
    status: {
      inhibitedBy: alert.status.inhibitedBy,
      mutedBy: alert.status.mutedBy,
      silencedBy: alert.status.silencedBy,
      state: alert.status.state,
    },
    updatedAt: new Date(alert.updatedAtMs).toISOString(),
    ...(alert.generatorUrl === '' ? {} : { generatorURL: alert.generatorUrl }),
    labels: labelsToRecord(alert.labels),
  };
}

function groupJson(group: ReturnType<ApiParts['alertmanager']['alertGroups']>[number]): Record<string, unknown> {
  return {
    alerts: group.alerts.map(alertJson),
    labels: labelsToRecord(group.labels),
    receiver: { name: group.receiver },
  };
}

function silenceJson(silence: SilenceView): Record<string, unknown> {
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    id: silence.id,
    status: { state: silence.state },
    updatedAt: iso(silence.updatedAtMs),
    comment: silence.comment,
    createdBy: silence.createdBy,
    endsAt: iso(silence.endsAtMs),
    matchers: silence.matchers.map(({ name, value, isRegex, isEqual }) => ({ isEqual, isRegex, name, value })),
    startsAt: iso(silence.startsAtMs),
  };
}

function statusJson(parts: ApiParts): Record<string, unknown> {
  const { build, startedMs } = parts;
  return {
    cluster: { status: 'disabled', peers: [] },
    config: { original: parts.configuration().alertmanager.text },
    uptime: new Date(startedMs).toISOString(),
    versionInfo: build,
  };
}
