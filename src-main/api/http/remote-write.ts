import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SeriesLimitError } from '../../model/storage.ts';
import { WriteError } from '../../remote/errors.ts';
import type { WriteReceiver, WriteTally } from '../../remote/write-receiver.ts';
import { WRITE_MESSAGES, type WriteMessage } from '../engine-port.ts';
import { route } from './server.ts';
import { SnappyBodyError, unpacked } from './snappy-body.ts';

const MAX_TOLD_REFUSALS = 20;

const MEDIA_TYPE = 'application/x-protobuf';
const [V1] = WRITE_MESSAGES;

/** POST /api/v1/write: remote write 1.0 and 2.0; 404 with a hint where the receiver is off. */
export function addRemoteWriteRoute(
  app: FastifyInstance,
  receiver: WriteReceiver | null,
  accepted: readonly WriteMessage[],
): void {
  route(app, '/api/v1/write', {
    POST: async (request, reply) => {
      if (receiver === null)
        return sendText(
          reply,
          404,
          'remote write receiver needs to be enabled with --web.enable-remote-write-receiver',
        );
      const refusal = unsupportedEncoding(request);
      if (refusal !== null) return sendText(reply, 415, refusal);
      const message = messageOf(String(request.headers['content-type'] ?? ''), accepted);
      if ('refusal' in message) return sendText(reply, 415, message.refusal);
      return write(receiver, message.message, request, reply);
    },
  });
}

async function write(
  receiver: WriteReceiver,
  message: WriteMessage,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  try {
    const body = await unpacked(request.body);
    if (message !== V1) return sendTally(reply, receiver.writeV2(body));
    receiver.write(body);
    return reply.code(204).send();
  } catch (error) {
    if (error instanceof WriteError || error instanceof SnappyBodyError) return sendText(reply, 400, error.message);
    if (error instanceof SeriesLimitError) return sendText(reply, 429, error.message);
    throw error;
  }
}

/** Remote write 2.0 wants to be told how much was written, also where a part was refused. */
function sendTally(reply: FastifyReply, { samples, histograms, exemplars, refusals }: WriteTally): FastifyReply {
  reply.header('x-prometheus-remote-write-samples-written', samples);
  reply.header('x-prometheus-remote-write-histograms-written', histograms);
  reply.header('x-prometheus-remote-write-exemplars-written', exemplars);
  if (refusals.length === 0) return reply.code(204).send();
  const told = refusals.slice(0, MAX_TOLD_REFUSALS);
  if (refusals.length > told.length) told.push(`and ${refusals.length - told.length} more`);
  return sendText(reply, 400, told.join('\n'));
}

function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`);
}

function unsupportedEncoding(request: FastifyRequest): string | null {
  const encoding = String(request.headers['content-encoding'] || 'snappy');
  return encoding === 'snappy'
    ? null
    : `${encoding} encoding (compression) is not accepted by this server; only snappy is acceptable`;
}

/** The protobuf message that a body is said to be, 1.0 where nothing is said; or why it is not taken. */
function messageOf(
  contentType: string,
  accepted: readonly WriteMessage[],
): { readonly message: WriteMessage } | { readonly refusal: string } {
  const [type = '', ...parameters] = (contentType || MEDIA_TYPE).split(';').map((part) => part.trim());
  if (type !== MEDIA_TYPE)
    return { refusal: `expected ${MEDIA_TYPE} as the first (media) part, got ${contentType} content-type` };
  const named = parameters.find((parameter) => parameter.startsWith('proto='))?.slice('proto='.length) ?? V1;
  const message = WRITE_MESSAGES.find((known) => known === named);
  if (message === undefined)
    return {
      refusal: `got ${contentType} content type; unknown type for remote write protobuf message ${named}, supported: ${WRITE_MESSAGES.join(', ')}`,
    };
  if (accepted.includes(message)) return { message };
  return { refusal: `${named} protobuf message is not accepted by this server; only accepts ${accepted.join(', ')}` };
}
