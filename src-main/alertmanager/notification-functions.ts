/** Functions of notification templates (template.DefaultFuncs of Alertmanager). */
import type { Clock } from '../model/clock.ts';
import { TemplateError } from '../model/go-template/errors.ts';
import type { FunctionTable } from '../model/go-template/function-table.ts';
import { clockFields, formatTime } from '../model/go-template/go-time.ts';
import { ZERO_TIME_MS } from '../model/go-template/members.ts';
import { printValue } from '../model/go-template/print-value.ts';
import { textFunctions } from '../model/go-template/text-functions.ts';
import {
  GoDuration,
  GoMap,
  GoObject,
  GoTime,
  type GoValue,
  itemsOf,
  NO_VALUE,
  typeName,
} from '../model/go-template/value.ts';

const text = (value: GoValue | undefined) => (typeof value === 'string' ? value : '');

export function notificationFunctions(clock: Clock): FunctionTable {
  return {
    ...textFunctions,
    trimSpace: { params: ['string'], call: (s) => text(s).trim() },
    join: {
      params: ['string', 'any'],
      call: (separator, list = null) =>
        listOf(list)
          .map((v) => printValue(v))
          .join(text(separator)),
    },
    safeUrl: { params: ['string'], call: (s) => text(s) },
    urlUnescape: { params: ['string'], call: (s) => unescapeQuery(text(s)) },
    stringSlice: { params: [], rest: 'string', call: (...items) => items },
    list: { params: [], rest: 'any', call: (...items) => items },
    append: { params: ['any'], rest: 'any', call: (list = null, ...items) => [...listOf(list), ...items] },
    dict: { params: [], rest: 'any', call: (...items) => dictOf(items) },
    date: { params: ['string', 'any'], call: (layout, time = null) => formatTime(timeOf(time), text(layout)) },
    tz: { params: ['string', 'any'], call: (zone, time = null) => inZone(timeOf(time), text(zone)) },
    now: { params: [], call: () => new GoTime(clock.nowMs()) },
    since: { params: ['any'], call: (time = null) => new GoDuration((clock.nowMs() - timeOf(time).ms) / 1000) },
    toDate: { params: ['string', 'string'], call: (_, s) => parseDate(text(s)) ?? new GoTime(ZERO_TIME_MS) },
    mustToDate: { params: ['string', 'string'], call: (_, s) => mustParseDate(text(s)) },
    toJson: { params: ['any'], call: (value = null) => JSON.stringify(plain(value)) },
    base64encode: { params: ['string'], call: (s) => Buffer.from(text(s)).toString('base64') },
    base64decode: { params: ['string'], call: (s) => Buffer.from(text(s), 'base64').toString() },
  };
}

function listOf(value: GoValue): readonly GoValue[] {
  const items = itemsOf(value);
  if (items === null) throw new TemplateError(`wrong type for value; expected []string; got ${typeName(value)}`);
  return items;
}

function timeOf(value: GoValue): GoTime {
  if (value instanceof GoTime) return value;
  throw new TemplateError(`wrong type for value; expected time.Time; got ${typeName(value)}`);
}

function inZone(time: GoTime, zone: string): GoTime {
  try {
    clockFields(time.ms, zone);
  } catch {
    throw new TemplateError(`unknown time zone ${zone}`);
  }
  return new GoTime(time.ms, zone);
}

function unescapeQuery(s: string): string {
  try {
    return decodeURIComponent(s.replaceAll('+', ' '));
  } catch {
    throw new TemplateError(`invalid URL escape in ${JSON.stringify(s)}`);
  }
}

function dictOf(items: readonly GoValue[]): GoValue {
  if (items.length % 2 !== 0) throw new TemplateError('dict expects an even number of arguments');
  const entries = new Map<string, GoValue>();
  for (let i = 0; i < items.length; i += 2) entries.set(printValue(items[i] ?? null), items[i + 1] ?? null);
  return new GoMap(entries, NO_VALUE);
}

/** Dates are read in the notations that JavaScript reads, RFC 3339 among them. */
function parseDate(s: string): GoTime | null {
  const ms = Date.parse(s);
  return Number.isNaN(ms) ? null : new GoTime(ms);
}

function mustParseDate(s: string): GoTime {
  const time = parseDate(s);
  if (time === null) throw new TemplateError(`cannot parse ${JSON.stringify(s)} as a time`);
  return time;
}

/** As JSON sees it. */
function plain(value: GoValue): unknown {
  if (value === NO_VALUE || value === null) return null;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof GoTime) return new Date(value.ms).toISOString();
  if (value instanceof GoDuration) return value.seconds * 1e9;
  if (value instanceof GoMap) return Object.fromEntries([...value.entries].map(([k, v]) => [k, plain(v)]));
  const items = itemsOf(value);
  if (items !== null) return items.map(plain);
  if (value instanceof GoObject) return Object.fromEntries(Object.entries(value.fields).map(([k, v]) => [k, plain(v)]));
  return value;
}
