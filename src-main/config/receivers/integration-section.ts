/** What the sections of all receivers have in common: templates, secrets, addresses, the HTTP client. */
import path from 'node:path';
import { type FullHttpClientConfig, readFullHttpClient } from '../full-http-client.ts';
import { HTTP_CLIENT_KEYS } from '../http-client.ts';
import type { YamlMap } from '../yaml-map.ts';

/** A secret written inline, or a file that is read each time it is needed. */
export type Secret =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string };

/** What every integration has. */
export interface IntegrationOptions {
  readonly sendResolved: boolean;
  readonly http: FullHttpClientConfig;
}

export const COMMON_KEYS = ['send_resolved', 'http_config'] as const;

export function readOptions(
  section: YamlMap,
  { sendResolved, http }: { sendResolved: boolean; http: FullHttpClientConfig },
): IntegrationOptions {
  return { sendResolved: section.bool('send_resolved', sendResolved), http: readClient(section, http) };
}

export function readClient(section: YamlMap, fallback: FullHttpClientConfig): FullHttpClientConfig {
  if (!section.has('http_config')) return fallback;
  return readFullHttpClient(section.map('http_config', 'config.HTTPClientConfig', new Set<string>(HTTP_CLIENT_KEYS)));
}

type Texts<T> = { readonly [K in keyof T]: string };

/** The templates of a section under their names in the file; one that is not written has its default. */
export function readTexts<T extends Readonly<Record<string, string>>>(section: YamlMap, defaults: T): Texts<T> {
  const texts: { [K in keyof T]: string } = { ...defaults };
  for (const key in defaults) if (section.written(key)) texts[key] = section.string(key);
  return texts;
}

/** The secret of `key` or `<key>_file`; null when neither is there. */
export function readSecret(section: YamlMap, key: string): Secret | null {
  section.source.markSecret(section.value(key));
  return readTextOrFile(section, key);
}

/** The same for what may be shown. */
export function readTextOrFile(section: YamlMap, key: string): Secret | null {
  const fileKey = `${key}_file`;
  const [text, file] = [section.string(key), section.string(fileKey)];
  if (text !== '' && file !== '') section.fail(fileKey, `at most one of ${key} & ${fileKey} must be configured`);
  if (file !== '') return { kind: 'file', path: path.resolve(path.dirname(section.source.file), file) };
  return text === '' ? null : { kind: 'text', text };
}

/** A secret address, checked unless a template makes it; null when neither is there. */
export function readSecretUrl(section: YamlMap, key: string): Secret | null {
  const secret = readSecret(section, key);
  if (secret?.kind === 'text') checkUrl(section, key, secret.text);
  return secret;
}

export function required<T>(section: YamlMap, value: T | null, complaint: { key: string; reason: string }): T {
  return value ?? section.fail(complaint.key, complaint.reason);
}

export function readUrl(section: YamlMap, key: string, fallback: string): string {
  const text = section.string(key);
  if (text === '') return fallback;
  checkUrl(section, key, text);
  return text;
}

/** A template makes the whole of it only when it is sent. */
export function checkUrl(section: YamlMap, key: string, text: string): void {
  if (text.includes('{{')) return;
  if (!URL.canParse(text)) section.fail(key, 'missing host for URL');
  const { protocol, hostname } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:')
    section.fail(key, `unsupported scheme "${protocol.slice(0, -1)}" for URL`);
  if (hostname === '') section.fail(key, 'missing host for URL');
}

/** A map of templates. */
export function readTextMap(section: YamlMap, key: string): Readonly<Record<string, string>> {
  return Object.fromEntries(section.pairs(key).map(({ name, value }) => [name, section.source.string(value)]));
}

export function keySet(...parts: readonly (readonly string[] | Readonly<Record<string, string>>)[]): Set<string> {
  return new Set(parts.flatMap((part) => (Array.isArray(part) ? part : Object.keys(part))));
}

/** `{{ template "<name>" . }}` */
export function template(name: string): string {
  return `{{ template "${name}" . }}`;
}

/** A bool that may be left out. */
export function optionalBool(section: YamlMap, key: string): boolean | null {
  return section.has(key) ? section.bool(key, false) : null;
}
