import { readFileSync } from 'node:fs';
import path from 'node:path';
import { errorText } from './errors.ts';
import type { HttpClientConfig, TlsConfig } from './scrape-config.ts';
import { refuse } from './unsupported.ts';
import { mapAt, type YamlMap } from './yaml-map.ts';

/** The keys of HTTPClientConfig, which upstream inlines into others. */
export const HTTP_CLIENT_KEYS = [
  'basic_auth',
  'authorization',
  'oauth2',
  'bearer_token',
  'bearer_token_file',
  'tls_config',
  'follow_redirects',
  'enable_http2',
  'proxy_url',
  'no_proxy',
  'proxy_from_environment',
  'proxy_connect_header',
  'http_headers',
] as const;

const BASIC_AUTH_KEYS = new Set([
  'username',
  'username_file',
  'username_ref',
  'password',
  'password_file',
  'password_ref',
]);
const AUTHORIZATION_KEYS = new Set(['type', 'credentials', 'credentials_file', 'credentials_ref']);
const HEADER_KEYS = new Set(['values', 'secrets', 'files']);
export const TLS_KEYS: ReadonlySet<string> = new Set([
  'ca',
  'ca_file',
  'ca_ref',
  'cert',
  'cert_file',
  'cert_ref',
  'key',
  'key_file',
  'key_ref',
  'server_name',
  'insecure_skip_verify',
  'min_version',
  'max_version',
]);
export const OAUTH2_KEYS: ReadonlySet<string> = new Set([
  'client_id',
  'client_secret',
  'client_secret_file',
  'client_secret_ref',
  'client_certificate_key_id',
  'client_certificate_key',
  'client_certificate_key_file',
  'client_certificate_key_ref',
  'grant_type',
  'signature_algorithm',
  'iss',
  'audience',
  'claims',
  'scopes',
  'token_url',
  'endpoint_params',
  'tls_config',
  'proxy_url',
  'no_proxy',
  'proxy_from_environment',
  'proxy_connect_header',
]);
/** Headers that belong to the client itself (common/config/headers.go). */
const RESERVED_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'date',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-prometheus-scrape-timeout-seconds',
]);

export const DEFAULT_TLS: TlsConfig = {
  caFile: null,
  certFile: null,
  keyFile: null,
  serverName: null,
  insecureSkipVerify: false,
};

export const DEFAULT_HTTP_CLIENT: HttpClientConfig = {
  basicAuth: null,
  authorization: null,
  tls: DEFAULT_TLS,
  followRedirects: true,
  headers: {},
};

/**
 * Reads the client options among the keys of `section`. Secret files are read now, and again at every reload. `full`:
 * the caller reads the others itself (full-http-client.ts), which are refused else.
 */
export function readHttpClient(
  section: YamlMap,
  options: { readonly full: boolean } = { full: false },
): HttpClientConfig {
  if (!options.full) refuseRest(section);
  section.bool('enable_http2', true);
  const bearer = section.has('bearer_token') || section.has('bearer_token_file');
  if (bearer && section.has('bearer_token') && section.has('bearer_token_file'))
    section.fail('bearer_token', 'at most one of bearer_token & bearer_token_file must be configured');
  if (section.has('basic_auth') && bearer)
    section.fail(
      'basic_auth',
      'at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured',
    );
  if (section.has('authorization') && bearer)
    section.fail('authorization', 'authorization is not compatible with bearer_token & bearer_token_file');
  if (section.has('authorization') && section.has('basic_auth'))
    section.fail('authorization', 'at most one of basic_auth, oauth2 & authorization must be configured');
  return {
    basicAuth: readBasicAuth(section),
    authorization: bearer
      ? { type: 'Bearer', credentials: textOrFile(section, 'bearer_token').trim() }
      : readAuthorization(section),
    tls: readTls(section, options),
    followRedirects: section.bool('follow_redirects', true),
    headers: readHeaders(section),
  };
}

function refuseRest(section: YamlMap): void {
  for (const key of ['oauth2', 'proxy_url', 'no_proxy', 'proxy_connect_header'] as const) refuse(section, key);
  if (section.bool('proxy_from_environment', false)) refuse(section, 'proxy_from_environment');
}

