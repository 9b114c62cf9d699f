import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { uncompress } from 'snappy';
import { SeriesLimitError } from '../../model/storage.ts';
import { WriteError } from '../../remote/errors.ts';
import type { WriteReceiver } from '../../remote/write-receiver.ts';
import { route } from './server.ts';

const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;

/** POST /api/v1/write: remote write 1.0; 404 with a hint where the receiver is off. */
export function addRemoteWriteRoute(app: FastifyInstance, receiver: WriteReceiver | null): void {
  route(app, '/api/v1/write', {
    POST: async (request, reply) => {
      if (receiver === null)
        return sendText(
          reply,
          404,
          'remote write receiver needs to be enabled with --web.enable-remote-write-receiver',
        );
      const refusal = unsupported(request);
      if (refusal !== null) return sendText(reply, 415, refusal);
      return write(receiver, request, reply);
    },
  });
}

async function write(receiver: WriteReceiver, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  try {
    receiver.write(await unpacked(request.body));
    return reply.code(204).send();
  } catch (error) {
    if (error instanceof WriteError) return sendText(reply, 400, error.message);
    if (error instanceof SeriesLimitError) return sendText(reply, 429, error.message);
    throw error;
  }
}

function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`);
}

/** Why the headers cannot be honoured; null when they can. */
function unsupported(request: FastifyRequest): string | null {
  const [type = '', ...parameters] = String(request.headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim());
  if (type !== 'application/x-protobuf')
    return `expected application/x-protobuf as the first (media) part, got ${JSON.stringify(type)} content-type`;
  const proto = parameters.find((parameter) => parameter.startsWith('proto='));
  if (proto !== undefined && proto !== 'proto=prometheus.WriteRequest')
    return `${proto.slice('proto='.length)} protobuf message is not accepted by this server; only prometheus.WriteRequest`;
  const encoding = String(request.headers['content-encoding'] ?? 'snappy');
  return encoding === 'snappy'
    ? null
    : `${encoding} encoding (compression) is not accepted by this server; only snappy is acceptable`;
}

async function unpacked(body: unknown): Promise<Uint8Array> {
  const packed = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  if (declaredLength(packed) > MAX_UNPACKED_BYTES)
    throw new WriteError(`the request is larger than ${MAX_UNPACKED_BYTES} bytes unpacked`);
  try {
    return Buffer.from(await uncompress(packed));
  } catch (error) {
    throw new WriteError(`snappy: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The length that a snappy block says it has (its leading varint); infinite when that is malformed. */
function declaredLength(packed: Uint8Array): number {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = packed[i];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return length;
  }
  return Number.POSITIVE_INFINITY;
}
