/** An HTTP server that receivers are tested against: it keeps what it gets and answers as it is told. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body as JSON; null when it is none. */
  readonly json: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface TestReceiver {
  /** Without a slash at its end. */
  readonly url: string;
  readonly got: Received[];
  readonly close: () => Promise<void>;
}

/** `answer` null: never. */
export async function testReceiver(answer: (received: Received) => Answer | null = () => ({})): Promise<TestReceiver> {
  const got: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const received = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body,
      json: jsonOf(body),
    };
    got.push(received);
    const said = answer(received);
    if (said === null) return;
    response.writeHead(said.status ?? 200, said.headers).end(said.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { url: `http://127.0.0.1:${port}`, got, close };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
