/** Number literals as Prometheus reads them: decimal, hexadecimal, a leading 0 for octal, `_` between digits, Inf, NaN. */
import { parseDuration } from './duration.ts';
import type { Token } from './lexer.ts';

/** The value of a number or duration token (durations count in seconds), or why it has none. */
export function numberValue(
  token: Pick<Token, 'kind' | 'text'>,
): { readonly value: number } | { readonly message: string } {
  if (token.kind === 'duration') {
    const duration = parseDuration(token.text);
    return 'ms' in duration ? { value: duration.ms / 1000 } : duration;
  }
  const text = token.text.replaceAll('_', '').toLowerCase();
  if (text === 'inf') return { value: Number.POSITIVE_INFINITY };
  if (text === 'nan') return { value: Number.NaN };
  if (/^0[0-7]+$/.test(text)) return { value: Number.parseInt(text, 8) };
  return { value: Number(text) };
}

/** Whether a literal was written as a duration (`5m`): it is printed as one again. */
export function isDurationText(text: string): boolean {
  return /\d(?:ms|[smhdwy])$/.test(text) && !/0[xX]/.test(text);
}

/** Shortest digits without an exponent (Go's `FormatFloat(v, 'f', -1, 64)`); `+Inf`, `-Inf`, `NaN`. */
export function formatPlain(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, '0');
}

/** Shortest digits, with an exponent below 1e-4 and from 1e6 on (Go's `%v` and `%g`). */
export function formatShort(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatPlain(value);
  const text = value.toExponential();
  const exponent = Number(text.slice(text.indexOf('e') + 1));
  return exponent >= -4 && exponent < 6 ? formatPlain(value) : text.replace(/e([+-])(\d)$/, 'e$10$2');
}
