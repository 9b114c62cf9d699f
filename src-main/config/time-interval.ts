/** time_intervals of alertmanager.yml (timeinterval/timeinterval.go). */
import type { Node } from 'yaml';
import type { IntRange, TimeIntervalConfig, TimeSpec } from './alertmanager-config.ts';
import type { YamlMap } from './yaml-map.ts';

const INTERVAL_KEYS = new Set(['name', 'time_intervals']);
const SPEC_KEYS = new Set(['times', 'weekdays', 'days_of_month', 'months', 'years', 'location']);
const TIME_KEYS = new Set(['start_time', 'end_time']);
const TIME = /^(?:((?:[01]\d|2[0-3])):([0-5]\d)|24:00)$/;
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
/** The shortest month: what decides whether a range can ever hold. */
const SHORTEST_MONTH_DAYS = 28;

/** Entries of both keys, in the order written; a name may occur once in all. */
export function readTimeIntervals(root: YamlMap): readonly TimeIntervalConfig[] {
  const names = new Set<string>();
  const read = (key: string, what: string) =>
    root
      .maps(key, { typeName: 'config.TimeInterval', keys: INTERVAL_KEYS, emptyReason: `missing name in ${what}` })
      .map((section) => {
        const name = section.string('name');
        if (name === '') section.fail('name', `missing name in ${what}`);
        if (names.has(name)) section.fail('name', `${what} "${name}" is not unique`);
        names.add(name);
        const specs = section.maps('time_intervals', {
          typeName: 'timeinterval.TimeInterval',
          keys: SPEC_KEYS,
          emptyReason: 'empty time interval',
        });
        return { name, specs: specs.map(readSpec) };
      });
  return [...read('mute_time_intervals', 'mute time interval'), ...read('time_intervals', 'time interval')];
}

function readSpec(spec: YamlMap): TimeSpec {
  const times = spec.maps('times', { typeName: 'timeinterval.TimeRange', keys: TIME_KEYS, emptyReason: 'empty time' });
  return {
    times: times.map(readTimes),
    weekdays: ranges(spec, 'weekdays', readWeekdays),
    daysOfMonth: ranges(spec, 'days_of_month', readDays),
    months: ranges(spec, 'months', readMonths),
    years: ranges(spec, 'years', readYears),
    location: readLocation(spec),
  };
}

function readLocation(spec: YamlMap): string {
  const location = spec.string('location');
  if (location === '') return 'UTC';
  if (location === 'Local' || location === 'UTC') return location;
  try {
    new Intl.DateTimeFormat('en', { timeZone: location });
    return location;
  } catch {
    return spec.fail('location', `unknown time zone ${location}`);
  }
}

function readTimes(section: YamlMap): IntRange {
  const from = section.string('start_time');
  const to = section.string('end_time');
  if (from === '' || to === '') section.fail('start_time', 'both start and end times must be provided');
  const range = { from: minuteOf(section, 'start_time'), to: minuteOf(section, 'end_time') };
  if (range.from >= range.to) section.fail('start_time', 'start time cannot be equal or greater than end time');
  return range;
}

function minuteOf(section: YamlMap, key: string): number {
  const text = section.string(key);
  const match = TIME.exec(text);
  if (match === null) return section.fail(key, `couldn't parse timestamp ${text}, invalid format`);
  return match[1] === undefined ? 24 * 60 : Number(match[1]) * 60 + Number(match[2]);
}

/** Reads `a` or `a:b`; answers what is wrong instead where something is. */
type ReadRange = (from: string, to: string) => IntRange | string;

function ranges(spec: YamlMap, key: string, read: ReadRange): readonly IntRange[] {
  return spec.items(key, 'string').map((item) => readRange(spec, item, read));
}

function readRange(spec: YamlMap, item: Node | null, read: ReadRange): IntRange {
  const text = spec.source.string(item).toLowerCase();
  const parts = text.split(':');
  const from = parts[0] ?? '';
  if (parts.length > 2) spec.source.fail(item, `couldn't parse range "${text}", invalid format`);
  const range = read(from, parts[1] ?? from);
  return typeof range === 'string' ? spec.source.fail(item, range) : range;
}

function readWeekdays(fromText: string, toText: string): IntRange | string {
  const from = WEEKDAYS.indexOf(fromText);
  const to = WEEKDAYS.indexOf(toText);
  if (from < 0) return `${fromText} is not a valid weekday`;
  if (to < 0) return `${toText} is not a valid weekday`;
  return from > to ? 'start day cannot be before end day' : { from, to };
}

function readDays(fromText: string, toText: string): IntRange | string {
  const from = wholeNumber(fromText);
  const to = wholeNumber(toText);
  if (from === null) return `${fromText} is not a valid day of the month`;
  if (to === null) return `${toText} is not a valid day of the month`;
  for (const day of [from, to])
    if (day === 0 || Math.abs(day) > 31) return `${day} is not a valid day of the month: out of range`;
  if (from < 0 && to > 0) return 'end day must be negative if start day is negative';
  const inMonth = (day: number) => (day < 0 ? SHORTEST_MONTH_DAYS + 1 + day : day);
  return inMonth(from) > inMonth(to) ? `end day ${to} is always before start day ${from}` : { from, to };
}

function readMonths(fromText: string, toText: string): IntRange | string {
  const from = monthOf(fromText);
  const to = monthOf(toText);
  if (from === null) return `${fromText} is not a valid month`;
  if (to === null) return `${toText} is not a valid month`;
  return from > to ? `end month ${toText} is before start month ${fromText}` : { from, to };
}

function monthOf(text: string): number | null {
  const named = MONTHS.indexOf(text);
  if (named >= 0) return named + 1;
  const number = wholeNumber(text);
  return number !== null && number >= 1 && number <= 12 ? number : null;
}

function readYears(fromText: string, toText: string): IntRange | string {
  const from = wholeNumber(fromText);
  const to = wholeNumber(toText);
  if (from === null) return `${fromText} is not a valid year`;
  if (to === null) return `${toText} is not a valid year`;
  return from > to ? `end year ${to} is before start year ${from}` : { from, to };
}

function wholeNumber(text: string): number | null {
  return /^[-+]?\d{1,9}$/.test(text) ? Number(text) : null;
}
