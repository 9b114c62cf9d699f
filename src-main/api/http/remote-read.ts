import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { compress } from 'snappy';
import { Gate } from '../../promql/gate.ts';
import { ReadError } from '../../remote/errors.ts';
import { ReadServer } from '../../remote/read-server.ts';
import { SampleChunkWriter } from '../../tsdb/chunk/sample-chunks.ts';
import type { ApiParts } from '../parts.ts';
import { route } from './server.ts';
import { SnappyBodyError, unpacked } from './snappy-body.ts';

/** As many as the head puts into a chunk. */
const SAMPLES_A_CHUNK = 120;
const MAX_WAIT_MS = 120_000;

/** POST /api/v1/read: remote read, as samples or as a stream of chunks. */
export function addRemoteReadRoute(app: FastifyInstance, parts: ApiParts): void {
  const { maxSamples, maxConcurrent, maxFrameBytes } = parts.options.remoteRead;
  const gate = new Gate(maxConcurrent, parts.clock);
  const chunks = new SampleChunkWriter(SAMPLES_A_CHUNK);
  const server = new ReadServer({
    queryable: parts.queryable,
    externalLabels: () => parts.configuration().prometheus.global.externalLabels,
    maxSamples,
    maxFrameBytes,
    writeChunks: (columns, onChunk) =>
      chunks.write(columns, ({ bytes, start, end, ...chunk }) =>
        onChunk({ ...chunk, bytes: bytes.subarray(start, end) }),
      ),
  });
  route(app, '/api/v1/read', {
    POST: async (request, reply) => {
      await gate.enter(null, MAX_WAIT_MS);
      reply.raw.once('close', () => gate.leave());
      return read(server, request, reply);
    },
  });
}

async function read(server: ReadServer, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  try {
    const { queries, responseType } = server.decode(await unpacked(request.body));
    if (responseType === 'streamed-chunks') {
      reply.type('application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse');
      return reply.send(Readable.from(server.frames(queries), { objectMode: false }));
    }
    const packed = await compress(Buffer.from(server.samples(queries)));
    return reply.type('application/x-protobuf').header('content-encoding', 'snappy').send(packed);
  } catch (error) {
    if (!(error instanceof ReadError || error instanceof SnappyBodyError)) throw error;
    return reply.code(400).type('text/plain; charset=utf-8').send(`${error.message}\n`);
  }
}
