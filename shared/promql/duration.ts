/**
 * Durations as prometheus/common/model prints and reads them: `1d12h`, units `y w d h m s ms` in this order, each once.
 */

const UNITS = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** The largest duration Go can hold (int64 nanoseconds), in milliseconds. */
const MAX_MS = 9_223_372_036_854;

/** Milliseconds, or why the text is no duration. */
export function parseDuration(text: string): { readonly ms: number } | { readonly message: string } {
  if (text === '0') return { ms: 0 };
  if (text === '') return { message: 'empty duration string' };
  const found = DURATION.exec(text);
  if (found === null) return { message: `not a valid duration string: "${text}"` };
  let ms = 0;
  for (const [i, [, unitMs]] of UNITS.entries()) ms += Number(found[i + 1] ?? 0) * unitMs;
  return ms > MAX_MS ? { message: 'duration out of range' } : { ms };
}

/** The shortest exact form; years and weeks only when nothing remains, as `model.Duration.String`. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return '0s';
  let rest = Math.abs(durationMs);
  let out = durationMs < 0 ? '-' : '';
  for (const [unit, unitMs] of UNITS) {
    const wholeOnly = unit === 'y' || unit === 'w';
    if (wholeOnly && rest % unitMs !== 0) continue;
    const count = Math.floor(rest / unitMs);
    if (count > 0) out += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return out;
}
