import { parseDuration } from './duration.ts';
import { parseTime } from './time-range.ts';

export interface DurationChoice {
  readonly label: string;
  readonly endsAtMs: (startMs: number) => number;
}

const MINUTE = 60_000;

export const DURATION_CHOICES: readonly DurationChoice[] = [
  { label: '15 min', endsAtMs: (startMs) => startMs + 15 * MINUTE },
  { label: '1 h', endsAtMs: (startMs) => startMs + 60 * MINUTE },
  { label: '4 h', endsAtMs: (startMs) => startMs + 240 * MINUTE },
  { label: 'Until tomorrow 09:00', endsAtMs: tomorrowAtNine },
  { label: '1 week', endsAtMs: (startMs) => startMs + 7 * 24 * 60 * MINUTE },
];

/** `90m`, `for 2h`, `until 18:00`, `until 2026-12-01 09:00`: the end, or null when it is none of these or not after the start. */
export function parseSilenceEnd(text: string, startMs: number): number | null {
  const clean = text.trim().replace(/^(?:for|until)\s+/i, '');
  const durationMs = parseDuration(clean.replace(/\s+/g, ''));
  if (durationMs !== null) return durationMs > 0 ? startMs + durationMs : null;
  const endMs = parseTime(clean, startMs);
  return endMs !== null && endMs > startMs ? endMs : null;
}

function tomorrowAtNine(startMs: number): number {
  const date = new Date(startMs);
  date.setDate(date.getDate() + 1);
  return date.setHours(9, 0, 0, 0);
}
