import { parseDuration, printDuration, readableDuration } from './duration.ts';
import { localTime } from './time.ts';

/** A stretch of time: moving with the clock (both ends so long ago), or fixed. */
export type TimeRange =
  | { readonly kind: 'relative'; readonly fromAgoMs: number; readonly toAgoMs: number }
  | { readonly kind: 'absolute'; readonly startMs: number; readonly endMs: number };

export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

const SHORTEST_MS = 1000;
const SEPARATOR = /\s+to\s+|\s*~\s*|\s*\.\.\s*/;

export function lastOf(durationMs: number): TimeRange {
  return { kind: 'relative', fromAgoMs: durationMs, toAgoMs: 0 };
}

export function resolveRange(range: TimeRange, nowMs: number): Interval {
  if (range.kind === 'absolute') return { startMs: range.startMs, endMs: range.endMs };
  return { startMs: nowMs - range.fromAgoMs, endMs: nowMs - range.toAgoMs };
}

/**
 * Reads what people write: `1h`, `last 6h`, `now-6h`, `now-6h to now-1h`, `2026-11-24 10:00 to 11:30`, ISO times,
 * seconds or milliseconds since the epoch, `today`, `yesterday`. null when it is none of these or its end is not after
 * its start.
 */
export function parseTimeRange(text: string, nowMs: number): TimeRange | null {
  const clean = text.trim().replace(/^last\s+/i, '');
  const named = namedDay(clean.toLowerCase(), nowMs);
  if (named !== null) return named;
  const durationMs = parseDuration(clean.replace(/^-/, '').replace(/\s+/g, ''));
  if (durationMs !== null) return durationMs >= SHORTEST_MS ? lastOf(durationMs) : null;
  const [fromText, toText = 'now'] = clean.split(SEPARATOR);
  const from = parsePoint(fromText ?? '', nowMs, null);
  const to = parsePoint(toText, nowMs, from !== null && from.kind === 'absolute' ? from.ms : null);
  return from === null || to === null ? null : between(from, to, nowMs);
}

/** The text that parseTimeRange reads back as the same range; goes into links. */
export function printTimeRange(range: TimeRange): string {
  if (range.kind === 'absolute') return `${isoSeconds(range.startMs)}~${isoSeconds(range.endMs)}`;
  if (range.toAgoMs === 0) return printDuration(range.fromAgoMs);
  return `now-${printDuration(range.fromAgoMs)}~now-${printDuration(range.toAgoMs)}`;
}

/** The text for people, in local time. */
export function readableRange(range: TimeRange): string {
  if (range.kind === 'absolute') {
    const start = localTime(range.startMs);
    const end = localTime(range.endMs);
    return `${start} to ${start.slice(0, 10) === end.slice(0, 10) ? end.slice(11) : end}`;
  }
  if (range.toAgoMs === 0) return `Last ${readableDuration(range.fromAgoMs)}`;
  return `now-${printDuration(range.fromAgoMs)} to now-${printDuration(range.toAgoMs)}`;
}

/** The same length, moved by a share of it: -0.5 goes back half a range. */
export function shiftRange(range: TimeRange, share: number, nowMs: number): TimeRange {
  const { startMs, endMs } = resolveRange(range, nowMs);
  const byMs = Math.round((endMs - startMs) * share);
  if (endMs + byMs >= nowMs) return lastOf(endMs - startMs);
  return { kind: 'absolute', startMs: startMs + byMs, endMs: endMs + byMs };
}

/** Around the same middle, `factor` times as long. A range that ends now keeps doing so. */
export function scaleRange(range: TimeRange, factor: number, nowMs: number): TimeRange {
  const { startMs, endMs } = resolveRange(range, nowMs);
  const lengthMs = Math.max(SHORTEST_MS, Math.round((endMs - startMs) * factor));
  if (range.kind === 'relative' && range.toAgoMs === 0) return lastOf(lengthMs);
  const middleMs = (startMs + endMs) / 2;
  const newStartMs = Math.round(middleMs - lengthMs / 2);
  return { kind: 'absolute', startMs: newStartMs, endMs: newStartMs + lengthMs };
}

type Point = { readonly kind: 'ago'; readonly ms: number } | { readonly kind: 'absolute'; readonly ms: number };

function parsePoint(text: string, nowMs: number, dayOfMs: number | null): Point | null {
  if (text === 'now') return { kind: 'ago', ms: 0 };
  const relative = /^now\s*-\s*(.+)$/.exec(text);
  if (relative !== null) {
    const ms = parseDuration((relative[1] ?? '').replace(/\s+/g, ''));
    return ms === null ? null : { kind: 'ago', ms };
  }
  const ms = parseTime(text, nowMs, dayOfMs);
  return ms === null ? null : { kind: 'absolute', ms };
}

/** A moment: ISO or `2026-11-24 10:00[:30]` in local time, a clock time on the given day, or epoch (milli)seconds. */
export function parseTime(text: string, nowMs: number, dayOfMs: number | null = null): number | null {
  if (/^\d{9,10}(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  if (/^\d{12,14}$/.test(text)) return Number(text);
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (clock !== null) {
    const date = new Date(dayOfMs ?? nowMs);
    return date.setHours(Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0), 0);
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  const ms = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : text.replace(' ', 'T'));
  return Number.isNaN(ms) ? null : ms;
}

function between(from: Point, to: Point, nowMs: number): TimeRange | null {
  if (from.kind === 'ago' && to.kind === 'ago') {
    if (from.ms - to.ms < SHORTEST_MS) return null;
    return { kind: 'relative', fromAgoMs: from.ms, toAgoMs: to.ms };
  }
  const startMs = from.kind === 'ago' ? nowMs - from.ms : from.ms;
  const endMs = to.kind === 'ago' ? nowMs - to.ms : to.ms;
  return endMs - startMs < SHORTEST_MS ? null : { kind: 'absolute', startMs, endMs };
}

function namedDay(text: string, nowMs: number): TimeRange | null {
  if (text !== 'today' && text !== 'yesterday') return null;
  const midnightMs = new Date(nowMs).setHours(0, 0, 0, 0);
  if (text === 'today')
    return { kind: 'absolute', startMs: midnightMs, endMs: Math.max(nowMs, midnightMs + SHORTEST_MS) };
  return { kind: 'absolute', startMs: new Date(midnightMs - 1).setHours(0, 0, 0, 0), endMs: midnightMs };
}

function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
