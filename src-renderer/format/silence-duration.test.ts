import { expect, it } from 'vitest';
import { DURATION_CHOICES, parseSilenceEnd } from './silence-duration.ts';

const startMs = Date.parse('2026-11-24T12:00:00');

it.each([
  ['90m', startMs + 5_400_000],
  ['for 2h', startMs + 7_200_000],
  ['until 18:00', Date.parse('2026-11-24T18:00:00')],
  ['2026-12-01 09:00', Date.parse('2026-12-01T09:00:00')],
  ['until 11:00', null],
  ['0', null],
  ['whenever', null],
])('reads %s', (text, endMs) => expect(parseSilenceEnd(text, startMs)).toBe(endMs));

it('knows tomorrow morning', () => {
  const tomorrow = DURATION_CHOICES.find((choice) => choice.label.startsWith('Until'));
  expect(tomorrow?.endsAtMs(startMs)).toBe(Date.parse('2026-11-25T09:00:00'));
});
