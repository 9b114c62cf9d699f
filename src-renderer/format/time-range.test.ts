import { describe, expect, it } from 'vitest';
import {
  lastOf,
  parseTimeRange,
  printTimeRange,
  readableRange,
  resolveRange,
  scaleRange,
  shiftRange,
} from './time-range.ts';

const nowMs = Date.parse('2026-11-24T12:00:00');
const at = (text: string) => Date.parse(text);
const HOUR = 3_600_000;

describe('time ranges', () => {
  it.each([
    ['1h', lastOf(HOUR)],
    ['last 6h', lastOf(6 * HOUR)],
    ['-30m', lastOf(HOUR / 2)],
    ['1h 30m', lastOf(1.5 * HOUR)],
    ['now-6h', lastOf(6 * HOUR)],
    ['now-6h to now', lastOf(6 * HOUR)],
    ['now-6h to now-1h', { kind: 'relative', fromAgoMs: 6 * HOUR, toAgoMs: HOUR }],
    ['now-6h~now-1h', { kind: 'relative', fromAgoMs: 6 * HOUR, toAgoMs: HOUR }],
    ['2026-11-24 10:00 to 11:30', { kind: 'absolute', startMs: at('2026-11-24T10:00'), endMs: at('2026-11-24T11:30') }],
    ['2026-11-23 to 2026-11-24', { kind: 'absolute', startMs: at('2026-11-23T00:00'), endMs: at('2026-11-24T00:00') }],
    [
      '2026-11-24T10:00:00Z~2026-11-24T10:30:00Z',
      { kind: 'absolute', startMs: at('2026-11-24T10:00:00Z'), endMs: at('2026-11-24T10:30:00Z') },
    ],
    ['1764000000 to 1764003600', { kind: 'absolute', startMs: 1_764_000_000_000, endMs: 1_764_003_600_000 }],
    ['today', { kind: 'absolute', startMs: at('2026-11-24T00:00:00'), endMs: nowMs }],
    ['yesterday', { kind: 'absolute', startMs: at('2026-11-23T00:00:00'), endMs: at('2026-11-24T00:00:00') }],
    ['', null],
    ['soon', null],
    ['0s', null],
    ['now-1h to now-2h', null],
    ['2026-11-24 11:00 to 10:00', null],
    ['2026-13-40', null],
  ])('reads %s', (text, range) => expect(parseTimeRange(text, nowMs)).toEqual(range));

  it.each([
    lastOf(HOUR),
    { kind: 'relative', fromAgoMs: 6 * HOUR, toAgoMs: HOUR } as const,
    { kind: 'absolute', startMs: at('2026-11-24T10:00'), endMs: at('2026-11-24T11:30') } as const,
  ])('prints %j so that it reads back', (range) => {
    expect(parseTimeRange(printTimeRange(range), nowMs)).toEqual(range);
  });

  it('reads for people', () => {
    expect(readableRange(lastOf(HOUR))).toBe('Last 1 h');
    expect(readableRange({ kind: 'absolute', startMs: at('2026-11-24T10:00'), endMs: at('2026-11-24T11:30') })).toBe(
      '2026-11-24 10:00:00 to 11:30:00',
    );
  });

  it('moves and scales', () => {
    const back = shiftRange(lastOf(2 * HOUR), -0.5, nowMs);
    expect(resolveRange(back, nowMs)).toEqual({ startMs: nowMs - 3 * HOUR, endMs: nowMs - HOUR });
    expect(shiftRange(back, 0.5, nowMs)).toEqual(lastOf(2 * HOUR));
    expect(scaleRange(lastOf(HOUR), 2, nowMs)).toEqual(lastOf(2 * HOUR));
    const zoomed = scaleRange({ kind: 'absolute', startMs: 0, endMs: 4 * HOUR }, 0.5, nowMs);
    expect(zoomed).toEqual({ kind: 'absolute', startMs: HOUR, endMs: 3 * HOUR });
  });
});
