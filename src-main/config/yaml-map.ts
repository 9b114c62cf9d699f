import { isMap, type Node } from 'yaml';
import { parseDuration } from '../../shared/promql/duration.ts';
import { type Labels, labelsOf } from '../model/labels.ts';
import type { YamlEntry, YamlSource } from './yaml-source.ts';

const TRUE = new Set(['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'y', 'Y']);
const FALSE = new Set(['false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'n', 'N']);
const BYTE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 2 ** 10,
  KiB: 2 ** 10,
  MB: 2 ** 20,
  MiB: 2 ** 20,
  GB: 2 ** 30,
  GiB: 2 ** 30,
  TB: 2 ** 40,
  TiB: 2 ** 40,
  PB: 2 ** 50,
  PiB: 2 ** 50,
  EB: 2 ** 60,
  EiB: 2 ** 60,
};

const GO_UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** The keys that a map may have. */
export type KnownKeys = Pick<ReadonlySet<string>, 'has'>;

interface MapShape {
  /** As Go's decoder names it. */
  readonly typeName: string;
  readonly keys: KnownKeys;
}

/** The top level as a map; an empty file is an empty map. */
export function rootMap(source: YamlSource, shape: MapShape): YamlMap {
  return mapAt(source, source.contents, shape);
}

/** The top level as a list of maps. */
export function rootMaps(source: YamlSource, shape: MapShape): readonly YamlMap[] {
  return source.list(source.contents, shape.typeName).map((item) => mapAt(source, item, shape));
}

/** What has to be a map, or null, which is an empty one. */
export function mapAt(source: YamlSource, node: Node | null, { typeName, keys }: MapShape): YamlMap {
  const target = source.resolve(node);
  if (source.isNull(target)) return new YamlMap(source, { typeName, node: null, entries: [] }, keys);
  return new YamlMap(source, { typeName, node: target, entries: source.mapEntries(target, typeName) }, keys);
}

/** A map of the file whose keys are known: values are read by key, as their type, with the place of what is wrong. */
export class YamlMap {
  readonly source: YamlSource;
  readonly typeName: string;
  /** The map itself; null when it was left empty. */
  readonly node: Node | null;
  readonly #entries: ReadonlyMap<string, YamlEntry>;

  /** Throws ConfigError for the first key that is not in `keys`. */
  constructor(
    source: YamlSource,
    shape: { readonly typeName: string; readonly node: Node | null; readonly entries: readonly YamlEntry[] },
    keys: KnownKeys,
  ) {
    this.source = source;
    this.typeName = shape.typeName;
    this.node = shape.node;
    const entries = new Map<string, YamlEntry>();
    for (const entry of shape.entries) {
      const key = source.string(entry.key);
      if (!keys.has(key)) source.fail(entry.key, `field ${key} not found in type ${shape.typeName}`);
      entries.set(key, entry);
    }
    this.#entries = entries;
  }

  /** Whether the key is there with a value that is not null. */
  has(key: string): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && !this.source.isNull(entry.value);
  }

  /** Whether the key is written at all, if only as null. */
  written(key: string): boolean {
    return this.#entries.has(key);
  }

  keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  value(key: string): Node | null {
    return this.#entries.get(key)?.value ?? null;
  }

  /** Refuses the value of `key`, at its place; at the map's place when the key is not there. */
  fail(key: string, reason: string): never {
    const entry = this.#entries.get(key);
    const value = entry === undefined || this.source.isNull(entry.value) ? null : entry.value;
    this.source.fail(value ?? entry?.key ?? this.node, reason);
  }

  /** Refuses the key itself. */
  failKey(key: string, reason: string): never {
    this.source.fail(this.#entries.get(key)?.key ?? this.node, reason);
  }

  string(key: string, fallback = ''): string {
    return this.written(key) ? this.source.string(this.value(key)) : fallback;
  }

  secret(key: string): string {
    this.source.markSecret(this.value(key));
    return this.string(key);
  }

  oneOf<const T extends string>(key: string, allowed: readonly T[], options: { fallback: T; reason: string }): T {
    if (!this.has(key)) return options.fallback;
    const text = this.string(key);
    const found = allowed.find((candidate) => candidate === text);
    return found ?? this.fail(key, options.reason.replace('%s', text));
  }

  bool(key: string, fallback: boolean): boolean {
    if (!this.has(key)) return fallback;
    const text = this.string(key);
    if (TRUE.has(text)) return true;
    if (FALSE.has(text)) return false;
    return this.fail(key, `cannot unmarshal ${this.source.describe(this.value(key))} into bool`);
  }

  /** A whole number of at least 0. */
  uint(key: string, fallback: number): number {
    if (!this.has(key)) return fallback;
    const text = this.string(key).replaceAll('_', '');
    const value = /^\+?(?:\d+|0x[0-9a-fA-F]+)$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
    return this.fail(key, `cannot unmarshal ${this.source.describe(this.value(key))} into uint`);
  }

  float(key: string, fallback: number): number {
    if (!this.has(key)) return fallback;
    const value = Number(this.string(key));
    if (Number.isFinite(value)) return value;
    return this.fail(key, `cannot unmarshal ${this.source.describe(this.value(key))} into float64`);
  }

  durationMs(key: string, fallbackMs: number): number {
    if (!this.written(key)) return fallbackMs;
    // A null leaves the default alone; "" does not.
    if (!this.has(key)) return fallbackMs;
    const parsed = parseDuration(this.string(key));
    return 'ms' in parsed ? parsed.ms : this.fail(key, parsed.message);
  }

  /** As Go's time.ParseDuration reads it: `1h30m`, `1.5s`. */
  goDurationMs(key: string, fallbackMs: number): number {
    if (!this.has(key)) return fallbackMs;
    const text = this.string(key);
    const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)];
    const length = parts.reduce((sum, [part]) => sum + part.length, 0);
    if (text === '0') return 0;
    if (text === '' || length !== text.length) return this.fail(key, `time: invalid duration "${text}"`);
    return parts.reduce((sum, [, value, unit]) => sum + Number(value) * (GO_UNITS_MS[unit ?? ''] ?? 0), 0);
  }

  /** Whether the value of `key` is a map. */
  isMap(key: string): boolean {
    return isMap(this.source.resolve(this.value(key)));
  }

  /** `100MB`; powers of 1024; a unit is required but for 0. */
  sizeBytes(key: string, fallback: number): number {
    if (!this.has(key)) return fallback;
    const text = this.string(key);
    if (text === '0') return 0;
    const match = /^(\d+(?:\.\d+)?)([A-Za-z]+)$/.exec(text);
    const unit = BYTE_UNITS[match?.[2] ?? ''];
    if (match === null || unit === undefined)
      return this.fail(key, `units: ${/^[\d.]+$/.test(text) ? 'missing' : 'unknown'} unit in "${text}"`);
    return Math.floor(Number(match[1]) * unit);
  }

  strings(key: string): readonly string[] {
    return this.source.list(this.value(key), 'string').map((item) => this.source.string(item));
  }

  /** The items of a list, with their nodes for complaints. */
  items(key: string, typeName: string): readonly (Node | null)[] {
    return this.source.list(this.value(key), typeName);
  }

  map(key: string, typeName: string, keys: KnownKeys): YamlMap {
    return mapAt(this.source, this.value(key), { typeName, keys });
  }

  /** A list of maps; a null item is refused with `emptyReason`, or an empty map where that is null. */
  maps(key: string, shape: { typeName: string; keys: KnownKeys; emptyReason: string | null }): readonly YamlMap[] {
    return this.items(key, shape.typeName).map((item) => {
      if (shape.emptyReason !== null && this.source.isNull(item))
        this.source.fail(item ?? this.value(key), shape.emptyReason);
      return mapAt(this.source, item, shape);
    });
  }

  /** A map with keys of the user's choosing. */
  pairs(key: string): readonly { readonly name: string; readonly key: Node; readonly value: Node | null }[] {
    const target = this.source.resolve(this.value(key));
    if (this.source.isNull(target)) return [];
    return this.source
      .mapEntries(target, `map of ${key}`)
      .map((entry) => ({ name: this.source.string(entry.key), ...entry }));
  }

  /** A label set; a name that cannot be one is refused with `invalidReason` (%s is the name). */
  labels(key: string, invalidReason: string): Labels {
    return labelsOf(
      this.pairs(key).map((pair): [string, string] => {
        if (pair.name === '') this.source.fail(pair.key, invalidReason.replace('%s', pair.name));
        return [pair.name, this.source.string(pair.value)];
      }),
    );
  }
}
