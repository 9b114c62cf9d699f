/**
 * Decimal bytes to the nearest double. Short numbers are one exact multiplication or division (Clinger's fast path);
 * those of 16 to 22 digits are scaled in double-double arithmetic (Dekker), which is right unless the result lies next
 * to a rounding boundary: then, and for anything unusual, the caller takes the token's string to Number().
 */
import { DOT, isDigit, MINUS, PLUS, ZERO } from './ascii.ts';

const SAFE_DIGITS = 15;
const MAX_DIGITS = 22;
const LOWER_E = 0x65;
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const SPLITTER = 134_217_729;
const DOUBT = 2 ** -40;

/**
 * Reads a number at `start`, writes it to out[0] and returns the position after it; -1 when it is not a decimal that
 * can be read exactly here. The body must end with a byte that no number contains.
 */
export function scanDecimal(body: Uint8Array, start: number, out: Float64Array): number {
  let pos = start;
  let c = body[pos]!;
  const negative = c === MINUS;
  if (negative || c === PLUS) c = body[++pos]!;
  const first = pos;
  let point = -1;
  let high = 0;
  let low = 0;
  let lowPower = 1;
  let digits = 0;
  for (; ; c = body[++pos]!) {
    const digit = c - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (digits < SAFE_DIGITS) {
        high = high * 10 + digit;
        if (high !== 0) digits++;
      } else {
        low = low * 10 + digit;
        lowPower *= 10;
        if (++digits > MAX_DIGITS) return -1;
      }
    } else if (c === DOT && point < 0) point = pos;
    else break;
  }
  const fraction = point < 0 ? 0 : pos - point - 1;
  if (pos - first === (point < 0 ? 0 : 1)) return -1;
  let exponent = -fraction;
  if ((c | 0x20) === LOWER_E) {
    let sign = 1;
    c = body[++pos]!;
    if (c === MINUS || c === PLUS) {
      if (c === MINUS) sign = -1;
      c = body[++pos]!;
    }
    if (!isDigit(c)) return -1;
    let written = 0;
    for (; isDigit(c); c = body[++pos]!) written = Math.min(written * 10 + (c - ZERO), 10_000);
    exponent += sign * written;
  }
  const magnitude = digits <= SAFE_DIGITS ? scaled(high, exponent) : scaledLong(high, lowPower, low, exponent);
  if (magnitude < 0) return -1;
  out[0] = negative ? -magnitude : magnitude;
  return pos;
}

/** mantissa * 10^exponent, or -1 when one operation would not give the nearest double. */
function scaled(mantissa: number, exponent: number): number {
  if (exponent === 0 || mantissa === 0) return mantissa;
  if (exponent > 0) return exponent > 22 ? -1 : mantissa * POWERS[exponent]!;
  return exponent < -22 ? -1 : mantissa / POWERS[-exponent]!;
}

/** (high * lowPower + low) * 10^exponent, or -1 when double-double arithmetic leaves the rounding in doubt. */
function scaledLong(high: number, lowPower: number, low: number, exponent: number): number {
  if (exponent > 22 || exponent < -22) return -1;
  const product = high * lowPower;
  const mantissa = product + low;
  const rest = low - (mantissa - product) + productError(high, lowPower, product);
  let result = mantissa;
  let correction = rest;
  if (exponent > 0) {
    const power = POWERS[exponent]!;
    result = mantissa * power;
    correction = productError(mantissa, power, result) + rest * power;
  } else if (exponent < 0) {
    const power = POWERS[-exponent]!;
    result = mantissa / power;
    const back = result * power;
    correction = (mantissa - back - productError(result, power, back) + rest) / power;
  }
  const least = result + correction * (1 - DOUBT);
  return least === result + correction * (1 + DOUBT) ? least : -1;
}

/** a * b - product, exactly (Dekker's product of split factors). */
function productError(a: number, b: number, product: number): number {
  const aCut = SPLITTER * a;
  const aHigh = aCut - (aCut - a);
  const aLow = a - aHigh;
  const bCut = SPLITTER * b;
  const bHigh = bCut - (bCut - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;

/** What Go's ParseFloat makes of a token in the formats before Go 1.13; a string is the reason for a refusal. */
export function parseGoFloat(token: string): number | string {
  if (/[pP_]/.test(token)) return 'unsupported character in float';
  if (DECIMAL.test(token)) {
    const value = Number(token);
    return Number.isFinite(value) ? value : `strconv.ParseFloat: parsing ${JSON.stringify(token)}: value out of range`;
  }
  if (INFINITE.test(token)) return token.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(token)) return Number.NaN;
  return `strconv.ParseFloat: parsing ${JSON.stringify(token)}: invalid syntax`;
}
