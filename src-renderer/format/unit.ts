import { readableDuration } from './duration.ts';

/** What a number means. `ratio` is 0..1 shown as percent; `percent` is 0..100 already. */
export type Unit = 'none' | 'bytes' | 'bytes/s' | 'seconds' | 'ratio' | 'percent' | 'per second' | 'celsius' | 'time';

const SUFFIX_UNITS: Readonly<Record<string, Unit>> = {
  bytes: 'bytes',
  seconds: 'seconds',
  ratio: 'ratio',
  percent: 'percent',
  celsius: 'celsius',
};

/** Per-second functions: the unit of their argument per second. */
const RATE = /^\s*(?:\w+\s*(?:(?:by|without)\s*\([^)]*\)\s*)?\(\s*)*(?:rate|irate|deriv)\s*\(/;

/** The unit of a query's result, guessed from the metric name and the outermost functions; 'none' when in doubt. */
export function guessUnit(query: string): Unit {
  if (/^\s*(?:time|timestamp)\s*\(/.test(query)) return 'time';
  if (/^\s*(?:count|count_values|group|absent|changes|resets|count_over_time)\b/.test(query)) return 'none';
  if (/histogram_quantile\s*\(/.test(query)) return unitOfName(firstMetric(query));
  if (/[-+*/%^]|\bbool\b/.test(withoutGroups(query))) return unitOfArithmetic(query);
  const base = unitOfName(firstMetric(query));
  return RATE.test(query) ? perSecond(base) : base;
}

/** The unit that a metric name promises by its suffix, see Prometheus's naming practices. */
export function unitOfName(name: string): Unit {
  if (/_timestamp_seconds$|_time_seconds$|_boot_time_seconds$/.test(name)) return 'time';
  const words = name.replace(/_(?:total|sum|bucket|count|created|info|max|min)$/, '').split('_');
  if (name.endsWith('_count')) return 'none';
  return SUFFIX_UNITS[words.at(-1) ?? ''] ?? 'none';
}

function perSecond(unit: Unit): Unit {
  if (unit === 'bytes') return 'bytes/s';
  // Seconds per second: a share of time.
  if (unit === 'seconds') return 'ratio';
  return unit === 'none' ? 'per second' : 'none';
}

/** Sums and differences keep the unit when all metrics share it; a quotient of equal units is a ratio. */
function unitOfArithmetic(query: string): Unit {
  const units = new Set(metricNames(query).map(unitOfName));
  const outer = withoutGroups(query);
  const [unit] = units;
  if (units.size !== 1 || unit === undefined) return 'none';
  if (/[*%^]/.test(outer)) return /\*\s*100\b|\b100\s*\*/.test(query) && /\//.test(query) ? 'percent' : 'none';
  if (/\//.test(outer)) return 'none';
  return RATE.test(query) ? perSecond(unit) : unit;
}

function withoutGroups(query: string): string {
  let text = query.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '');
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/\([^()]*\)|\{[^{}]*\}|\[[^[\]]*\]/g, '');
  }
  return text;
}

const KEYWORDS = /^(?:by|without|on|ignoring|group_left|group_right|bool|offset|and|or|unless|inf|nan|start|end)$/i;

function metricNames(query: string): string[] {
  const text = query
    .replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\{[^{}]*\}|\[[^[\]]*\]/g, ' ')
    .replace(/(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  return [...text.matchAll(/[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g)].map((m) => m[0]).filter((name) => !KEYWORDS.test(name));
}

function firstMetric(query: string): string {
  return metricNames(query)[0] ?? '';
}

const SI = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const IEC = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** A number for people: `1.23 GiB`, `45.6 %`, `12.3 k`. `digits` are significant ones. */
export function formatValue(value: number, unit: Unit, digits = 4): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '−Inf';
  switch (unit) {
    case 'bytes':
      return scaled(value, 1024, IEC, Math.min(digits, 4));
    case 'bytes/s':
      return `${scaled(value, 1024, IEC, Math.min(digits, 4))}/s`;
    case 'seconds':
      return value === 0 ? '0 s' : readableDuration(value * 1000);
    case 'ratio':
      return `${significant(value * 100, Math.min(digits, 3))} %`;
    case 'percent':
      return `${significant(value, Math.min(digits, 3))} %`;
    case 'celsius':
      return `${significant(value, digits)} °C`;
    case 'per second':
      return `${scaled(value, 1000, SI, digits)}/s`;
    case 'time':
      return value > 1e8 ? new Date(value * 1000).toLocaleString() : significant(value, digits);
    case 'none':
      return scaled(value, 1000, SI, digits);
  }
}

/** Every digit that the double has: for copying and tables of exact values. */
export function exactValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

export const UNIT_TITLES: Readonly<Record<Unit, string>> = {
  none: '',
  bytes: 'bytes',
  'bytes/s': 'bytes per second',
  seconds: 'seconds',
  ratio: 'percent',
  percent: 'percent',
  'per second': 'per second',
  celsius: 'degrees Celsius',
  time: 'time',
};

function scaled(value: number, base: number, names: readonly string[], digits: number): string {
  const size = Math.abs(value);
  if (base === 1000 && size < 10_000) return significant(value, digits);
  let power = size < 1 ? 0 : Math.min(names.length - 1, Math.floor(Math.log(size) / Math.log(base)));
  // 1023.99 KiB rounds to 1024: rather the next unit.
  if (power < names.length - 1 && Number((size / base ** power).toPrecision(digits)) >= base) power++;
  const name = names[power] ?? '';
  return `${significant(value / base ** power, digits)}${name === '' ? '' : ` ${name}`}`;
}

function significant(value: number, digits: number): string {
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size < 1e-4)
    return value
      .toExponential(Math.max(0, digits - 2))
      .replace('-', '−')
      .replace('e−', 'e−')
      .replace('e-', 'e−');
  const text = size >= 10 ** digits ? Math.round(value).toString() : Number(value.toPrecision(digits)).toString();
  return text.replace('-', '−');
}
