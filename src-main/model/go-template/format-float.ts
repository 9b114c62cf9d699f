/** Floats as Go's strconv.FormatFloat prints them. `precision` -1: the shortest that reads back as the same number. */
export type FloatVerb = 'e' | 'E' | 'f' | 'F' | 'g' | 'G';

export interface FloatFormat {
  readonly verb: FloatVerb;
  readonly precision: number;
  /** Keeps trailing zeros in %g (the `#` flag). */
  readonly sharp?: boolean;
}

const MAX_PRECISION = 75;

export function formatFloat(value: number, format: FloatFormat): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return sign + formatMagnitude(Math.abs(value), format);
}

/** What `%v` prints. */
export function printFloat(value: number): string {
  return formatFloat(value, { verb: 'g', precision: -1 });
}

function formatMagnitude(value: number, format: FloatFormat): string {
  const precision = Math.min(format.precision, MAX_PRECISION);
  switch (format.verb) {
    case 'e':
    case 'E':
      return goExponent(precision < 0 ? value.toExponential() : toExponentialEven(value, precision), format.verb);
    case 'f':
    case 'F':
      return precision < 0 ? shortestFixed(value) : toFixedEven(value, precision);
    case 'g':
    case 'G':
      return general(value, { ...format, precision });
  }
}

function general(value: number, { verb, precision, sharp = false }: FloatFormat): string {
  const letter = verb === 'g' ? 'e' : 'E';
  const digits = Math.max(1, precision);
  const text = precision < 0 ? value.toExponential() : toExponentialEven(value, digits - 1);
  const [mantissa = '0', power = '0'] = text.split('e');
  const exp = Number(power);
  const limit = precision < 0 ? SHORTEST_LIMIT : digits;
  if (exp < -4 || exp >= limit) return goExponent(`${sharp ? mantissa : trimZeros(mantissa)}e${power}`, letter);
  if (precision < 0) return shortestFixed(value);
  const plain = toFixedEven(value, Math.max(0, digits - 1 - exp));
  return sharp ? plain : trimZeros(plain);
}

/** The shortest form turns to an exponent as if it had six digits. */
const SHORTEST_LIMIT = 6;

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** `1.5e+7` (JavaScript's) as `1.5e+07`. */
function goExponent(text: string, letter: 'e' | 'E'): string {
  const [mantissa = '', power = '0'] = text.split('e');
  const exp = Number(power);
  return `${mantissa}${letter}${exp < 0 ? '-' : '+'}${String(Math.abs(exp)).padStart(2, '0')}`;
}

function shortestFixed(value: number): string {
  const [mantissa = '0', power = '0'] = value.toExponential().split('e');
  const exp = Number(power);
  const digits = mantissa.replace('.', '');
  if (exp < 0) return `0.${'0'.repeat(-exp - 1)}${digits}`;
  if (digits.length <= exp + 1) return digits + '0'.repeat(exp + 1 - digits.length);
  return `${digits.slice(0, exp + 1)}.${digits.slice(exp + 1)}`;
}

// JavaScript rounds an exact half up, Go to the even digit. A double that lies on a half has no digits after the 5, so
// looking 25 digits further tells a half from what only looks like one.
const BEYOND = 25;

function toFixedEven(value: number, precision: number): string {
  if (value >= 1e21) {
    const whole = BigInt(value).toString();
    return precision > 0 ? `${whole}.${'0'.repeat(precision)}` : whole;
  }
  const rounded = value.toFixed(precision);
  const exact = value.toFixed(precision + BEYOND);
  const kept = exact.slice(0, exact.length - BEYOND);
  return isHalf(exact.slice(-BEYOND)) && isEven(kept) ? kept.replace(/\.$/, '') : rounded;
}

function toExponentialEven(value: number, precision: number): string {
  const rounded = value.toExponential(precision);
  const [mantissa = '', power = '0'] = value.toExponential(precision + BEYOND).split('e');
  const kept = mantissa.slice(0, mantissa.length - BEYOND);
  return isHalf(mantissa.slice(-BEYOND)) && isEven(kept) ? `${kept.replace(/\.$/, '')}e${power}` : rounded;
}

function isHalf(rest: string): boolean {
  return rest[0] === '5' && /^0*$/.test(rest.slice(1));
}

function isEven(kept: string): boolean {
  const digit = kept.replace(/\.$/, '').at(-1) ?? '0';
  return Number(digit) % 2 === 0;
}
