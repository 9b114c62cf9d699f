import { isIP } from 'node:net';
import os from 'node:os';

/** Names under which containers reach their host. */
const CONTAINER_HOST_NAMES = ['host.docker.internal', 'host.containers.internal', 'gateway.docker.internal'];

/**
 * Whether a Host header names another machine. A page of a foreign site reaches a loopback server only under its own
 * name (DNS rebinding), never under an address: so addresses and this machine's names pass, other names do not.
 */
export function isForeignHost(header: string | undefined): boolean {
  const name = hostName(header ?? '');
  if (name === null) return true;
  if (isIP(name) !== 0) return false;
  const own = os.hostname().toLowerCase();
  return !(
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === own ||
    name === `${own}.local` ||
    CONTAINER_HOST_NAMES.includes(name)
  );
}

interface OriginHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

/** Whether a browser says that the request comes from another site's page. Tools send neither header. */
export function isForeignOrigin(headers: OriginHeaders): boolean {
  if (headers['sec-fetch-site'] === 'cross-site') return true;
  if (headers.origin === undefined) return false;
  return !URL.canParse(headers.origin) || new URL(headers.origin).host !== headers.host;
}

/** The name of `name:port` or `[address]:port` in lower case; null when it is none. */
function hostName(header: string): string | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:/@\s]+))(?::\d{1,5})?$/.exec(header);
  return match === null ? null : (match[1] ?? match[2] ?? '').toLowerCase();
}
