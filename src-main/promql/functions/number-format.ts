/** Numbers as Go prints them (strconv.FormatFloat, fmt's %g and %f). */

function special(value: number): string | null {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return null;
}

/** 'f' with the shortest exact digits: never an exponent. */
export function formatPlain(value: number): string {
  const named = special(value);
  if (named !== null) return named;
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign, lead, rest = '', exponent] = match;
  const digits = lead + rest;
  const point = 1 + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** %g with the shortest exact digits: an exponent below 1e-4 and from 1e21 on. */
export function formatGeneral(value: number): string {
  const named = special(value);
  if (named !== null) return named;
  if (Object.is(value, -0)) return '-0';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e21)) return twoDigitExponent(value.toExponential());
  return formatPlain(value);
}

/** %.<digits>g: rounded, trailing zeros cut. */
export function formatRounded(value: number, digits: number): string {
  const named = special(value);
  if (named !== null) return named;
  const [mantissa, exponentText] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= digits) return twoDigitExponent(`${Number(mantissa)}e${exponentText}`);
  return formatPlain(Number(value.toPrecision(digits)));
}

function twoDigitExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** %f: six decimals. */
export function formatFixed(value: number): string {
  return special(value) ?? value.toFixed(6);
}
