/** Values of a file whose shape is the user's own, as YAML's core schema reads them. */
import { isMap, isScalar, isSeq, type Node, parse } from 'yaml';
import type { YamlSource } from './yaml-source.ts';

export type PlainYaml = string | number | boolean | null | readonly PlainYaml[] | { readonly [key: string]: PlainYaml };

export function plainYaml(source: YamlSource, node: Node | null): PlainYaml {
  const target = source.resolve(node);
  if (isMap(target))
    return Object.fromEntries(
      source.mapEntries(target, 'map').map(({ key, value }) => [source.string(key), plainYaml(source, value)]),
    );
  if (isSeq(target)) return source.list(target, 'value').map((item) => plainYaml(source, item));
  if (source.isNull(target)) return null;
  const text = source.string(target);
  return isScalar(target) && target.type === 'PLAIN' ? plainScalar(text) : text;
}

/** What an unquoted word means: a number, a bool, nothing, or itself. */
function plainScalar(text: string): PlainYaml {
  const value: unknown = parse(text, { logLevel: 'silent' });
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : text;
}

/** A rendered text as a value: what is no text in YAML becomes what it is there, all else stays. */
export function structured(text: string): PlainYaml {
  try {
    const value: unknown = parse(text, { logLevel: 'silent', maxAliasCount: 100 });
    return typeof value === 'string' || value === undefined ? text : plainOf(value);
  } catch {
    return text;
  }
}

function plainOf(value: unknown): PlainYaml {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== 'object') return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainOf(item)]));
}
