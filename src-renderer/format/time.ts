import { readableDuration } from './duration.ts';

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

/** `14:05:09` today, `24 Nov 14:05:09` on other days. */
export function clockTime(ms: number, nowMs: number): string {
  const date = new Date(ms);
  const sameDay = new Date(nowMs).toDateString() === date.toDateString();
  return sameDay ? clock.format(date) : `${day.format(date)} ${clock.format(date)}`;
}

/** `12 s ago`, `in 3 h`, `just now`. */
export function relativeTime(ms: number, nowMs: number): string {
  const ago = nowMs - ms;
  if (Math.abs(ago) < 1000) return 'just now';
  // From a minute on without seconds: a text that changes every second draws the eye to nothing.
  const unitMs = Math.abs(ago) < 60_000 ? 1000 : 60_000;
  const size = readableDuration(Math.floor(Math.abs(ago) / unitMs) * unitMs);
  return ago > 0 ? `${size} ago` : `in ${size}`;
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** `2026-11-24 14:05:09` in local time: what the range field shows and reads. */
export function localTime(ms: number): string {
  const date = new Date(ms);
  const two = (n: number) => String(n).padStart(2, '0');
  const dayText = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${dayText} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
