/** Go's time.Duration as it prints itself: `1h33m15.001s`, `1ms`, `0s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return '0s';
  const sign = durationMs < 0 ? '-' : '';
  const ms = Math.abs(durationMs);
  if (ms < 1000) return `${sign}${ms}ms`;
  const seconds = String((ms % 60_000) / 1000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const hours = Math.floor(ms / 3_600_000);
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

/** `2020-09-13 12:26:40 +0000 UTC`, whole seconds. */
export function formatTime(timeMs: number): string {
  const text = new Date(Math.trunc(timeMs / 1000) * 1000).toISOString();
  return `${text.slice(0, 19).replace('T', ' ')} +0000 UTC`;
}

const UNITS = ['EiB', 'PiB', 'TiB', 'GiB', 'MiB', 'KiB'];

/** `3KiB673B`: every power of 1024 that is not zero. */
export function formatBase2Bytes(bytes: number): string {
  if (bytes === 0) return '0B';
  let rest = bytes;
  let text = '';
  UNITS.forEach((unit, i) => {
    const size = 1024 ** (UNITS.length - i);
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  });
  return rest > 0 ? `${text}${rest}B` : text;
}
