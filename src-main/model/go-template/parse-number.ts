import { goUnquote } from './go-quote.ts';

export interface ParsedNumber {
  readonly float: number;
  readonly int: bigint | null;
  readonly isFloat: boolean;
}

/** A number of a template: decimal, hexadecimal, octal, binary, float, or a character constant. null when it is none. */
export function parseNumber(text: string): ParsedNumber | null {
  if (text.startsWith("'")) return character(text);
  const sign = text.startsWith('-') ? -1n : 1n;
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '');
  if (/^(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0|[1-9]\d*)$/.test(digits)) return integer(sign * BigInt(digits));
  if (/^0[0-7]+$/.test(digits)) return integer(sign * BigInt(`0o${digits.slice(1)}`));
  const float = Number(sign) * Number(digits);
  if (Number.isNaN(float)) return null;
  return { float, int: Number.isSafeInteger(float) ? BigInt(float) : null, isFloat: true };
}

function integer(value: bigint): ParsedNumber {
  return { float: Number(value), int: value, isFloat: false };
}

function character(text: string): ParsedNumber | null {
  const [char, ...rest] = goUnquote(text.slice(1, -1)) ?? '';
  if (char === undefined || rest.length > 0) return null;
  return integer(BigInt(char.codePointAt(0) ?? 0));
}
