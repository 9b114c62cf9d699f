/** Go's time formatting: layouts are written as the reference time Mon Jan 2 15:04:05 MST 2006. */
import type { GoTime } from './value.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export interface ClockFields {
  readonly year: number;
  /** January is 1. */
  readonly month: number;
  readonly day: number;
  /** Sunday is 0. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  readonly offsetMinutes: number;
}

/** The calendar of a zone at a moment. Throws RangeError for an unknown zone. */
export function clockFields(ms: number, zone: string): ClockFields {
  const offsetMinutes = zone === 'UTC' ? 0 : zoneOffsetMinutes(ms, zone);
  const local = new Date(ms + offsetMinutes * 60_000);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    millisecond: local.getUTCMilliseconds(),
    offsetMinutes,
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATS = 100;

function zoneOffsetMinutes(ms: number, zone: string): number {
  if (zone === 'Local') return -new Date(ms).getTimezoneOffset();
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    if (formats.size >= MAX_FORMATS) formats.clear();
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, part.value]));
  const part = (name: string) => Number(parts[name] ?? 0);
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return Math.round((local - Math.floor(ms / 1000) * 1000) / 60_000);
}

/** The usual abbreviation; of zones that have none the offset. Each locale knows those of its part of the world. */
function zoneName(time: GoTime, fields: ClockFields): string {
  if (time.zone === 'UTC') return 'UTC';
  const timeZone = time.zone === 'Local' ? undefined : time.zone;
  for (const locale of ['en-US', 'en-GB', 'en-AU']) {
    const parts = new Intl.DateTimeFormat(locale, { timeZoneName: 'short', timeZone }).formatToParts(time.ms);
    const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
    if (name !== '' && !/^(?:GMT|UTC)[+-]/.test(name)) return name;
  }
  return offset(fields.offsetMinutes, '').replace(/00$/, '');
}

function offset(minutes: number, colon: string): string {
  const magnitude = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(magnitude / 60))}${colon}${two(magnitude % 60)}`;
}

const two = (n: number) => String(n).padStart(2, '0');

const LAYOUT =
  /January|Jan|Monday|Mon|MST|2006|-07:00:00|-070000|-07:00|-0700|-07|Z07:00|Z0700|002|01|02|03|04|05|06|__2|_2|15|PM|pm|[.,]0+(?!\d)|[.,]9+(?!\d)|1|2|3|4|5/g;

export function formatTime(time: GoTime, layout: string): string {
  const fields = clockFields(time.ms, time.zone);
  return layout.replace(LAYOUT, (token) => layoutPart(token, fields, time));
}

function layoutPart(token: string, t: ClockFields, time: GoTime): string {
  const hour12 = t.hour % 12 === 0 ? 12 : t.hour % 12;
  const month = MONTHS[t.month - 1] ?? '';
  const day = DAYS[t.weekday] ?? '';
  const yearDay = Math.floor((Date.UTC(t.year, t.month - 1, t.day) - Date.UTC(t.year, 0, 0)) / 86_400_000);
  const parts: Readonly<Record<string, string>> = {
    January: month,
    Jan: month.slice(0, 3),
    Monday: day,
    Mon: day.slice(0, 3),
    MST: zoneName(time, t),
    '2006': String(t.year).padStart(4, '0'),
    '06': two(t.year % 100),
    '01': two(t.month),
    '1': String(t.month),
    '02': two(t.day),
    _2: String(t.day).padStart(2),
    '2': String(t.day),
    '002': String(yearDay).padStart(3, '0'),
    __2: String(yearDay).padStart(3),
    '15': two(t.hour),
    '03': two(hour12),
    '3': String(hour12),
    '04': two(t.minute),
    '4': String(t.minute),
    '05': two(t.second),
    '5': String(t.second),
    PM: t.hour < 12 ? 'AM' : 'PM',
    pm: t.hour < 12 ? 'am' : 'pm',
    '-0700': offset(t.offsetMinutes, ''),
    '-07:00': offset(t.offsetMinutes, ':'),
    '-07': offset(t.offsetMinutes, '').slice(0, 3),
    '-070000': `${offset(t.offsetMinutes, '')}00`,
    '-07:00:00': `${offset(t.offsetMinutes, ':')}:00`,
    'Z07:00': t.offsetMinutes === 0 ? 'Z' : offset(t.offsetMinutes, ':'),
    Z0700: t.offsetMinutes === 0 ? 'Z' : offset(t.offsetMinutes, ''),
  };
  return parts[token] ?? fraction(token, t.millisecond);
}

/** `.000` pads to its length, `.999` cuts trailing zeros and vanishes when there is no fraction. */
function fraction(token: string, millisecond: number): string {
  const digits = String(millisecond)
    .padStart(3, '0')
    .padEnd(9, '0')
    .slice(0, token.length - 1);
  if (token[1] === '0') return token[0] + digits;
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : token[0] + trimmed;
}

/** Go's Duration.String: `1h30m0s`, `1.5s`, `12ms`, `0s`. */
export function printDuration(seconds: number): string {
  if (seconds === 0) return '0s';
  const sign = seconds < 0 ? '-' : '';
  const ns = Math.round(Math.abs(seconds) * 1e9);
  if (ns < 1000) return `${sign}${ns}ns`;
  if (ns < 1_000_000) return `${sign}${ns / 1000}µs`;
  if (ns < 1_000_000_000) return `${sign}${ns / 1_000_000}ms`;
  const whole = Math.floor(ns / 1e9);
  const rest =
    ns % 1e9 === 0
      ? ''
      : `.${String(ns % 1e9)
          .padStart(9, '0')
          .replace(/0+$/, '')}`;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const prefix = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : '';
  return `${sign}${prefix}${whole % 60}${rest}s`;
}

/** RFC 3339 with only the digits of the fraction that are needed, as Go's JSON prints a time. */
export function formatRfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z');
}
