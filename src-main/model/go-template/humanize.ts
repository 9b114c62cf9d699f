/** Numbers for people, as Prometheus's template functions print them (prometheus/common helpers/templates). */
import { TemplateError } from './errors.ts';
import { formatFloat, printFloat } from './format-float.ts';
import { goQuote } from './go-quote.ts';
import { printValue } from './print-value.ts';
import { GoDuration, GoTime, type GoValue, typeName } from './value.ts';

const four = (value: number) => formatFloat(value, { verb: 'g', precision: 4 }).replace(/^\+(?=Inf)/, '+');

const GO_FLOAT = /^[+-]?((\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][+-]?\d+)?|0[xX][0-9a-fA-F_]+|inf|infinity|nan)$/i;

/** Numbers as they are, strings as strconv.ParseFloat reads them, durations in seconds. */
export function toFloat(value: GoValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof GoDuration) return value.seconds;
  if (typeof value !== 'string') {
    throw new TemplateError(`can't convert ${typeName(value)} to float`);
  }
  if (!GO_FLOAT.test(value)) throw new TemplateError(`strconv.ParseFloat: parsing ${goQuote(value)}: invalid syntax`);
  const lower = value.toLowerCase();
  if (lower.includes('nan')) return Number.NaN;
  if (lower.includes('inf')) return lower.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(lower.replaceAll('_', ''));
}

const LARGE = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const SMALL = ['', 'm', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];
const BINARY = ['', 'ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];

/** The value divided (or, for `small`, multiplied) by `base` until it is below (or at least) `limit`. */
function scaled(
  value: number,
  base: number,
  prefixes: readonly string[],
  done: (magnitude: number) => boolean,
): string {
  let rest = value;
  let i = 0;
  while (i < prefixes.length - 1 && !done(Math.abs(rest))) {
    rest = prefixes === SMALL ? rest * base : rest / base;
    i++;
  }
  return four(rest) + (prefixes[i] ?? '');
}

export function humanize(input: GoValue): string {
  const value = toFloat(input);
  if (value === 0 || !Number.isFinite(value)) return four(value);
  if (Math.abs(value) >= 1) return scaled(value, 1000, LARGE, (m) => m < 1000);
  return scaled(value, 1000, SMALL, (m) => m >= 1);
}

export function humanize1024(input: GoValue): string {
  const value = toFloat(input);
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return four(value);
  return scaled(value, 1024, BINARY, (m) => m < 1024);
}

export function humanizeDuration(input: GoValue): string {
  const value = toFloat(input);
  if (!Number.isFinite(value)) return four(value);
  if (value === 0) return `${four(value)}s`;
  if (Math.abs(value) < 1) return `${scaled(value, 1000, SMALL, (m) => m >= 1)}s`;
  const sign = value < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(value));
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  const seconds = whole % 60;
  if (days !== 0) return `${sign}${days}d ${hours}h ${minutes}m ${seconds}s`;
  if (hours !== 0) return `${sign}${hours}h ${minutes}m ${seconds}s`;
  if (minutes !== 0) return `${sign}${minutes}m ${seconds}s`;
  return `${sign}${four(Math.abs(value))}s`;
}

export function humanizePercentage(input: GoValue): string {
  return `${four(toFloat(input) * 100)}%`;
}

export function humanizeTimestamp(input: GoValue): string {
  const value = toFloat(input);
  if (!Number.isFinite(value)) return four(value);
  return printValue(secondsToTime(value));
}

const MAX_SECONDS = 2 ** 63 / 1e9;

export function secondsToTime(seconds: number): GoTime {
  if (!Number.isFinite(seconds) || seconds > MAX_SECONDS || seconds < -MAX_SECONDS) {
    const printed = printFloat(seconds);
    throw new TemplateError(`${printed} cannot be represented as a nanoseconds timestamp since it overflows int64`);
  }
  return new GoTime(Math.trunc(seconds * 1000));
}
