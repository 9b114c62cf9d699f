/** Whether a moment lies in a named interval (timeinterval/timeinterval.go). */
import type { IntRange, TimeIntervalConfig, TimeSpec } from '../config/alertmanager-config.ts';
import { clockFields } from '../model/go-template/go-time.ts';

export function contains(interval: TimeIntervalConfig, atMs: number): boolean {
  return interval.specs.some((spec) => specContains(spec, atMs));
}

function specContains(spec: TimeSpec, atMs: number): boolean {
  const at = clockFields(atMs, spec.location);
  const minute = at.hour * 60 + at.minute;
  const daysInMonth = new Date(Date.UTC(at.year, at.month, 0)).getUTCDate();
  return (
    (spec.times.length === 0 || spec.times.some(({ from, to }) => minute >= from && minute < to)) &&
    someOf(spec.weekdays, at.weekday) &&
    (spec.daysOfMonth.length === 0 || spec.daysOfMonth.some((range) => dayInRange(range, at.day, daysInMonth))) &&
    someOf(spec.months, at.month) &&
    someOf(spec.years, at.year)
  );
}

function someOf(ranges: readonly IntRange[], value: number): boolean {
  return ranges.length === 0 || ranges.some(({ from, to }) => value >= from && value <= to);
}

/** Negative days count from the month's end. A range that begins after the month's end holds nothing. */
function dayInRange({ from, to }: IntRange, day: number, daysInMonth: number): boolean {
  const begin = from < 0 ? Math.max(1, daysInMonth + from + 1) : from;
  const end = to < 0 ? Math.max(1, daysInMonth + to + 1) : Math.min(to, daysInMonth);
  return begin <= daysInMonth && day >= begin && day <= end;
}

/** Names of the intervals of a route that mute it now: none of the active ones holds, or a mute one does. */
export function mutedBy(
  route: { readonly activeTimeIntervals: readonly string[]; readonly muteTimeIntervals: readonly string[] },
  intervals: ReadonlyMap<string, TimeIntervalConfig>,
  atMs: number,
): { readonly names: readonly string[]; readonly reason: 'active_time_interval' | 'mute_time_interval' } | null {
  const holds = (name: string) => {
    const interval = intervals.get(name);
    return interval !== undefined && contains(interval, atMs);
  };
  const active = route.activeTimeIntervals;
  if (active.length > 0 && !active.some(holds)) return { names: active, reason: 'active_time_interval' };
  const mute = route.muteTimeIntervals.filter(holds);
  return mute.length > 0 ? { names: mute, reason: 'mute_time_interval' } : null;
}
