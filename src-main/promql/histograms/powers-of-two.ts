/**
 * log2 and 2^x as Go's math package computes them, after FreeBSD's e_log.c and e_exp.c: another way of rounding would
 * show in the last digits of interpolated quantiles.
 */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** Of a positive finite number. */
export function log2(x: number): number {
  const { fraction, exponent } = split(x);
  // Powers of two exactly.
  if (fraction === 0.5) return exponent - 1;
  return logarithm(fraction) * (1 / Math.LN2) + exponent;
}

/** 2^x. */
export function exp2(x: number): number {
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x;
  if (x > 1023.9999999999999) return Number.POSITIVE_INFINITY;
  if (x < -1074) return 0;
  const whole = Math.trunc(x + (x > 0 ? 0.5 : -0.5));
  const rest = x - whole;
  const high = rest * LN2_HIGH;
  const low = -rest * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666666 +
        t *
          (-0.0027777777777015593 +
            t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  const power = 1 - (low - (r * c) / (2 - c) - high);
  // In two factors: 2^whole alone may be too small for a number.
  const half = Math.trunc(whole / 2);
  return power * 2 ** half * 2 ** (whole - half);
}

const bits = new DataView(new ArrayBuffer(8));
const SMALLEST_NORMAL = 2 ** -1022;

/** x = fraction * 2^exponent, 0.5 <= fraction < 1. */
function split(x: number): { readonly fraction: number; readonly exponent: number } {
  if (x < SMALLEST_NORMAL) {
    const { fraction, exponent } = split(x * 2 ** 52);
    return { fraction, exponent: exponent - 52 };
  }
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  bits.setUint32(0, (high & 0x000fffff) | (1022 << 20));
  return { fraction: bits.getFloat64(0), exponent: (high >>> 20) - 1022 };
}

/** The natural logarithm of 0.5 <= x < 1; Math.log takes other ways near 1, which end in other digits. */
function logarithm(x: number): number {
  const small = x < Math.SQRT1_2;
  const f = (small ? 2 * x : x) - 1;
  const k = small ? -1 : 0;
  const s = f / (2 + f);
  const s2 = s * s;
  const s4 = s2 * s2;
  const t1 =
    s2 * (0.6666666666666735 + s4 * (0.2857142874366239 + s4 * (0.1818357216161805 + s4 * 0.14798198605116586)));
  const t2 = s4 * (0.3999999999940942 + s4 * (0.22222198432149784 + s4 * 0.15313837699209373));
  const halfSquare = 0.5 * f * f;
  return k * LN2_HIGH - (halfSquare - (s * (halfSquare + t1 + t2) + k * LN2_LOW) - f);
}
