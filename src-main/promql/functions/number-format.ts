/** Numbers as Go prints them with a given precision. */
import { formatPlain } from '../../../shared/promql/number.ts';

/** %.<digits>g: rounded, trailing zeros cut. */
export function formatRounded(value: number, digits: number): string {
  if (!Number.isFinite(value)) return formatPlain(value);
  const [mantissa, exponent = ''] = value.toExponential(digits - 1).split('e');
  if (Number(exponent) >= -4 && Number(exponent) < digits) return formatPlain(Number(value.toPrecision(digits)));
  return `${Number(mantissa)}e${exponent}`.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** %f: six decimals. */
export function formatFixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(6) : formatPlain(value);
}
