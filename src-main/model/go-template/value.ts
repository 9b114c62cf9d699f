/**
 * Values as Go's text/template sees them: a JavaScript number is a float64, a bigint an int, null is nil. NO_VALUE is
 * what a missing key of an untyped map yields.
 */
export type GoValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | typeof NO_VALUE
  | readonly GoValue[]
  | GoMap
  | GoObject
  | GoTime
  | GoDuration;

export const NO_VALUE = Symbol('<no value>');

/** A Go map with string keys. `zero` is what a missing key yields (`missingkey=zero`). */
export class GoMap {
  readonly entries: ReadonlyMap<string, GoValue>;
  readonly zero: GoValue;
  readonly methods: Methods;

  constructor(entries: ReadonlyMap<string, GoValue>, zero: GoValue, methods: Methods = {}) {
    this.entries = entries;
    this.zero = zero;
    this.methods = methods;
  }

  get(key: string): GoValue {
    return this.entries.get(key) ?? this.zero;
  }
}

export type Method = (...args: readonly GoValue[]) => GoValue;
export type Methods = Readonly<Record<string, Method>>;

/** A struct (or a type with methods): fields in their order, and methods. */
export class GoObject {
  readonly typeName: string;
  readonly fields: Readonly<Record<string, GoValue>>;
  readonly methods: Methods;
  /** What ranging, len and index see, for a slice type with methods. */
  readonly items: readonly GoValue[] | null;

  constructor(
    typeName: string,
    fields: Readonly<Record<string, GoValue>>,
    methods: Methods = {},
    items: readonly GoValue[] | null = null,
  ) {
    this.typeName = typeName;
    this.fields = fields;
    this.methods = methods;
    this.items = items;
  }
}

/** A moment; `zone` is an IANA name. */
export class GoTime {
  readonly ms: number;
  readonly zone: string;

  constructor(ms: number, zone = 'UTC') {
    this.ms = ms;
    this.zone = zone;
  }
}

export class GoDuration {
  readonly seconds: number;

  constructor(seconds: number) {
    this.seconds = seconds;
  }
}

export function stringMap(entries: Iterable<readonly [string, string]>): GoMap {
  return new GoMap(new Map(entries), '');
}

export function typeName(value: GoValue): string {
  if (value === null || value === NO_VALUE) return 'nil';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (value instanceof GoMap) return value.zero === '' ? 'map[string]string' : 'map[string]interface {}';
  if (value instanceof GoTime) return 'time.Time';
  if (value instanceof GoDuration) return 'time.Duration';
  if (value instanceof GoObject) return value.typeName;
  return '[]interface {}';
}

/** Go's idea of truth in `if`, `and`, `or`, `with`: anything but the zero of its type; structs always. */
export function isTrue(value: GoValue): boolean {
  if (value === null || value === NO_VALUE) return false;
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'boolean') return value;
  if (value instanceof GoMap) return value.entries.size > 0;
  if (value instanceof GoObject) return value.items === null || value.items.length > 0;
  if (value instanceof GoTime) return true;
  if (value instanceof GoDuration) return value.seconds !== 0;
  return value.length > 0;
}

export function itemsOf(value: GoValue): readonly GoValue[] | null {
  if (Array.isArray(value)) return value;
  return value instanceof GoObject ? value.items : null;
}
