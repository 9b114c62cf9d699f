/** Which proxy a request goes through (golang.org/x/net/http/httpproxy, and common/config's use of it). */
import { BlockList, isIP } from 'node:net';
import type { ProxyConfig } from '../../config/full-http-client.ts';

/** The proxy's address, or null for none. `environment`: the process's variables. */
export function proxyFor(url: URL, proxy: ProxyConfig | null, environment: NodeJS.ProcessEnv): string | null {
  if (proxy === null) return null;
  if (!proxy.fromEnvironment && proxy.noProxy === '') return proxy.url;
  const variable = (name: string) => environment[name.toUpperCase()] || environment[name] || '';
  const address = proxy.fromEnvironment
    ? variable(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy')
    : proxy.url;
  const exceptions = proxy.fromEnvironment ? variable('no_proxy') : proxy.noProxy;
  return address === '' || isExcepted(url, exceptions) ? null : withScheme(address);
}

function withScheme(address: string): string {
  return address.includes('://') ? address : `http://${address}`;
}

/** This computer is never behind a proxy. */
function isExcepted(url: URL, exceptions: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || (isIP(host) !== 0 && isLoopback(host))) return true;
  return exceptions.split(',').some((text) => matches(text.trim().toLowerCase(), { host, port }));
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function matches(exception: string, { host, port }: { readonly host: string; readonly port: string }): boolean {
  if (exception === '') return false;
  if (exception === '*') return true;
  if (exception.includes('/')) return isInNetwork(exception, host);
  const [, name = '', wantedPort] =
    /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(exception) === 6 ? `[${exception}]` : exception) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  if (isIP(name) !== 0) return name === host;
  const suffix = name.replace(/^\*/, '');
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function isInNetwork(network: string, host: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0 || isIP(address) !== isIP(host) || !/^\d+$/.test(bits)) return false;
  const list = new BlockList();
  try {
    list.addSubnet(address, Number(bits), family);
  } catch {
    return false;
  }
  return list.check(host, family);
}
