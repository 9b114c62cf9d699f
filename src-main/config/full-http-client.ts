/** All of HTTPClientConfig: what readHttpClient reads, and OAuth 2, proxies, and certificates written inline. */
import { OAUTH2_KEYS, readHttpClient, readTlsConfig, TLS_KEYS, textOrFile } from './http-client.ts';
import type { HttpClientConfig, TlsConfig } from './scrape-config.ts';
import { refuse } from './unsupported.ts';
import type { YamlMap } from './yaml-map.ts';

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** Inline texts are '' where there are none; versions null where Node's own choice holds. */
export interface FullTlsConfig extends TlsConfig {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly minVersion: TlsVersion | null;
  readonly maxVersion: TlsVersion | null;
}

export interface ProxyConfig {
  /** '' when it is taken from the environment. */
  readonly url: string;
  readonly fromEnvironment: boolean;
  /** As in the file: hosts, domains, addresses and networks, with or without a port. */
  readonly noProxy: string;
  /** Sent with CONNECT. */
  readonly connectHeaders: Readonly<Record<string, readonly string[]>>;
}

export interface OAuth2Config {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenUrl: string;
  readonly scopes: readonly string[];
  readonly endpointParams: Readonly<Record<string, string>>;
  readonly tls: FullTlsConfig;
  readonly proxy: ProxyConfig | null;
}

export interface FullHttpClientConfig extends HttpClientConfig {
  readonly tls: FullTlsConfig;
  readonly oauth2: OAuth2Config | null;
  readonly proxy: ProxyConfig | null;
}

const VERSIONS: Readonly<Record<string, TlsVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

const FULL = { full: true };

export const FULL_TLS: FullTlsConfig = {
  caFile: null,
  certFile: null,
  keyFile: null,
  serverName: null,
  insecureSkipVerify: false,
  ca: '',
  cert: '',
  key: '',
  minVersion: null,
  maxVersion: null,
};

export const FULL_HTTP_CLIENT: FullHttpClientConfig = {
  basicAuth: null,
  authorization: null,
  tls: FULL_TLS,
  followRedirects: true,
  headers: {},
  oauth2: null,
  proxy: null,
};

/** Reads the client options among the keys of `http`. */
export function readFullHttpClient(http: YamlMap): FullHttpClientConfig {
  const oauth2 = readOAuth2(http);
  const plain = readHttpClient(http, FULL);
  if (oauth2 !== null && (plain.basicAuth !== null || plain.authorization !== null))
    http.fail('oauth2', 'at most one of basic_auth, oauth2 & authorization must be configured');
  return { ...plain, tls: readFullTls(http, 'tls_config'), oauth2, proxy: readProxy(http) };
}

export function readFullTls(section: YamlMap, key: string): FullTlsConfig {
  if (!section.has(key)) return FULL_TLS;
  const tls = section.map(key, 'config.TLSConfig', TLS_KEYS);
  for (const ref of ['ca_ref', 'cert_ref', 'key_ref'] as const) refuse(tls, ref);
  for (const name of ['ca', 'cert', 'key'] as const)
    if (tls.has(name) && tls.has(`${name}_file`))
      tls.fail(`${name}_file`, `at most one of ${name} and ${name}_file must be configured`);
  return {
    ...readTlsConfig(section, key, FULL),
    ca: tls.string('ca'),
    cert: tls.string('cert'),
    key: tls.secret('key'),
    minVersion: readVersion(tls, 'min_version'),
    maxVersion: readVersion(tls, 'max_version'),
  };
}

function readVersion(tls: YamlMap, key: string): TlsVersion | null {
  const text = tls.string(key);
  if (text === '') return null;
  return VERSIONS[text] ?? tls.fail(key, `unknown TLS version: ${text}`);
}

function readProxy(section: YamlMap): ProxyConfig | null {
  const url = section.string('proxy_url');
  const fromEnvironment = section.bool('proxy_from_environment', false);
  const noProxy = section.string('no_proxy');
  if (fromEnvironment && url !== '')
    section.fail('proxy_url', 'if proxy_from_environment is configured, proxy_url must not be configured');
  if (fromEnvironment && noProxy !== '')
    section.fail('no_proxy', 'if proxy_from_environment is configured, no_proxy must not be configured');
  if (url === '' && noProxy !== '')
    section.fail('no_proxy', 'if no_proxy is configured, proxy_url must also be configured');
  if (url !== '' && !URL.canParse(url)) section.fail('proxy_url', `parse "${url}": invalid URL`);
  section.source.markSecret(section.value('proxy_url'), url.replace(/:[^:@/]*@/, ':xxxxx@'));
  if (url === '' && !fromEnvironment) return null;
  const connectHeaders = Object.fromEntries(
    section.pairs('proxy_connect_header').map(({ name, value }) => {
      section.source.markSecret(value);
      return [name, section.source.list(value, 'string').map((item) => section.source.string(item))];
    }),
  );
  return { url, fromEnvironment, noProxy, connectHeaders };
}

function readOAuth2(http: YamlMap): OAuth2Config | null {
  if (!http.has('oauth2')) return null;
  const oauth2 = http.map('oauth2', 'config.OAuth2', OAUTH2_KEYS);
  for (const key of [
    'client_secret_ref',
    'grant_type',
    'client_certificate_key_id',
    'client_certificate_key',
    'client_certificate_key_file',
    'client_certificate_key_ref',
    'signature_algorithm',
    'iss',
    'audience',
    'claims',
  ] as const)
    if (key !== 'grant_type' || oauth2.string(key) !== 'client_credentials') refuse(oauth2, key);
  const clientId = oauth2.string('client_id');
  const tokenUrl = oauth2.string('token_url');
  if (clientId === '') oauth2.fail('client_id', 'oauth2 client_id must be configured');
  const clientSecret = textOrFile(oauth2, 'client_secret');
  if (tokenUrl === '') oauth2.fail('token_url', 'oauth2 token_url must be configured');
  return {
    clientId,
    clientSecret,
    tokenUrl,
    scopes: oauth2.strings('scopes'),
    endpointParams: Object.fromEntries(
      oauth2.pairs('endpoint_params').map(({ name, value }) => [name, oauth2.source.string(value)]),
    ),
    tls: readFullTls(oauth2, 'tls_config'),
    proxy: readProxy(oauth2),
  };
}
