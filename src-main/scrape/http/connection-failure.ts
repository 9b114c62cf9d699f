import { ScrapeError } from '../errors.ts';
import { ConnectionClosedError } from './plain-client.ts';

/** What went wrong with a connection, as Go words it, where it has words for it. */
export function connectionFailure(
  error: unknown,
  url: string,
  request: { readonly body: { readonly length: number }; readonly signal: AbortSignal },
): ScrapeError {
  const started = request.body.length > 0;
  if (error instanceof ScrapeError)
    return error.kind === 'deadline' && !started
      ? new ScrapeError('deadline', `Get "${url}": ${error.message}`)
      : error;
  const reason = reasonOf(error, started);
  return new ScrapeError('connection', started ? reason : `Get "${url}": ${reason}`);
}

function reasonOf(error: unknown, started: boolean): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConnectionClosedError) return started ? 'unexpected EOF' : 'EOF';
  const code = codeOf(error);
  const host = 'hostname' in error ? String(error.hostname) : '';
  const address = 'address' in error && 'port' in error ? ` ${error.address}:${error.port}` : '';
  switch (code) {
    case 'ECONNREFUSED':
      return `dial tcp${address}: connect: connection refused`;
    case 'ENOTFOUND':
      return `dial tcp: lookup ${host}: no such host`;
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${host}: temporary failure in name resolution`;
    case 'EHOSTUNREACH':
      return `dial tcp${address}: connect: no route to host`;
    case 'ENETUNREACH':
      return `dial tcp${address}: connect: network is unreachable`;
    case 'ECONNRESET':
      return 'read: connection reset by peer';
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'dial tcp: i/o timeout';
    case 'UND_ERR_SOCKET':
      return started ? 'unexpected EOF' : 'EOF';
    default:
      return error.message;
  }
}

/** Whether a connection ended without an answer: a kept one may have been closed as idle just then. */
export function isDroppedConnection(error: unknown): boolean {
  if (error instanceof ConnectionClosedError) return true;
  return error instanceof Error && ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(error));
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
