import { expect, it } from 'vitest';
import { localTime, relativeTime } from './time.ts';

it.each([
  [0, 'just now'],
  [12_400, '12 s ago'],
  [59_999, '59 s ago'],
  [347_000, '5 min ago'],
  [3_600_000, '1 h ago'],
  [11_520_000, '3 h 12 min ago'],
  [-90_000, 'in 1 min'],
  [-10_000, 'in 10 s'],
])('%i ms is %s', (agoMs, text) => expect(relativeTime(1e12 - agoMs, 1e12)).toBe(text));

it('prints local time as the range field reads it', () => {
  expect(localTime(Date.parse('2026-11-24T09:05:03'))).toBe('2026-11-24 09:05:03');
});