function readBasicAuth(section: YamlMap): HttpClientConfig['basicAuth'] {
  if (!section.has('basic_auth')) return null;
  const auth = section.map('basic_auth', 'config.BasicAuth', BASIC_AUTH_KEYS);
  refuse(auth, 'username_ref');
  refuse(auth, 'password_ref');
  return { username: textOrFile(auth, 'username', false), password: textOrFile(auth, 'password') };
}

function readAuthorization(section: YamlMap): HttpClientConfig['authorization'] {
  if (!section.has('authorization')) return null;
  const auth = section.map('authorization', 'config.Authorization', AUTHORIZATION_KEYS);
  refuse(auth, 'credentials_ref');
  const type = (auth.string('type') || 'Bearer').trim();
  if (type.toLowerCase() === 'basic')
    auth.fail('type', `authorization type cannot be set to "basic", use "basic_auth" instead`);
  return { type, credentials: textOrFile(auth, 'credentials').trim() };
}

/** A value given inline or as the content of a file, the two excluding each other. */
export function textOrFile(section: YamlMap, key: string, secret = true): string {
  const fileKey = `${key}_file`;
  if (section.has(key) && section.has(fileKey))
    section.fail(fileKey, `at most one of ${key} & ${fileKey} must be configured`);
  if (section.has(fileKey)) return readSecretFile(section, fileKey);
  return secret ? section.secret(key) : section.string(key);
}

function readSecretFile(section: YamlMap, key: string): string {
  const file = pathBeside(section, key);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    return section.fail(key, `unable to read ${key} ${file}: ${errorText(error)}`);
  }
}

/** A path of the file, relative ones being meant from the file's own folder. */
function pathBeside(section: YamlMap, key: string): string {
  return path.resolve(path.dirname(section.source.file), section.string(key));
}

function readTls(section: YamlMap, options: { readonly full: boolean }): TlsConfig {
  return section.has('tls_config') ? readTlsConfig(section, 'tls_config', options) : DEFAULT_TLS;
}

/** The TLSConfig that stands under `key`. */
export function readTlsConfig(section: YamlMap, key: string, { full }: { readonly full: boolean }): TlsConfig {
  const tls = section.map(key, 'config.TLSConfig', TLS_KEYS);
  if (!full) refuseInlineTls(tls);
  const has = (name: string) => tls.has(name) || tls.has(`${name}_file`);
  if (has('cert') !== has('key'))
    tls.fail(
      has('cert') ? 'cert_file' : 'key_file',
      'exactly one of key or key_file must be configured when a client certificate is configured',
    );
  const file = (key: string) => (tls.has(key) ? pathBeside(tls, key) : null);
  return {
    caFile: file('ca_file'),
    certFile: file('cert_file'),
    keyFile: file('key_file'),
    serverName: tls.string('server_name') || null,
    insecureSkipVerify: tls.bool('insecure_skip_verify', false),
  };
}

function refuseInlineTls(tls: YamlMap): void {
  for (const key of ['ca', 'cert', 'key', 'ca_ref', 'cert_ref', 'key_ref', 'max_version'] as const) refuse(tls, key);
  const minVersion = tls.string('min_version');
  // TLS 1.2 is the lowest anyway.
  if (minVersion === '' || minVersion === 'TLS12') return;
  if (/^TLS1[013]$/.test(minVersion)) refuse(tls, 'min_version');
  else tls.fail('min_version', `unknown TLS version: ${minVersion}`);
}

function readHeaders(section: YamlMap): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const { name, key, value } of section.pairs('http_headers')) {
    if (RESERVED_HEADERS.has(name.toLowerCase())) section.source.fail(key, `setting header "${name}" is not allowed`);
    headers[name] = headerValues(mapAt(section.source, value, { typeName: 'config.Header', keys: HEADER_KEYS })).join(
      ', ',
    );
  }
  return headers;
}

function headerValues(header: YamlMap): readonly string[] {
  for (const item of header.items('secrets', 'config.Secret')) header.source.markSecret(item);
  const files = header.items('files', 'string').map((item) => {
    const file = path.resolve(path.dirname(header.source.file), header.source.string(item));
    try {
      return readFileSync(file, 'utf8').trim();
    } catch (error) {
      return header.source.fail(item, `unable to read ${file}: ${errorText(error)}`);
    }
  });
  return [...header.strings('values'), ...header.strings('secrets'), ...files];
}
