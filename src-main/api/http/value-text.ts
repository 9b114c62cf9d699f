/** A sample value as Prometheus prints it: shortest form, exponents of at least two digits (util/jsonutil/marshal.go). */
export function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  const e = text.indexOf('e');
  return e >= 0 && text.length - e === 3 ? `${text.slice(0, e + 2)}0${text.slice(e + 2)}` : text;
}

/** Seconds with three decimals where there are any. */
export function timestampText(timeMs: number): string {
  const fraction = Math.abs(timeMs % 1000);
  const whole = Math.trunc(timeMs / 1000);
  const sign = timeMs < 0 && whole === 0 ? '-' : '';
  return fraction === 0 ? String(whole) : `${sign}${whole}.${String(fraction).padStart(3, '0')}`;
}
