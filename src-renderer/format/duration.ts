/** Prometheus durations: `1h30m`, `500ms`. Units may be written once each, largest first. */
const UNIT_MS = { y: 31_536_000_000, w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const PATTERN = /^(?:([0-9]+)y)?(?:([0-9]+)w)?(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?$/;

/** Milliseconds, or null when the text is no duration. `0` counts as one. */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0;
  const match = text === '' ? null : PATTERN.exec(text);
  if (match === null) return null;
  return Object.values(UNIT_MS).reduce((sum, unitMs, at) => sum + unitMs * Number(match[at + 1] ?? 0), 0);
}

/** The shortest exact writing: 5400000 is `1h30m`. */
export function printDuration(ms: number): string {
  if (ms <= 0) return '0s';
  let rest = Math.round(ms);
  let text = '';
  for (const [unit, unitMs] of Object.entries(UNIT_MS)) {
    // Years and weeks only where they leave nothing over, as Prometheus prints them.
    if ((unit === 'y' || unit === 'w') && rest % unitMs !== 0) continue;
    const count = Math.floor(rest / unitMs);
    if (count === 0) continue;
    text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text;
}

/** For reading, at most two units: `3 d 4 h`, `12 s`, `340 ms`, `1.2 ms`. */
export function readableDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  const size = Math.abs(ms);
  const sign = ms < 0 ? '−' : '';
  if (size < 1) return `${sign}${Math.round(size * 1000)} µs`;
  if (size < 10) return `${sign}${trim(size.toFixed(1))} ms`;
  if (size < 1000) return `${sign}${Math.round(size)} ms`;
  if (size < 10_000) return `${sign}${trim((size / 1000).toFixed(1))} s`;
  return sign + twoUnits(size);
}

function twoUnits(size: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['y', UNIT_MS.y],
    ['d', UNIT_MS.d],
    ['h', UNIT_MS.h],
    ['min', UNIT_MS.m],
    ['s', UNIT_MS.s],
  ];
  const first = units.findIndex(([, unitMs]) => size >= unitMs);
  const [name, unitMs] = units[first] ?? ['s', 1000];
  const next = units[first + 1];
  const count = Math.floor(size / unitMs);
  if (next === undefined) return `${Math.round(size / unitMs)} ${name}`;
  const rest = Math.floor((size - count * unitMs) / next[1]);
  return rest === 0 ? `${count} ${name}` : `${count} ${name} ${rest} ${next[0]}`;
}

function trim(text: string): string {
  return text.replace(/\.0+$/, '');
}
