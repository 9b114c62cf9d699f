/** What `.Name` finds on a value: a method first, then a field or a key. */
import { TemplateError } from './errors.ts';
import { clockFields, formatTime } from './go-time.ts';
import { GoDuration, GoMap, GoObject, GoTime, type GoValue, type Method, NO_VALUE, typeName } from './value.ts';

export type Member =
  | { readonly kind: 'method'; readonly method: Method }
  | { readonly kind: 'value'; readonly value: GoValue };

export function memberOf(value: GoValue, name: string): Member {
  const method = methodOf(value, name);
  if (method !== undefined) return { kind: 'method', method };
  if (value instanceof GoMap) return { kind: 'value', value: value.get(name) };
  if (value === null || value === NO_VALUE)
    throw new TemplateError(`nil data; no entry for key ${JSON.stringify(name)}`);
  const field = value instanceof GoObject ? value.fields[name] : undefined;
  if (field === undefined) throw new TemplateError(`can't evaluate field ${name} in type ${typeName(value)}`);
  return { kind: 'value', value: field };
}

function methodOf(value: GoValue, name: string): Method | undefined {
  if (value instanceof GoObject || value instanceof GoMap) return value.methods[name];
  if (value instanceof GoTime) return bound(timeMethods[name], value);
  return value instanceof GoDuration ? bound(durationMethods[name], value) : undefined;
}

type MethodOf<T> = (self: T, argument: GoValue) => GoValue;

function bound<T>(method: MethodOf<T> | undefined, self: T): Method | undefined {
  return method === undefined ? undefined : (argument = null) => method(self, argument);
}

/** The zero time.Time: 1 January of the year 1. */
export const ZERO_TIME_MS = -62_135_596_800_000;

const fields = (time: GoTime) => clockFields(time.ms, time.zone);

const timeMethods: Readonly<Record<string, MethodOf<GoTime>>> = {
  UTC: (time) => new GoTime(time.ms),
  Local: (time) => new GoTime(time.ms, 'Local'),
  Year: (time) => BigInt(fields(time).year),
  Month: (time) => formatTime(time, 'January'),
  Day: (time) => BigInt(fields(time).day),
  Hour: (time) => BigInt(fields(time).hour),
  Minute: (time) => BigInt(fields(time).minute),
  Second: (time) => BigInt(fields(time).second),
  Nanosecond: (time) => BigInt(fields(time).millisecond) * 1_000_000n,
  Weekday: (time) => formatTime(time, 'Monday'),
  Unix: (time) => BigInt(Math.floor(time.ms / 1000)),
  UnixMilli: (time) => BigInt(Math.trunc(time.ms)),
  UnixNano: (time) => BigInt(Math.trunc(time.ms)) * 1_000_000n,
  IsZero: (time) => time.ms === ZERO_TIME_MS,
  String: (time) => formatTime(time, '2006-01-02 15:04:05.999999999 -0700 MST'),
  Format: (time, layout) => formatTime(time, typeof layout === 'string' ? layout : ''),
  Add: (time, by) => new GoTime(time.ms + (by instanceof GoDuration ? by.seconds * 1000 : 0), time.zone),
  Sub: (time, from) => new GoDuration(from instanceof GoTime ? (time.ms - from.ms) / 1000 : 0),
  Before: (time, other) => other instanceof GoTime && time.ms < other.ms,
  After: (time, other) => other instanceof GoTime && time.ms > other.ms,
  Equal: (time, other) => other instanceof GoTime && time.ms === other.ms,
};

const durationMethods: Readonly<Record<string, MethodOf<GoDuration>>> = {
  Seconds: ({ seconds }) => seconds,
  Minutes: ({ seconds }) => seconds / 60,
  Hours: ({ seconds }) => seconds / 3600,
  Milliseconds: ({ seconds }) => BigInt(Math.trunc(seconds * 1000)),
};
