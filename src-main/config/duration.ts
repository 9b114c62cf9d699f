const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 } as const;
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Parses Prometheus's duration notation (`1d12h`, `0`) into milliseconds; null when it is none (common/model/time.go). */
export function parseDurationMs(text: string): number | null {
  if (text === '0') return 0;
  const match = DURATION.exec(text);
  if (match === null || text === '') return null;
  const [, y, w, d, h, m, s, ms] = match;
  const part = (digits: string | undefined, unit: number) => Number(digits ?? 0) * unit;
  return (
    part(y, UNITS_MS.y) +
    part(w, UNITS_MS.w) +
    part(d, UNITS_MS.d) +
    part(h, UNITS_MS.h) +
    part(m, UNITS_MS.m) +
    part(s, UNITS_MS.s) +
    part(ms, UNITS_MS.ms)
  );
}

/** Prints milliseconds as Prometheus does: `1d12h`, `90s` as `1m30s`, 0 as `0s`. Weeks and years only when exact. */
export function formatDurationMs(durationMs: number): string {
  if (durationMs === 0) return '0s';
  let rest = Math.abs(durationMs);
  let text = durationMs < 0 ? '-' : '';
  const take = (unit: string, size: number, exact: boolean) => {
    if (exact && rest % size !== 0) return;
    const n = Math.floor(rest / size);
    if (n > 0) text += `${n}${unit}`;
    rest -= n * size;
  };
  take('y', UNITS_MS.y, true);
  take('w', UNITS_MS.w, true);
  take('d', UNITS_MS.d, false);
  take('h', UNITS_MS.h, false);
  take('m', UNITS_MS.m, false);
  take('s', UNITS_MS.s, false);
  take('ms', UNITS_MS.ms, false);
  return text;
}
